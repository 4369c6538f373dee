"""The HTTP door of immigration questions and the way without recourse."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.immigration import commands, queries
from services.triage.immigration.domain import State, TurnsOn
from services.triage.immigration.models import NoRecourseRoute
from services.triage.immigration.shapes import (
    AnswerKept,
    AnswerView,
    Close,
    NewAnswer,
    NewHomeOfficeRecord,
    RouteView,
    Step,
)

router = APIRouter(route_class=UnitRoute, tags=["immigration"])


def _answer(response: Response, row: NoRecourseRoute) -> RouteView:
    response.headers["Location"] = f"/v1/triage/no-recourse-routes/{row.id}"
    set_etag(response, row.version)
    return queries.view_of(row)


@router.post("/immigration-answers", status_code=201, **may("triage.immigration.ask", keyed=True))
async def keep_immigration_answer(unit: Unit, body: NewAnswer) -> AnswerKept:
    """Keep an answer, sealed, for the one decision that turns on it. For anything else it is not asked."""
    row = await commands.answer(unit, body)
    return AnswerKept(id=row.id, turns_on=TurnsOn(row.turns_on), asked_at=row.asked_at)


@router.get("/immigration-answers", **may("triage.immigration.read", refusals=(404,)))
async def read_immigration_answer(unit: Unit, person_id: UUID, turns_on: TurnsOn) -> AnswerView:
    """What they answered for this very decision; 404 where it was not asked for it."""
    return await queries.answer_for(unit, person_id, turns_on)


@router.post(
    "/contacts/{contact_id}/no-recourse-routes",
    status_code=201,
    **may("triage.no_recourse.work", keyed=True, refusals=(404,)),
)
async def open_no_recourse_route(unit: Unit, response: Response, contact_id: UUID) -> RouteView:
    """Open the way of somebody without recourse: assessment, help in destitution, regulated advice."""
    return _answer(response, await commands.open_route(unit, contact_id))


@router.get("/no-recourse-routes", **may("triage.no_recourse.read"))
async def list_no_recourse_routes(unit: Unit, paging: Paging, state: State | None = None) -> Page[RouteView]:
    """The ways, the oldest first."""
    rows = await queries.routes(unit, state, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/no-recourse-routes/{route_id}", **may("triage.no_recourse.read", refusals=(404,)))
async def read_no_recourse_route(unit: Unit, response: Response, route_id: UUID) -> RouteView:
    """One of them, with what is still owed."""
    view = await queries.route(unit, route_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/no-recourse-routes/{route_id}/steps",
    status_code=201,
    **may("triage.no_recourse.work", keyed=True, refusals=(404, 412, 428)),
)
async def take_no_recourse_step(
    unit: Unit, response: Response, route_id: UUID, expected: Expected, body: Step
) -> RouteView:
    """An assessment, help in destitution, or regulated advice; none waits for another."""
    return _answer(response, await commands.step(unit, route_id, expected, body))


@router.post(
    "/no-recourse-routes/{route_id}/closure",
    status_code=201,
    **may("triage.no_recourse.work", keyed=True, refusals=(404, 412, 428)),
)
async def close_no_recourse_route(
    unit: Unit, response: Response, route_id: UUID, expected: Expected, body: Close
) -> RouteView:
    """Close it; 409 names what is still owed."""
    return _answer(response, await commands.close(unit, route_id, expected, body))


@router.post(
    "/no-recourse-routes/{route_id}/home-office-records",
    status_code=201,
    **may("triage.no_recourse.record_home_office", keyed=True, refusals=(404,)),
)
async def record_home_office_duty(
    unit: Unit, response: Response, route_id: UUID, body: NewHomeOfficeRecord
) -> RouteView:
    """A named social-care lead records that a legal duty to tell the Home Office was met. Nothing is sent from here."""
    return _answer(response, await commands.record_home_office(unit, route_id, body))
