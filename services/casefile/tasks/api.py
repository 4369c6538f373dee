"""The HTTP door of tasks."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.tasks import commands, queries
from services.casefile.tasks.commands import Change
from services.casefile.tasks.domain import State
from services.casefile.tasks.models import CaseTask
from services.casefile.tasks.queries import Filters, TaskView

router = APIRouter(route_class=UnitRoute, tags=["tasks"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class NewTask(BaseModel):
    """What is to be done on a case, by when, by whom."""

    model_config = ConfigDict(extra="forbid")

    case_id: UUID
    owner: WorkerId | None = Field(default=None, description="Left out: you")
    words: Words
    due_on: date


class TaskChange(BaseModel):
    """What changes; left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    owner: WorkerId | None = None
    words: Words | None = None
    due_on: date | None = None


class Done(BaseModel):
    """How it went, if there is anything to say."""

    model_config = ConfigDict(extra="forbid")

    words: Words | None = None


class Dropped(BaseModel):
    """Why it is not done."""

    model_config = ConfigDict(extra="forbid")

    words: Words


_REFUSALS = (404, 409, 412, 428)


async def _answer(unit: Unit, response: Response, row: CaseTask) -> TaskView:
    response.headers["Location"] = f"/v1/casefile/tasks/{row.id}"
    set_etag(response, row.version)
    return await queries.task(unit, row.id)


@router.post("/tasks", status_code=201, **may("casefile.case_task.work", keyed=True, refusals=(404,)))
async def make_task(unit: Unit, response: Response, body: NewTask) -> TaskView:
    """Promise something on a case by a day, yourself or for a colleague."""
    row = await commands.make(unit, body.case_id, body.owner, body.words, body.due_on)
    return await _answer(unit, response, row)


@router.get("/tasks", **may("casefile.case_task.read"))
async def list_tasks(
    unit: Unit,
    paging: Paging,
    owner: Annotated[WorkerId | None, Query()] = None,
    case_id: UUID | None = None,
    state: State | None = None,
    overdue: bool = False,
) -> Page[TaskView]:
    """Tasks, those due first."""
    found = await queries.tasks(unit, Filters(owner, case_id, state, overdue), paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/tasks/{task_id}", **may("casefile.case_task.read", refusals=(404,)))
async def read_task(unit: Unit, response: Response, task_id: UUID) -> TaskView:
    """One of them."""
    view = await queries.task(unit, task_id)
    set_etag(response, view.version)
    return view


@router.patch("/tasks/{task_id}", **may("casefile.case_task.work", refusals=_REFUSALS))
async def change_task(unit: Unit, response: Response, task_id: UUID, expected: Expected, body: TaskChange) -> TaskView:
    """Another day, another owner, other words."""
    row = await commands.change(unit, task_id, expected, Change(body.owner, body.words, body.due_on))
    return await _answer(unit, response, row)


@router.post("/tasks/{task_id}/done", **may("casefile.case_task.work", refusals=_REFUSALS))
async def finish_task(unit: Unit, response: Response, task_id: UUID, expected: Expected, body: Done) -> TaskView:
    """It is done."""
    return await _answer(unit, response, await commands.end(unit, task_id, expected, State.DONE, body.words))


@router.post("/tasks/{task_id}/dropped", **may("casefile.case_task.work", refusals=_REFUSALS))
async def drop_task(unit: Unit, response: Response, task_id: UUID, expected: Expected, body: Dropped) -> TaskView:
    """It will not be done; why stays on record."""
    return await _answer(unit, response, await commands.end(unit, task_id, expected, State.DROPPED, body.words))
