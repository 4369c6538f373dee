"""What temporary accommodation needs to know of homelessness cases: their dates, and to whom a home is owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases.models import HomelessnessAssessment, HomelessnessCase, HomelessnessDuty
from services.housing.homelessness.cases.rows import visible_to
from services.housing.homelessness.reviews.models import HomelessnessReview
from services.housing.placements.domain import EndReason
from services.housing.placements.models import Placement

HOUSED_UNDER: Final = ("main", "limited")
"""Duties under which a household waits for a home that lasts: table TA1's "duty owed, no accommodation secured"."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Dates of a case. `prevention_until` is the day on which that duty ended: from then on they are homeless."""

    case_id: UUID
    household_id: UUID | None
    applied_on: date
    assessed_on: date | None = None
    prevention_from: date | None = None
    prevention_until: date | None = None


async def facts_of(unit: UnitOfWork, case_id: UUID) -> CaseFacts | None:
    """The dates of a case; None where we know of no such case, or may not show it."""
    query = select(HomelessnessCase).where(HomelessnessCase.id == case_id, visible_to(unit.cause))
    case = (await unit.session.scalars(query)).one_or_none()
    if case is None:
        return None
    assessed = await unit.session.scalar(
        select(func.min(HomelessnessAssessment.made_on)).where(HomelessnessAssessment.case_id == case_id)
    )
    prevention = select(HomelessnessDuty).where(
        HomelessnessDuty.case_id == case_id, HomelessnessDuty.duty == "prevention"
    )
    duty = (await unit.session.scalars(prevention.order_by(HomelessnessDuty.started_on.desc()).limit(1))).one_or_none()
    return CaseFacts(
        case_id,
        case.household_id,
        case.made_on,
        assessed,
        duty.started_on if duty else None,
        duty.ended_on if duty else None,
    )


async def reviews_pending(unit: UnitOfWork, case_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these cases in which a review waits for its answer."""
    query = select(HomelessnessReview.case_id).where(
        HomelessnessReview.case_id.in_(case_ids), HomelessnessReview.state == "open"
    )
    return frozenset(await unit.session.scalars(query))


async def duty_without_home(unit: UnitOfWork, days: Sequence[date]) -> dict[date, int]:
    """On each day: cases under whose duty a home is owed and whose household is in no temporary home."""
    first, last = min(days), max(days)
    owed = (
        await unit.session.execute(
            select(
                HomelessnessCase.id,
                HomelessnessCase.household_id,
                HomelessnessDuty.started_on,
                HomelessnessDuty.ended_on,
            )
            .join(HomelessnessDuty, HomelessnessDuty.case_id == HomelessnessCase.id)
            .where(
                HomelessnessDuty.duty.in_(HOUSED_UNDER),
                HomelessnessDuty.started_on <= last,
                func.coalesce(HomelessnessDuty.ended_on, last) >= first,
            )
        )
    ).all()
    there = (
        await unit.session.execute(
            select(Placement.case_id, Placement.household_id, Placement.entered_on, Placement.left_on).where(
                Placement.entered_on <= last,
                func.coalesce(Placement.left_on, last) >= first,
                Placement.end_reason.is_distinct_from(EndReason.RECORDED_BY_MISTAKE),
            )
        )
    ).all()
    found = {}
    for day in days:
        housed = {
            id_
            for case_id, household_id, entered, left in there
            if entered <= day and (left is None or day < left)
            for id_ in (case_id, household_id)
        }
        found[day] = sum(
            case_id not in housed and household_id not in housed
            for case_id, household_id, started, ended in owed
            if started <= day and (ended is None or day <= ended)
        )
    return found
