"""The HTTP door of caseloads."""

from datetime import date
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code, WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.caseloads import commands, mine, queries
from services.casefile.caseloads.commands import Moved, Order
from services.casefile.caseloads.domain import MOST_RECEIVERS, Reason
from services.casefile.caseloads.queries import Caseload, MyWork, ReallocationView, Summary, TeamLoad

router = APIRouter(route_class=UnitRoute, tags=["caseloads"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
OneWorker = Annotated[WorkerId | None, Query()]
OneTeam = Annotated[Code | None, Query()]


class NewReallocation(BaseModel):
    """Whose cases go to whom: all that are open, or the ones named."""

    model_config = ConfigDict(extra="forbid")

    from_worker: WorkerId
    to_workers: Annotated[list[WorkerId], Field(min_length=1, max_length=MOST_RECEIVERS)]
    case_ids: Annotated[list[UUID] | None, Field(max_length=2000)] = Field(
        default=None, description="Left out: all their open cases"
    )
    reason: Reason
    words: Words
    cover_until: date | None = Field(default=None, description="Their first day back, when it is for an absence")


class ReallocationMade(ReallocationView):
    """What it did, and how much each of them holds now."""

    tasks: dict[str, int] = Field(description="Open tasks that went with the cases, by who got them")
    not_moved: list[UUID] = Field(
        description="Cases that could be given to none of them: choose somebody else for these"
    )
    caseloads: list[Caseload] = Field(description="Of everybody concerned, as they are now")


async def _answer(unit: Unit, response: Response, moved: Moved) -> ReallocationMade:
    row = moved.row
    # A worker's id is whatever the sign-in provider calls them.
    response.headers["Location"] = f"/v1/casefile/reallocations?worker={quote(row.from_worker, safe='')}"
    set_etag(response, row.version)
    view = await queries.shown(unit, row)
    loads = [
        load
        for worker in sorted({row.from_worker, *row.to_workers})
        for load in await queries.caseloads(unit, None, worker)
    ]
    return ReallocationMade(
        **view.model_dump(exclude={"moved"}),
        moved=dict(moved.cases),
        tasks=dict(+moved.tasks),
        not_moved=list(moved.left),
        caseloads=loads,
    )


@router.get("/caseloads", **may("casefile.caseload.read"))
async def list_caseloads(unit: Unit, paging: Paging, team: OneTeam = None, worker: OneWorker = None) -> Page[Caseload]:
    """Each worker's open cases with their ratings, overdue reviews and tasks, in the order of their ids."""
    found = await queries.caseloads(unit, team, worker)
    after = paging.place[0] if paging.place else ""
    return paging.page([each for each in found if each.worker > after], lambda each: [each.worker])


@router.get("/caseloads/teams", **may("casefile.caseload.read"))
async def list_team_caseloads(unit: Unit, paging: Paging) -> Page[TeamLoad]:
    """What each team's workers hold together."""
    found = await queries.team_loads(unit)
    after = paging.place[0] if paging.place else ""
    return paging.page([each for each in found if each.team > after], lambda each: [each.team])


@router.get("/caseloads/summary", **may("casefile.caseload.read"))
async def read_summary(unit: Unit, team: OneTeam = None) -> Summary:
    """All open cases, or a team's: ratings, overdue, unallocated, and what waits for a manager."""
    return await queries.summary(unit, team)


@router.get("/my-work", **may("casefile.my_work.read"))
async def read_my_work(unit: Unit) -> MyWork:
    """What is mine: cases, what is due and overdue, what came back, what is offered to me."""
    return await mine.my_work(unit)


@router.post("/reallocations", status_code=201, **may("casefile.caseload.reallocate", keyed=True))
async def reallocate_cases(unit: Unit, response: Response, body: NewReallocation) -> ReallocationMade:
    """Cover an absence in one act: all or the named cases of a worker go to one or several others, evenly.

    Open tasks go with the cases. A case that nobody named may have (somebody of the household barred them, or is a
    relative) stays where it is and is listed.
    """
    named = tuple(dict.fromkeys(body.case_ids)) if body.case_ids is not None else None
    order = Order(body.from_worker, tuple(body.to_workers), named, body.reason, body.words, body.cover_until)
    return await _answer(unit, response, await commands.reallocate(unit, order))


@router.get("/reallocations", **may("casefile.caseload.read"))
async def list_reallocations(unit: Unit, paging: Paging, worker: OneWorker = None) -> Page[ReallocationView]:
    """Who covered for whom, the newest first."""
    found = await queries.reallocations(unit, worker, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [str(each.id)])


@router.post(
    "/reallocations/{reallocation_id}/return",
    **may("casefile.caseload.reallocate", refusals=(404, 409, 412, 428)),
)
async def give_cases_back(
    unit: Unit, response: Response, reallocation_id: UUID, expected: Expected
) -> ReallocationMade:
    """They are back: what is still with whoever covered for them is theirs again."""
    return await _answer(unit, response, await commands.give_back(unit, reallocation_id, expected))
