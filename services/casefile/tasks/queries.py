"""Reads of tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.cases import rows as case_rows
from services.casefile.tasks.domain import State, is_overdue
from services.casefile.tasks.models import CaseTask


class TaskView(BaseModel):
    """A task as its owner and the team see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    case_id: UUID
    episode: int
    owner: str
    words: str
    due_on: date
    first_due_on: date = Field(description="The day promised at first")
    overdue: bool = False
    state: State
    made_by: str
    made_at: UtcDatetime
    ended_by: str | None
    ended_at: UtcDatetime | None
    ended_words: str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which tasks; None does not narrow it."""

    owner: str | None = None
    case_id: UUID | None = None
    state: State | None = None
    overdue: bool = False


async def task(unit: UnitOfWork, task_id: UUID) -> TaskView:
    """One of them."""
    found = await _read(unit, select(CaseTask).where(CaseTask.id == task_id), 1)
    if not found:
        raise NotFound("We know of no such task")
    return found[0]


async def tasks(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> Sequence[TaskView]:
    """Up to `most` after `place`, those due first."""
    query = select(CaseTask)
    if filters.owner is not None:
        query = query.where(CaseTask.owner == filters.owner)
    if filters.case_id is not None:
        query = query.where(CaseTask.case_id == filters.case_id)
    if filters.state is not None:
        query = query.where(CaseTask.state == filters.state)
    if filters.overdue:
        query = query.where(CaseTask.state == State.OPEN, CaseTask.due_on < clock.today())
    if place is not None:
        query = query.where(tuple_(CaseTask.due_on, CaseTask.id) > (date.fromisoformat(place[0]), UUID(place[1])))
    return await _read(unit, query, most)


def place_of(shown: TaskView) -> list[Any]:
    """Where a task stands in the list."""
    return [shown.due_on.isoformat(), str(shown.id)]


async def _read(unit: UnitOfWork, query: Any, most: int) -> list[TaskView]:
    query = query.where(await case_rows.of_visible_cases(unit, CaseTask.case_id.expression))
    found = (await unit.session.scalars(query.order_by(CaseTask.due_on, CaseTask.id).limit(most))).all()
    members = await case_rows.members_of(unit, {row.case_id for row in found})
    for row in found:
        unit.accessed(f"case_task/{row.id}", members[row.case_id])
    today = clock.today()
    return [
        TaskView.model_validate(row).model_copy(update={"overdue": is_overdue(row.due_on, State(row.state), today)})
        for row in found
    ]
