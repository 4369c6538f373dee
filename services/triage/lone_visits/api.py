"""The HTTP door of lone visits."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.lone_visits import commands, queries
from services.triage.lone_visits.models import LoneVisit
from services.triage.lone_visits.shapes import Answer, Check, CheckIn, LoneVisitView

router = APIRouter(route_class=UnitRoute, tags=["lone visits"])


async def _shown(unit: Unit, response: Response, row: LoneVisit, *, made: bool = False) -> LoneVisitView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/triage/lone-visits/{row.id}"
    await unit.session.flush()
    return await queries.shown(unit, row)


@router.get("/lone-visits", **may("triage.lone_visit.read"))
async def list_lone_visits(
    unit: Unit,
    paging: Paging,
    hub: Annotated[Code | None, Query()] = None,
    rings: bool = False,
    everyone: bool = False,
) -> Page[LoneVisitView]:
    """Who is in somewhere now; `rings`: who should be out."""
    found = await queries.visits(unit, hub, rings, everyone, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.post("/lone-visits", status_code=201, **may("triage.lone_visit.work", keyed=True))
async def check_in(unit: Unit, response: Response, body: CheckIn) -> LoneVisitView:
    """I go in. 409 until the plan for meeting that person was read, and where it says otherwise."""
    return await _shown(unit, response, await commands.check_in(unit, body), made=True)


@router.get("/lone-visits/{visit_id}", **may("triage.lone_visit.read", refusals=(404,)))
async def read_lone_visit(unit: Unit, response: Response, visit_id: UUID) -> LoneVisitView:
    """One of them."""
    view = await queries.visit(unit, visit_id)
    set_etag(response, view.version)
    return view


# No If-Match here and below: the alarm may have just raised the version, and nobody who is safe, or who goes to look,
# is sent away for that.
@router.post(
    "/lone-visits/{visit_id}/checks", status_code=201, **may("triage.lone_visit.work", keyed=True, refusals=(404,))
)
async def check_lone_visit(unit: Unit, response: Response, visit_id: UUID, body: Check) -> LoneVisitView:
    """I am fine and need longer; or I am out. A colleague may say it for whoever rang in."""
    if body.minutes is not None:
        row = await commands.still_fine(unit, visit_id, body.minutes)
    else:
        row = await commands.out(unit, visit_id)
    return await _shown(unit, response, row, made=True)


@router.post(
    "/lone-visits/{visit_id}/answers", status_code=201, **may("triage.lone_visit.answer", keyed=True, refusals=(404,))
)
async def answer_lone_visit(unit: Unit, response: Response, visit_id: UUID, body: Answer) -> LoneVisitView:
    """I see to it, by name; or this is how they were found."""
    if body.found is not None:
        row = await commands.found(unit, visit_id, body.found)
    else:
        row = await commands.take(unit, visit_id)
    return await _shown(unit, response, row, made=True)
