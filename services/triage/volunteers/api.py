"""The HTTP door of volunteers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit import clock
from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.contacts.shapes import Language
from services.triage.hubs.shapes import Day
from services.triage.volunteers import commands, domain, queries
from services.triage.volunteers.models import Volunteer
from services.triage.volunteers.queries import Filters
from services.triage.volunteers.shapes import (
    Hours,
    HubHours,
    NewCheck,
    NewSession,
    NewTask,
    SessionView,
    TaskStep,
    TaskView,
    VolunteerEntry,
    VolunteerView,
)

router = APIRouter(route_class=UnitRoute, tags=["volunteers"])


def _shown(response: Response, row: Volunteer, *, made: bool = False) -> VolunteerView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/triage/volunteers/{row.id}"
    return VolunteerView.of(row, clock.today())


@router.get("/volunteers", **may("triage.volunteer.read"))
async def list_volunteers(
    unit: Unit,
    paging: Paging,
    role: domain.Role | None = None,
    skill: Annotated[Code | None, Query()] = None,
    language: Annotated[Language | None, Query()] = None,
    expiring: bool = False,
) -> Page[VolunteerView]:
    """Who gives their time; `expiring`: a check of theirs runs out within 30 days, or has."""
    found = await queries.volunteers(unit, Filters(role, skill, language, expiring), paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [str(each.id)])


@router.post("/volunteers", status_code=201, **may("triage.volunteer.keep", keyed=True))
async def join(unit: Unit, response: Response, body: VolunteerEntry) -> VolunteerView:
    """Somebody gives their time."""
    return _shown(response, await commands.join(unit, body), made=True)


@router.get("/volunteers/hours", **may("triage.volunteer.read"))
async def read_hours(unit: Unit, since: Day, until: Day) -> list[HubHours]:
    """Hours given at each hub, from one day to another."""
    return await queries.hours(unit, since, until)


@router.get("/volunteers/{volunteer_id}", **may("triage.volunteer.read", refusals=(404,)))
async def read_volunteer(unit: Unit, response: Response, volunteer_id: UUID) -> VolunteerView:
    """One volunteer, with roles, skills and checks: their passport to another hub."""
    view = await queries.volunteer(unit, volunteer_id)
    set_etag(response, view.version)
    return view


@router.put("/volunteers/{volunteer_id}", **may("triage.volunteer.keep", refusals=(404, 409, 412, 428)))
async def change_volunteer(
    unit: Unit, response: Response, volunteer_id: UUID, expected: Expected, body: VolunteerEntry
) -> VolunteerView:
    """The entry in place of the one you read."""
    return _shown(response, await commands.change(unit, volunteer_id, expected, body))


@router.post(
    "/volunteers/{volunteer_id}/checks", status_code=201, **may("triage.volunteer.keep", keyed=True, refusals=(404,))
)
async def add_check(unit: Unit, response: Response, volunteer_id: UUID, body: NewCheck) -> VolunteerView:
    """Something was seen. Answers with the volunteer."""
    return _shown(response, await commands.add_check(unit, volunteer_id, body), made=True)


@router.get("/volunteer-sessions", **may("triage.volunteer.read"))
async def list_sessions(
    unit: Unit, paging: Paging, hub: Annotated[Code, Query()], day: Day | None = None
) -> Page[SessionView]:
    """Who comes to a hub on a day (today)."""
    found = await queries.sessions(unit, hub, day or clock.today(), paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.post("/volunteer-sessions", status_code=201, **may("triage.volunteer.keep", keyed=True))
async def plan_session(unit: Unit, response: Response, body: NewSession) -> SessionView:
    """Plan a session. 422 names the checks that do not hold on that day."""
    row = await commands.plan(unit, body)
    set_etag(response, row.version)
    response.headers["Location"] = f"/v1/triage/volunteer-sessions?hub={row.hub}"
    return SessionView.of(row)


@router.post("/volunteer-sessions/{session_id}/hours", **may("triage.volunteer.keep", refusals=(404, 409, 412, 428)))
async def give_hours(unit: Unit, response: Response, session_id: UUID, expected: Expected, body: Hours) -> SessionView:
    """How long it was; 0: it was not given."""
    row = await commands.give(unit, session_id, expected, body.minutes)
    set_etag(response, row.version)
    return SessionView.of(row)


@router.post("/volunteer-tasks", status_code=201, **may("triage.volunteer_task.hand", keyed=True))
async def hand_task(unit: Unit, response: Response, body: NewTask) -> TaskView:
    """Hand a volunteer who is here a first name, a task and a table."""
    row = await commands.hand(unit, body)
    set_etag(response, row.version)
    response.headers["Location"] = "/v1/triage/volunteer-tasks"
    return TaskView.of(row)


@router.get("/volunteer-tasks", **may("triage.volunteer_task.do"))
async def list_own_tasks(unit: Unit) -> list[TaskView]:
    """What the desk has handed to you: first name, task, table."""
    return await queries.own_tasks(unit)


# No If-Match: whoever has done it has done it. Keyed, so that a repeat is the first answer.
@router.post(
    "/volunteer-tasks/{task_id}/steps", status_code=201, **may("triage.volunteer_task.do", keyed=True, refusals=(404,))
)
async def end_task(unit: Unit, response: Response, task_id: UUID, body: TaskStep) -> TaskView:
    """Done, or given back. The name goes."""
    row = await commands.end_task(unit, task_id, domain.TaskState(body.step))
    set_etag(response, row.version)
    response.headers["Location"] = "/v1/triage/volunteer-tasks"
    return TaskView.of(row)
