"""Reads of everyday tasks. Every one goes on record; those of people kept back do not appear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.triage.tasks.domain import Kind, State
from services.triage.tasks.models import EverydayTask
from services.triage.tasks.rows import visible_to


class TaskView(BaseModel):
    """An everyday task: who does it, under which reference, and when somebody asks."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    contact_id: UUID
    need_id: UUID | None
    person_id: UUID | None
    household_id: UUID | None
    kind: Kind
    owner: str
    reference: str | None = Field(description="The owning team's")
    state: State
    chase_on: date | None
    chased: int
    note: str | None
    held_by: str = Field(description="Who chases")
    opened_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tasks a list shows; None does not narrow it."""

    state: State | None = None
    held_by: str | None = None
    owner: str | None = None
    contact_id: UUID | None = None


async def task(unit: UnitOfWork, task_id: UUID) -> TaskView:
    """One of them."""
    query = select(EverydayTask).where(EverydayTask.id == task_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such task")
    unit.accessed(f"everyday_task/{row.id}", [row.person_id] if row.person_id else [])
    return TaskView.model_validate(row)


async def tasks(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> Sequence[TaskView]:
    """Up to `most` after `place`, the oldest first."""
    query = select(EverydayTask).where(visible_to(unit.cause))
    if filters.state is not None:
        query = query.where(EverydayTask.state == filters.state)
    if filters.held_by is not None:
        query = query.where(EverydayTask.held_by == filters.held_by)
    if filters.owner is not None:
        query = query.where(EverydayTask.owner == filters.owner)
    if filters.contact_id is not None:
        query = query.where(EverydayTask.contact_id == filters.contact_id)
    order = (EverydayTask.opened_at, EverydayTask.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("everyday_tasks", {row.person_id for row in rows if row.person_id})
    return [TaskView.model_validate(row) for row in rows]


def place_of(shown: TaskView) -> list[Any]:
    """Where a task stands in the list."""
    return [shown.opened_at.isoformat(), str(shown.id)]
