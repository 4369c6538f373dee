"""The HTTP door of projects, sessions, blockers and community businesses."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.cacheable import anyone_may_keep
from services.grants.projects import commands, queries
from services.grants.projects.domain import BlockerKind, Came, State, Trading
from services.grants.projects.queries import (
    BlockerView,
    BusinessView,
    FiguresView,
    ProjectView,
    PublicProject,
    SessionView,
)

router = APIRouter(route_class=UnitRoute, tags=["projects"])

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Ward = Annotated[str, StringConstraints(pattern=r"^E05\d{6}$")]
Number = Annotated[int, Field(ge=0, le=100_000, strict=True)]
_MADE = (404, 409, 412, 428)


class NewProject(BaseModel):
    """A project to begin, with whoever clears the way for it."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    summary: Words
    ward: Ward | None = None
    fixer: WorkerId | None = None


class Move(BaseModel):
    """Another state."""

    model_config = ConfigDict(extra="forbid")

    state: State
    fixer: WorkerId | None = None
    reason: Words | None = None


class Fixer(BaseModel):
    """Another fixer."""

    model_config = ConfigDict(extra="forbid")

    fixer: WorkerId


class NewSession(BaseModel):
    """A session."""

    model_config = ConfigDict(extra="forbid")

    held_on: date
    place: Title


class Counted(BaseModel):
    """Who came, in numbers."""

    model_config = ConfigDict(extra="forbid")

    people: Number
    first_time: Number = 0
    children: Number = 0


class NewBlocker(BaseModel):
    """What stands in the way."""

    model_config = ConfigDict(extra="forbid")

    kind: BlockerKind
    words: Words
    owner: WorkerId | None = Field(None, description="Left out: the fixer")


class Cleared(BaseModel):
    """How it was cleared."""

    model_config = ConfigDict(extra="forbid")

    words: Words


class NewBusiness(BaseModel):
    """A community business."""

    model_config = ConfigDict(extra="forbid")

    name: Title
    ward: Ward | None = None
    project_id: UUID | None = None
    jobs: Number = 0
    started_on: date


class BusinessChange(BaseModel):
    """How it goes now."""

    model_config = ConfigDict(extra="forbid")

    trading: Trading
    jobs: Number


@router.post("/projects", status_code=201, **may("grants.project.keep", keyed=True))
async def begin_project(unit: Unit, response: Response, body: NewProject) -> ProjectView:
    """Begin a project: an idea until it runs."""
    new = commands.NewProject(body.title, body.summary, body.ward, body.fixer)
    return await _answer(unit, response, (await commands.begin(unit, new)).id)


@router.get("/projects", **may("grants.project.read"))
async def list_projects(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    ward: Annotated[Ward | None, Query()] = None,
    fixer: Annotated[WorkerId | None, Query()] = None,
) -> Page[ProjectView]:
    """Projects, the newest first, with what stands in their way."""
    rows = await queries.listed(unit, state, ward, fixer, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/projects/published", **may("grants.project.published"))
async def list_published_projects(unit: Unit, response: Response, paging: Paging) -> Page[PublicProject]:
    """Projects as anybody sees them."""
    anyone_may_keep(response)
    rows, places = await queries.published(unit, paging.place, paging.limit + 1)
    by_id = {row.id: place for row, place in zip(rows, places, strict=True)}
    return paging.page(rows, lambda each: by_id[each.id])


@router.get("/projects/figures", **may("grants.project.published"))
async def read_figures(unit: Unit, response: Response) -> FiguresView:
    """Projects, sessions, people and businesses in numbers."""
    anyone_may_keep(response)
    return await queries.figures(unit)


@router.get("/projects/blockers", **may("grants.project.read"))
async def list_blockers(
    unit: Unit, paging: Paging, owner: Annotated[WorkerId | None, Query()] = None
) -> Page[BlockerView]:
    """What stands in the way anywhere, the oldest first."""
    rows = await queries.blockers(unit, owner, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.raised_on.isoformat(), str(each.id)])


@router.get("/projects/{project_id}", **may("grants.project.read", refusals=(404,)))
async def read_project(unit: Unit, response: Response, project_id: UUID) -> ProjectView:
    """One of them."""
    found = await queries.view(unit, project_id)
    set_etag(response, found.version)
    return found


