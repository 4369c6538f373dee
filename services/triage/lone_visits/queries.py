"""Reads of lone visits. Every one of a person's goes on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.store.unit import UnitOfWork
from services.triage.lone_visits import domain
from services.triage.lone_visits.models import LoneVisit
from services.triage.lone_visits.rows import kept_back, load
from services.triage.lone_visits.shapes import LoneVisitView


async def visit(unit: UnitOfWork, visit_id: UUID) -> LoneVisitView:
    """One visit."""
    return await shown(unit, await load(unit, visit_id))


async def shown(unit: UnitOfWork, row: LoneVisit) -> LoneVisitView:
    """A visit as this caller may see it, put on record."""
    hidden = row.person_id is not None and bool(
        await unit.session.scalar(select(kept_back(unit.cause)).where(LoneVisit.id == row.id))
    )
    unit.accessed(f"lone_visit/{row.id}", [row.person_id] if row.person_id and not hidden else [])
    return LoneVisitView.of(row, kept_back=hidden)


async def visits(
    unit: UnitOfWork, hub: str | None, rings: bool, everyone: bool, place: Sequence[Any] | None, most: int
) -> Sequence[LoneVisitView]:
    """Up to `most` after `place`, in order of when they went in: who is in now, who rings, or everyone."""
    query = select(LoneVisit, kept_back(unit.cause))
    if rings:
        query = query.where(LoneVisit.state.in_((domain.State.OVERDUE, domain.State.ESCALATED)))
    elif not everyone:
        query = query.where(LoneVisit.state != domain.State.OUT)
    if hub is not None:
        query = query.where(LoneVisit.hub == hub)
    order = (LoneVisit.checked_in_at, LoneVisit.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    views = [LoneVisitView.of(row, kept_back=hidden) for row, hidden in rows]
    unit.accessed("lone_visits", {each.person_id for each in views if each.person_id})
    return views


def place_of(shown: LoneVisitView) -> list[Any]:
    """Where a visit stands in the list."""
    return [shown.checked_in_at.isoformat(), str(shown.id)]
