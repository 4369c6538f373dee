"""Reads of leaving care; each goes on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.store.unit import UnitOfWork
from services.casefile.leavingcare import domain
from services.casefile.leavingcare.entitlements import Status
from services.casefile.leavingcare.models import AdviserHandover, CareLeaver, PathwayPlan, PathwayReview
from services.casefile.leavingcare.rows import load, visible_to
from services.casefile.leavingcare.shapes import (
    CareLeaverView,
    EntitlementView,
    HandoverView,
    PlanView,
    RecordedView,
    ReviewView,
)
from services.casefile.people.aliases import all_ids


@dataclass(frozen=True, slots=True)
class Filters:
    """Which young people; None leaves a filter out."""

    person_id: UUID | None = None
    adviser: str | None = None
    review_overdue: bool | None = None
    without_adviser: bool = False


def view_of(row: CareLeaver) -> CareLeaverView:
    """A row as it is shown."""
    made = {
        "tell_again_on": domain.tell_again(row.born, row.told_on),
        "ends_on": domain.birthday(row.born, domain.ENDS_AT),
    }
    kept = {name: getattr(row, name) for name in CareLeaverView.model_fields if name not in made}
    return CareLeaverView.model_validate({**kept, **made})


async def view(unit: UnitOfWork, care_leaver_id: UUID) -> CareLeaverView:
    """One of them."""
    return view_of(await _read(unit, care_leaver_id))


async def _read(unit: UnitOfWork, care_leaver_id: UUID) -> CareLeaver:
    row = await load(unit, care_leaver_id)
    unit.accessed(f"care_leaver/{row.id}", [row.person_id])
    return row


async def listed(unit: UnitOfWork, filters: Filters, after: Sequence[Any] | None, limit: int) -> list[CareLeaver]:
    """Those the caller may see, the newest first."""
    query = select(CareLeaver).where(await visible_to(unit))
    if filters.person_id is not None:
        query = query.where(CareLeaver.person_id.in_(await all_ids(unit.session, [filters.person_id])))
    if filters.adviser is not None:
        query = query.where(CareLeaver.adviser == filters.adviser)
    if filters.review_overdue is not None:
        query = query.where(CareLeaver.review_overdue == filters.review_overdue)
    if filters.without_adviser:
        query = query.where(CareLeaver.adviser_left_on.is_not(None), CareLeaver.state == "open")
    place = tuple_(CareLeaver.recorded_at, CareLeaver.id)
    if after is not None:
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(CareLeaver.recorded_at.desc(), CareLeaver.id.desc()).limit(limit)
    rows = (await unit.session.scalars(ordered)).all()
    unit.accessed("care_leavers", {row.person_id for row in rows})
    return list(rows)


async def plans(unit: UnitOfWork, care_leaver_id: UUID, after: Sequence[Any] | None, limit: int) -> list[PlanView]:
    """Every plan as it was agreed, the latest first."""
    row = await _read(unit, care_leaver_id)
    query = select(PathwayPlan).where(PathwayPlan.care_leaver_id == row.id)
    if after is not None:
        query = query.where(PathwayPlan.number < int(after[0]))
    found = await unit.session.scalars(query.order_by(PathwayPlan.number.desc()).limit(limit))
    return [PlanView.model_validate(each, from_attributes=True) for each in found]


async def reviews(unit: UnitOfWork, care_leaver_id: UUID, after: Sequence[Any] | None, limit: int) -> list[ReviewView]:
    """Every review, the latest recorded first."""
    row = await _read(unit, care_leaver_id)
    query = select(PathwayReview).where(PathwayReview.care_leaver_id == row.id)
    if after is not None:
        query = query.where(PathwayReview.id < UUID(after[0]))
    found = await unit.session.scalars(query.order_by(PathwayReview.id.desc()).limit(limit))
    return [ReviewView.model_validate(each, from_attributes=True) for each in found]


async def entitlements(unit: UnitOfWork, care_leaver_id: UUID) -> list[EntitlementView]:
    """What is due to them, with their own dates, and what became of it."""
    row = await _read(unit, care_leaver_id)
    today = clock.today()
    return [
        EntitlementView(
            code=each.entitlement.code,
            title=each.entitlement.title,
            law=each.entitlement.law,
            local=each.entitlement.local,
            first_day=each.first_day,
            last_day=each.last_day,
            now=each.runs_on(today),
            records=[
                RecordedView(state=one["state"], on=one["on"], pence=one["pence"], words=one["words"])
                for one in row.entitlements
                if one["code"] == each.entitlement.code
            ],
        )
        for each in domain.due(Status(row.status), row.born)
    ]


async def handovers(unit: UnitOfWork, to_me: bool, after: Sequence[Any] | None, limit: int) -> list[HandoverView]:
    """Handovers of young people whom the caller may see, the newest first."""
    query = select(AdviserHandover, CareLeaver.person_id).join(
        CareLeaver, CareLeaver.id == AdviserHandover.care_leaver_id
    )
    query = query.where(await visible_to(unit))
    if to_me:
        query = query.where(AdviserHandover.to_adviser == unit.cause.actor, AdviserHandover.state == "offered")
    if after is not None:
        place = tuple_(AdviserHandover.offered_at, AdviserHandover.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(AdviserHandover.offered_at.desc(), AdviserHandover.id.desc()).limit(limit)
    rows = (await unit.session.execute(ordered)).all()
    unit.accessed("adviser_handovers", {person_id for _, person_id in rows})
    return [HandoverView.model_validate(row, from_attributes=True) for row, _ in rows]


def place_of_handover(shown: HandoverView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.offered_at.isoformat(), str(shown.id)]