@router.post("/projects/{project_id}/state", **may("grants.project.keep", refusals=_MADE))
async def move_project(unit: Unit, response: Response, project_id: UUID, expected: Expected, body: Move) -> ProjectView:
    """It runs, pauses, ends. It runs only with a fixer."""
    await commands.move(unit, project_id, expected, body.state, body.fixer, body.reason)
    return await _answer(unit, response, project_id)


@router.post("/projects/{project_id}/fixer", **may("grants.project.keep", refusals=_MADE))
async def assign_fixer(
    unit: Unit, response: Response, project_id: UUID, expected: Expected, body: Fixer
) -> ProjectView:
    """Another fixer."""
    await commands.assign(unit, project_id, expected, body.fixer)
    return await _answer(unit, response, project_id)


@router.post(
    "/projects/{project_id}/sessions", status_code=201, **may("grants.project.keep", keyed=True, refusals=(404,))
)
async def plan_session(unit: Unit, response: Response, project_id: UUID, body: NewSession) -> SessionView:
    """A session that is to be, or was."""
    row = await commands.plan_session(unit, project_id, body.held_on, body.place)
    response.headers["Location"] = f"/v1/grants/projects/{project_id}/sessions"
    set_etag(response, row.version)
    return SessionView.model_validate(row)


@router.get("/projects/{project_id}/sessions", **may("grants.project.read", refusals=(404,)))
async def list_sessions(unit: Unit, paging: Paging, project_id: UUID) -> Page[SessionView]:
    """A project's sessions, the newest first."""
    rows = await queries.sessions(unit, project_id, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.held_on.isoformat(), str(each.id)])


@router.post("/project-sessions/{session_id}/count", **may("grants.project.keep", refusals=_MADE))
async def count_session(
    unit: Unit, response: Response, session_id: UUID, expected: Expected, body: Counted
) -> SessionView:
    """Who came, in numbers. Nobody is named."""
    came = Came(body.people, body.first_time, body.children)
    row = await commands.count(unit, session_id, expected, came)
    set_etag(response, row.version)
    return SessionView.model_validate(row)


@router.post(
    "/projects/{project_id}/blockers", status_code=201, **may("grants.project.keep", keyed=True, refusals=(404,))
)
async def raise_blocker(unit: Unit, response: Response, project_id: UUID, body: NewBlocker) -> BlockerView:
    """Something stands in the way."""
    row = await commands.block(unit, project_id, body.kind, body.words, body.owner)
    response.headers["Location"] = f"/v1/grants/projects/{project_id}"
    set_etag(response, row.version)
    return queries.blocker(row)


@router.post("/project-blockers/{blocker_id}/clearance", **may("grants.project.keep", refusals=_MADE))
async def clear_blocker(
    unit: Unit, response: Response, blocker_id: UUID, expected: Expected, body: Cleared
) -> BlockerView:
    """It stands in the way no longer."""
    row = await commands.clear(unit, blocker_id, expected, body.words)
    set_etag(response, row.version)
    return queries.blocker(row)


@router.post("/community-businesses", status_code=201, **may("grants.project.keep", keyed=True, refusals=(404,)))
async def start_business(unit: Unit, response: Response, body: NewBusiness) -> BusinessView:
    """A community business started."""
    row = await commands.start_business(unit, body.name, body.ward, body.project_id, body.jobs, body.started_on)
    response.headers["Location"] = "/v1/grants/community-businesses"
    set_etag(response, row.version)
    return BusinessView.model_validate(row)


@router.get("/community-businesses", **may("grants.project.read"))
async def list_businesses(unit: Unit, paging: Paging) -> Page[BusinessView]:
    """Community businesses."""
    rows = await queries.businesses(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [str(each.id)])


@router.post("/community-businesses/{business_id}/progress", **may("grants.project.keep", refusals=_MADE))
async def change_business(
    unit: Unit, response: Response, business_id: UUID, expected: Expected, body: BusinessChange
) -> BusinessView:
    """How it goes now."""
    row = await commands.change_business(unit, business_id, expected, body.trading, body.jobs)
    set_etag(response, row.version)
    return BusinessView.model_validate(row)


async def _answer(unit: Unit, response: Response, project_id: UUID) -> ProjectView:
    await unit.session.flush()
    found = await queries.view(unit, project_id)
    response.headers["Location"] = f"/v1/grants/projects/{project_id}"
    set_etag(response, found.version)
    return found
