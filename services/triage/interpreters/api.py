"""The HTTP door of interpreters."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.interpreters import commands, domain, queries
from services.triage.interpreters.queries import Filters
from services.triage.interpreters.shapes import NewRequest, NewStep, Promise, RequestView

router = APIRouter(route_class=UnitRoute, tags=["interpreters"])


@router.get("/interpreters", **may("triage.interpreter.read"))
async def list_interpreters(
    unit: Unit,
    paging: Paging,
    hub: Annotated[Code | None, Query()] = None,
    state: domain.State | None = None,
    contact_id: UUID | None = None,
    rings: bool = False,
) -> Page[RequestView]:
    """Interpreters asked for, the latest first; `rings`: nobody was there in time."""
    filters = Filters(hub, state, contact_id, rings)
    return paging.page(await queries.requests(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.post("/interpreters", status_code=201, **may("triage.interpreter.work", keyed=True))
async def ask_interpreter(unit: Unit, response: Response, body: NewRequest) -> RequestView:
    """Ask for one: by phone within five minutes, face to face or in British Sign Language for a time."""
    row = await commands.ask(unit, body)
    set_etag(response, row.version)
    response.headers["Location"] = f"/v1/triage/interpreters/{row.id}"
    return RequestView.of(row)


@router.get("/interpreters/promise", **may("triage.interpreter.read"))
async def read_promise(unit: Unit) -> Promise:
    """How "by phone within five minutes" was kept in the last 28 days."""
    return await queries.promise(unit)


@router.get("/interpreters/{request_id}", **may("triage.interpreter.read", refusals=(404,)))
async def read_interpreter(unit: Unit, response: Response, request_id: UUID) -> RequestView:
    """One of them."""
    view = await queries.request(unit, request_id)
    set_etag(response, view.version)
    return view


@router.post("/interpreters/{request_id}/steps", **may("triage.interpreter.work", refusals=(404, 409, 412, 428)))
async def step_interpreter(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: NewStep
) -> RequestView:
    """Booked, there, ended, not found. A child never interprets, nor family where abuse is possible."""
    row = await commands.step(unit, request_id, expected, body)
    set_etag(response, row.version)
    return RequestView.of(row)
