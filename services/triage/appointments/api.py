"""The HTTP door of appointments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit import clock
from kit.contracts.envelope import Code, WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.appointments import commands, domain, queries
from services.triage.appointments.free import Asked
from services.triage.appointments.models import Appointment
from services.triage.appointments.queries import Filters
from services.triage.appointments.shapes import (
    AppointmentView,
    FreeTimes,
    Move,
    NewAppointment,
    NewFollowUp,
    NewOutcome,
)
from services.triage.hubs.shapes import Day, HubCode

router = APIRouter(route_class=UnitRoute, tags=["appointments"])

Word = Annotated[Code | None, Query()]
Worker = Annotated[WorkerId, Query()]


async def _shown(unit: Unit, response: Response, row: Appointment, *, made: bool = False) -> AppointmentView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/triage/appointments/{row.id}"
    await unit.session.flush()
    return await queries.shown(unit, row, made=made)


@router.get("/hubs/{hub}/free-times", **may("triage.appointment.read", refusals=(404,)))
async def list_free_times(
    unit: Unit,
    hub: HubCode,
    worker: Worker,
    day: Day | None = None,
    person_id: UUID | None = None,
    kind: domain.Kind = domain.Kind.AT_HUB,
    minutes: Annotated[int, Query(ge=5, le=240)] = 30,
    private: bool = False,
) -> FreeTimes:
    """When it could be. What is listed can be booked; what is not is not free, and nobody is told why."""
    asked = Asked(kind, person_id, worker, private=private)
    return await queries.free_times(unit, hub, asked, day or clock.today(), minutes)


@router.get("/hubs/{hub}/appointments", **may("triage.appointment.read"))
async def list_hub_appointments(
    unit: Unit, paging: Paging, hub: HubCode, day: Day | None = None
) -> Page[AppointmentView]:
    """A hub's appointments of a day (today), in order of time."""
    filters = Filters(hub, day or clock.today())
    return paging.page(await queries.appointments(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/appointments", **may("triage.appointment.read"))
async def list_appointments(
    unit: Unit,
    paging: Paging,
    hub: Word = None,
    day: Day | None = None,
    worker: Annotated[WorkerId | None, Query()] = None,
    person_id: UUID | None = None,
    household_id: Annotated[UUID | None, Query(description="Of whoever lives there now")] = None,
    state: domain.State | None = None,
    late: bool = False,
) -> Page[AppointmentView]:
    """Appointments in order of time; `late` are missed ones that nobody followed up in time."""
    filters = Filters(hub, day, worker, person_id, household_id, state, late)
    return paging.page(await queries.appointments(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.post("/appointments", status_code=201, **may("triage.appointment.book", keyed=True))
async def book_appointment(unit: Unit, response: Response, body: NewAppointment) -> AppointmentView:
    """Book an appointment, a visit or a call, or hold a room or a time. 409: it is not free, whatever the reason."""
    return await _shown(unit, response, await commands.book(unit, body), made=True)


@router.get("/appointments/{appointment_id}", **may("triage.appointment.read", refusals=(404,)))
async def read_appointment(unit: Unit, response: Response, appointment_id: UUID) -> AppointmentView:
    """One of them."""
    view = await queries.appointment(unit, appointment_id)
    set_etag(response, view.version)
    return view


@router.patch("/appointments/{appointment_id}", **may("triage.appointment.book", refusals=(404, 409, 412, 428)))
async def move_appointment(
    unit: Unit, response: Response, appointment_id: UUID, expected: Expected, body: Move
) -> AppointmentView:
    """Another time, worker, hub or room."""
    return await _shown(unit, response, await commands.move(unit, appointment_id, expected, body))


@router.post("/appointments/{appointment_id}/outcomes", **may("triage.appointment.book", refusals=(404, 409, 412, 428)))
async def settle_appointment(
    unit: Unit, response: Response, appointment_id: UUID, expected: Expected, body: NewOutcome
) -> AppointmentView:
    """They arrived, it was kept, missed or cancelled. A missed one is followed up."""
    return await _shown(
        unit, response, await commands.settle(unit, appointment_id, expected, body.outcome, body.because)
    )


@router.post(
    "/appointments/{appointment_id}/follow-ups", **may("triage.appointment.book", refusals=(404, 409, 412, 428))
)
async def follow_up_appointment(
    unit: Unit, response: Response, appointment_id: UUID, expected: Expected, body: NewFollowUp
) -> AppointmentView:
    """Somebody looked after whoever was missed."""
    return await _shown(unit, response, await commands.follow_up(unit, appointment_id, expected, body.what))
