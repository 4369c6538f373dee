"""What other parts of housing ask of homelessness: which duties are owed to whom on a day, and since when.

They ask for people or households they already may see; what is answered goes on record as theirs.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows
from services.housing.homelessness.cases.models import HomelessnessCase, HomelessnessDuty
from services.housing.homelessness.cases.rows import visible_to
from services.housing.homelessness.domain import has_family_commitments

PREFERENCE = ("prevention", "intentional", "main")
"""Duties that give reasonable preference on the register: ss195(2), 190(2) and 193(2) (s166A(3)(b))."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty owed on a day."""

    case_id: UUID
    duty_id: UUID
    duty: str
    section: str
    started_on: date
    last_day: date | None
    position: str
    made_on: date
    family: bool


async def owed_to_person(unit: UnitOfWork, person_id: UUID, on: date) -> list[Owed]:
    """Duties owed on a day to an application that this person, under whichever id, belongs to."""
    same = [person_id, *await access.same_person(unit, person_id)]
    mine = or_(HomelessnessCase.person_id.in_(same), HomelessnessCase.member_person_ids.overlap(same))
    return await _owed(unit, mine, on)


async def owed_to_household(unit: UnitOfWork, household_id: UUID, on: date) -> list[Owed]:
    """Duties owed on a day to a household."""
    return await _owed(unit, HomelessnessCase.household_id == household_id, on)


async def _owed(unit: UnitOfWork, whose: ColumnElement[bool], on: date) -> list[Owed]:
    query = (
        select(HomelessnessDuty, HomelessnessCase)
        .join(HomelessnessCase, HomelessnessCase.id == HomelessnessDuty.case_id)
        .where(
            whose,
            visible_to(unit.cause),
            HomelessnessDuty.started_on <= on,
            or_(HomelessnessDuty.ended_on.is_(None), HomelessnessDuty.ended_on >= on),
        )
        .order_by(HomelessnessDuty.started_on, HomelessnessDuty.id)
    )
    found = (await unit.session.execute(query)).all()
    listed = await rows.members(unit, {case.id for _, case in found})
    for _, case in found:
        rows.on_record(unit, case)
    return [
        Owed(
            case_id=case.id,
            duty_id=duty.id,
            duty=duty.duty,
            section=duty.section,
            started_on=duty.started_on,
            last_day=duty.last_day,
            position=case.position,
            made_on=case.made_on,
            family=has_family_commitments(rows.as_rules_see(listed[case.id]), on),
        )
        for duty, case in found
    ]


async def count_owed(unit: UnitOfWork, on: date, households: Collection[UUID] | None = None) -> dict[str, int]:
    """How many households each duty is owed to on a day: a figure of nobody, so also of those nobody may see."""
    query = (
        select(HomelessnessDuty.duty, func.count(func.distinct(HomelessnessDuty.case_id)))
        .join(HomelessnessCase, HomelessnessCase.id == HomelessnessDuty.case_id)
        .where(
            HomelessnessDuty.started_on <= on,
            or_(HomelessnessDuty.ended_on.is_(None), HomelessnessDuty.ended_on >= on),
        )
        .group_by(HomelessnessDuty.duty)
    )
    if households is not None:
        query = query.where(HomelessnessCase.household_id.in_(households))
    return {row[0]: row[1] for row in await unit.session.execute(query)}
