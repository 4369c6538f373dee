"""The HTTP door of tickets."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.hubs.shapes import Day, HubCode
from services.triage.tickets import commands, queries
from services.triage.tickets.models import Ticket
from services.triage.tickets.shapes import NewStep, NewTicket, NewTicketView, Next, TicketView, Waits, WaitView

router = APIRouter(route_class=UnitRoute, tags=["tickets"])


async def _shown(unit: Unit, response: Response, ticket: Ticket, *, made: bool = False) -> TicketView:
    set_etag(response, ticket.version)
    if made:
        response.headers["Location"] = f"/v1/triage/hubs/{ticket.hub}/tickets/{ticket.id}"
    await unit.session.flush()
    return await queries.shown(unit, ticket)


@router.get("/hubs/{hub}/waits", **may("triage.hub.read", refusals=(404,)))
async def read_waits(unit: Unit, hub: HubCode) -> Waits:
    """How long it takes now, how we worked that out, which numbers are called, and whether we kept what we said."""
    return await queries.waits(unit, hub)


@router.get("/hubs/{hub}/tickets", **may("triage.ticket.read", refusals=(404,)))
async def list_tickets(
    unit: Unit, paging: Paging, hub: HubCode, day: Day | None = None, everyone: bool = False
) -> Page[TicketView]:
    """Who waits or sits with someone, by number; `everyone`: also those who have gone."""
    found = await queries.tickets(unit, hub, day or clock.today(), everyone, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.number])


@router.post("/hubs/{hub}/tickets", status_code=201, **may("triage.ticket.work", keyed=True, refusals=(404,)))
async def take_ticket(unit: Unit, response: Response, hub: HubCode, body: NewTicket) -> NewTicketView:
    """Somebody walked in. No appointment is needed and no name is taken; they are told how long it takes."""
    ticket, wait = await commands.take(unit, hub, body)
    view = await _shown(unit, response, ticket, made=True)
    return NewTicketView(**view.model_dump(), wait=WaitView.of(wait))


# Keyed, so that a repeat calls nobody else; what is made is the call.
@router.post("/hubs/{hub}/calls", status_code=201, **may("triage.ticket.work", keyed=True, refusals=(404,)))
async def call_next(unit: Unit, response: Response, hub: HubCode, body: Next) -> TicketView:
    """A desk is free: call the next number. 409 when nobody waits."""
    return await _shown(unit, response, await commands.call_next(unit, hub, body.desk), made=True)


@router.get("/hubs/{hub}/tickets/{ticket_id}", **may("triage.ticket.read", refusals=(404,)))
async def read_ticket(unit: Unit, response: Response, hub: HubCode, ticket_id: UUID) -> TicketView:
    """One ticket."""
    view = await queries.ticket(unit, hub, ticket_id)
    set_etag(response, view.version)
    return view


@router.post("/hubs/{hub}/tickets/{ticket_id}/steps", **may("triage.ticket.work", refusals=(404, 409, 412, 428)))
async def step_ticket(
    unit: Unit, response: Response, hub: HubCode, ticket_id: UUID, expected: Expected, body: NewStep
) -> TicketView:
    """Called, sat down, not there, ended, left."""
    ticket = await commands.step(unit, hub, ticket_id, expected, body.step, body.desk)
    return await _shown(unit, response, ticket)
