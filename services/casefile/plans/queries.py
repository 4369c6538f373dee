"""Reads of plans; each goes on record. What the person it is of sees on a shared copy: `shared`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.people.aliases import all_ids
from services.casefile.plans import domain, rows, showing
from services.casefile.plans.domain import ActionStatus, PlanStatus
from services.casefile.plans.models import Action, Agreement, Plan
from services.casefile.plans.shapes import (
    ActionView,
    AgreedVersion,
    ChangeView,
    Comparison,
    PlanView,
    SharedPlan,
    SharedPreview,
    WaitingAction,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which plans; None leaves a filter out."""

    household_id: UUID | None = None
    person_id: UUID | None = None
    state: PlanStatus | None = None
    review_by: date | None = None


async def plan(unit: UnitOfWork, plan_id: UUID) -> PlanView:
    """One plan, put on record as read."""
    row = await rows.load(unit, plan_id)
    unit.accessed(f"plan/{row.id}", [row.person_id])
    return (await showing.shown(unit, [row]))[0]


async def plans(unit: UnitOfWork, filters: Filters, after: Sequence[Any] | None, limit: int) -> list[PlanView]:
    """Plans, the newest first. One more than `limit` where there are more; only `limit` are on record as read."""
    query = select(Plan).where(await rows.visible_to(unit))
    if filters.household_id is not None:
        query = query.where(Plan.household_id == filters.household_id)
    if filters.person_id is not None:
        query = query.where(Plan.person_id.in_(await all_ids(unit.session, [filters.person_id])))
    if filters.state is not None:
        query = query.where(Plan.state == filters.state)
    if filters.review_by is not None:
        query = query.where(Plan.review_on <= filters.review_by, Plan.state != PlanStatus.ENDED)
    if after is not None:
        mark = tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
        query = query.where(tuple_(Plan.made_at, Plan.id) < mark)
    found = (await unit.session.scalars(query.order_by(Plan.made_at.desc(), Plan.id.desc()).limit(limit + 1))).all()
    for row in found[:limit]:
        unit.accessed(f"plan/{row.id}", [row.person_id])
    return await showing.shown(unit, found)


def place_of(view: PlanView) -> list[Any]:
    """Where a plan stands in the list."""
    return [view.made_at.isoformat(), str(view.id)]


# Agreed versions ------------------------------------------------------------------------------------------


async def versions(unit: UnitOfWork, plan_id: UUID, after: Sequence[Any] | None, limit: int) -> list[AgreedVersion]:
    """What was agreed, the last version first, as far as the caller may read it."""
    row = await rows.load(unit, plan_id)
    unit.accessed(f"plan/{row.id}", [row.person_id])
    parts = (await rows.parts_of(unit, [row.household_id]))[row.household_id]
    sealed = (await rows.entries(unit, [row.id]))[row.id].sealed_from(parts)
    query = select(Agreement).where(Agreement.plan_id == plan_id)
    if after is not None:
        query = query.where(Agreement.number < int(after[0]))
    found = await unit.session.scalars(query.order_by(Agreement.number.desc()).limit(limit))
    return [_version(each, parts, sealed) for each in found]


def _version(row: Agreement, parts: frozenset[str], sealed: frozenset[str]) -> AgreedVersion:
    own = {"intact", "goals", "actions"}
    kept = {name: getattr(row, name) for name in AgreedVersion.model_fields if name not in own}
    seen = rows.readable(row.content, parts, sealed)
    intact = domain.digest_of(row.content) == row.digest
    return AgreedVersion.model_validate({**kept, **seen, "intact": intact})


async def compared(unit: UnitOfWork, plan_id: UUID, before: int, after: int | None) -> Comparison:
    """What differs between two agreed versions, or between one and what stands now (`after` None)."""
    row = await rows.load(unit, plan_id)
    unit.accessed(f"plan/{row.id}", [row.person_id])
    parts = (await rows.parts_of(unit, [row.household_id]))[row.household_id]
    all_ = (await rows.entries(unit, [row.id]))[row.id]
    sealed = all_.sealed_from(parts)
    numbers = {before} if after is None else {before, after}
    query = select(Agreement).where(Agreement.plan_id == plan_id, Agreement.number.in_(numbers))
    found = {each.number: rows.readable(each.content, parts, sealed) for each in await unit.session.scalars(query)}
    if numbers - found.keys():
        raise NotFound("This plan has no such version")
    now = found[after] if after is not None else rows.content_of(all_.of_parts(parts))
    views = [ChangeView.model_validate(each) for each in domain.compare(found[before], now)]
    return Comparison(before=before, after=after, changes=views)


# What is waiting ------------------------------------------------------------------------------------------


async def waiting(
    unit: UnitOfWork, worker: str, due_by: date | None, after: Sequence[Any] | None, limit: int
) -> list[WaitingAction]:
    """Actions that this worker has promised and not done, the one due first on top; those without a day come last."""
    seen = await rows.entry_visible_to(unit, Action.part)
    query = (
        select(Action, Plan)
        .join(Plan, Plan.id == Action.plan_id)
        .where(Action.worker == worker, Action.state.in_((ActionStatus.TO_DO, ActionStatus.DOING)))
        .where(Plan.state != PlanStatus.ENDED, await rows.visible_to(unit), seen)
    )
    if due_by is not None:
        query = query.where(Action.due_on <= due_by)
    if after is not None:
        day, id_ = after
        later = (Action.due_on.is_(None)) & (Action.id > UUID(id_))
        if day is not None:
            here = tuple_(Action.due_on, Action.id) > tuple_(date.fromisoformat(day), UUID(id_))
            later = here | Action.due_on.is_(None)
        query = query.where(later)
    ordered = query.order_by(Action.due_on.asc().nulls_last(), Action.id).limit(limit)
    found = (await unit.session.execute(ordered)).all()
    unit.accessed("plan_actions", {row.person_id for _, row in found})
    today = clock.today()
    return [
        WaitingAction(
            **ActionView.model_validate(action).model_dump(),
            plan_id=row.id,
            household_id=row.household_id,
            person_id=row.person_id,
            overdue=action.due_on is not None and action.due_on < today,
        )
        for action, row in found
    ]


# Shared ---------------------------------------------------------------------------------------------------


async def shared(unit: UnitOfWork, plan_id: UUID) -> SharedPlan:
    """The plan as the person it is of may see it. Whoever calls this has checked the link and the chosen word.

    Need to know is not asked: it is their own plan. `NotFound` once it has ended.
    """
    row = (await unit.session.scalars(select(Plan).where(Plan.id == plan_id))).one_or_none()
    if row is None or row.state == PlanStatus.ENDED:
        raise NotFound("We know of no such plan")
    unit.accessed(f"plan/{row.id}", [row.person_id])
    return (await _preview(unit, row)).shared


async def preview(unit: UnitOfWork, plan_id: UUID) -> SharedPreview:
    """What they would see, and what of that which the caller may read they would not."""
    row = await rows.load(unit, plan_id)
    unit.accessed(f"plan/{row.id}", [row.person_id])
    parts = (await rows.parts_of(unit, [row.household_id]))[row.household_id]
    return await _preview(unit, row, parts)


async def _preview(unit: UnitOfWork, row: Plan, parts: frozenset[str] | None = None) -> SharedPreview:
    all_ = (await rows.entries(unit, [row.id]))[row.id]
    last = (await rows.agreements(unit, [row.id])).get(row.id)
    inside = frozenset({domain.INSIDE})
    same = last is not None and not showing.since(last, all_, inside)
    return showing.preview_of(row, all_ if parts is None else all_.of_parts(parts), agreed=same)
