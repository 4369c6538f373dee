"""The HTTP door of everyday tasks."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code, WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.tasks import commands, queries
from services.triage.tasks.domain import Kind, State
from services.triage.tasks.models import EverydayTask
from services.triage.tasks.queries import Filters, TaskView

router = APIRouter(route_class=UnitRoute, tags=["everyday tasks"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class NewTask(BaseModel):
    """A bill, a claim, a repair: done together, or booked with whoever does it."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    how: Literal["together", "booked"]
    owner: Code | None = Field(None, description="The team that does it; left out: the usual one of its kind")
    reference: Line | None = Field(None, description="The owning team's: needed for what is booked")
    chase_on: date | None = Field(None, description="A working day; left out: five working days from today")
    need_id: UUID | None = None
    note: Words | None = None


class Chase(BaseModel):
    """Asked again."""

    model_config = ConfigDict(extra="forbid")

    chase_on: date | None = Field(None, description="The next day to ask; left out: in five working days")


class Result(BaseModel):
    """How it ended."""

    model_config = ConfigDict(extra="forbid")

    result: Literal["done", "not_done"]
    note: Words | None = Field(None, description="Why, for what was not done")


def _answer(response: Response, row: EverydayTask) -> TaskView:
    response.headers["Location"] = f"/v1/triage/everyday-tasks/{row.id}"
    set_etag(response, row.version)
    return TaskView.model_validate(row)


@router.post(
    "/contacts/{contact_id}/everyday-tasks",
    status_code=201,
    **may("triage.everyday_task.work", keyed=True, refusals=(404,)),
)
async def add_everyday_task(unit: Unit, response: Response, contact_id: UUID, body: NewTask) -> TaskView:
    """Do it together, or book it: then it has a reference and a day on which somebody asks."""
    fields = body.model_dump(exclude={"how"})
    return _answer(
        response, await commands.add(unit, contact_id, commands.New(together=body.how == "together", **fields))
    )


@router.get("/everyday-tasks", **may("triage.everyday_task.read"))
async def list_everyday_tasks(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    held_by: Annotated[WorkerId | None, Query()] = None,
    owner: Annotated[Code | None, Query()] = None,
    contact_id: UUID | None = None,
) -> Page[TaskView]:
    """Everyday tasks, the oldest first; `state=to_chase` are those whose day has come."""
    filters = Filters(state, held_by, owner, contact_id)
    rows = await queries.tasks(unit, filters, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/everyday-tasks/{task_id}", **may("triage.everyday_task.read", refusals=(404,)))
async def read_everyday_task(unit: Unit, response: Response, task_id: UUID) -> TaskView:
    """One of them."""
    view = await queries.task(unit, task_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/everyday-tasks/{task_id}/chases",
    status_code=201,
    **may("triage.everyday_task.work", keyed=True, refusals=(404, 412, 428)),
)
async def chase_everyday_task(
    unit: Unit, response: Response, task_id: UUID, expected: Expected, body: Chase
) -> TaskView:
    """The owning team was asked again."""
    return _answer(response, await commands.chase(unit, task_id, expected, body.chase_on))


@router.post(
    "/everyday-tasks/{task_id}/result",
    status_code=201,
    **may("triage.everyday_task.work", keyed=True, refusals=(404, 412, 428)),
)
async def finish_everyday_task(
    unit: Unit, response: Response, task_id: UUID, expected: Expected, body: Result
) -> TaskView:
    """It was done, or it will not be, with why."""
    return _answer(response, await commands.finish(unit, task_id, expected, body.result == "done", body.note))
