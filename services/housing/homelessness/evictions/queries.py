"""Reads of illegal evictions; each goes on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.evictions import rows
from services.housing.homelessness.evictions.models import IllegalEviction
from services.housing.homelessness.evictions.shapes import IllegalEvictionView


async def one(unit: UnitOfWork, eviction_id: UUID) -> IllegalEvictionView:
    """One of them."""
    _, row = await rows.load(unit, eviction_id)
    return rows.view(row)


async def listed(
    unit: UnitOfWork, case_id: UUID | None, state: str | None, place: Sequence[Any] | None, most: int
) -> list[IllegalEvictionView]:
    """Up to `most` after `place`, what is due first."""
    query = (
        select(IllegalEviction, HomelessnessCase)
        .join(HomelessnessCase, HomelessnessCase.id == IllegalEviction.case_id)
        .where(cases.visible_to(unit.cause))
    )
    if case_id is not None:
        query = query.where(IllegalEviction.case_id == case_id)
    if state is not None:
        query = query.where(IllegalEviction.state == state)
    order = (IllegalEviction.due_at, IllegalEviction.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("illegal_evictions", {each for _, case in found for each in cases.people_of(case)})
    return [rows.view(row) for row, _ in found]


def place_of(shown: IllegalEvictionView) -> list[Any]:
    """Where a report stands in the list."""
    return [shown.due_at.isoformat(), str(shown.id)]
