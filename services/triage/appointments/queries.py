"""Reads of appointments. Every one goes on record; those of people kept back are times that somebody holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, tuple_

from kit import clock
from kit.clock import LONDON
from kit.store.access import who_lives_in
from kit.store.unit import Cause, UnitOfWork
from services.triage.appointments import domain, free
from services.triage.appointments.models import Appointment
from services.triage.appointments.rows import home_kept_back, kept_back, seen, shown_state
from services.triage.appointments.shapes import AppointmentView, Beside, FreeTimes
from services.triage.hubs import rows as hubs
from services.triage.hubs.models import Shift
from services.triage.meeting_plans.queries import to_read
from services.triage.objections.queries import whole_person


@dataclass(frozen=True, slots=True)
class Filters:
    """Which appointments a list shows; None does not narrow it. `late`: missed, and nobody followed up in time."""

    hub: str | None = None
    day: date | None = None
    worker: str | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    state: domain.State | None = None
    late: bool = False


def _absent() -> ColumnElement[bool]:
    return exists(
        select(1).where(
            Shift.worker == Appointment.worker,
            Shift.state == "absent",
            Shift.starts_at < Appointment.ends_at,
            Shift.ends_at > Appointment.starts_at,
        )
    )


async def appointment(unit: UnitOfWork, appointment_id: UUID) -> AppointmentView:
    """One of them."""
    row, hidden = await seen(unit, appointment_id)
    unit.accessed(f"appointment/{row.id}", [row.person_id] if row.person_id and not hidden else [])
    return await shown(unit, row)


async def shown(unit: UnitOfWork, row: Appointment, *, made: bool = False) -> AppointmentView:
    """An appointment just loaded or written, as it is shown; just `made`, it is what they typed themselves."""
    beside = (await unit.session.execute(select(*_beside(unit.cause)).where(Appointment.id == row.id))).one()
    found = Beside(*beside)
    if made:
        found = replace(found, state=row.state, hidden=False, home_hidden=False)
    return AppointmentView.of(row, clock.business_now(), found)


def _beside(cause: Cause) -> tuple[ColumnElement[Any], ...]:
    of_theirs = to_read(cause, Appointment.person_id.expression)
    return shown_state(cause), kept_back(cause), home_kept_back(cause), _absent(), of_theirs


async def appointments(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[AppointmentView]:
    """Up to `most` after `place`, in order of time."""
    query = select(Appointment, *_beside(unit.cause))
    for column, value in (
        (Appointment.hub, filters.hub),
        (Appointment.worker, filters.worker),
        (shown_state(unit.cause), filters.state),
    ):
        if value is not None:
            query = query.where(column == value)
    if filters.day is not None:
        begins = datetime.combine(filters.day, time(), LONDON)
        query = query.where(Appointment.starts_at >= begins, Appointment.starts_at < begins + timedelta(days=1))
    if filters.person_id is not None:
        whose = Appointment.person_id.in_(await whole_person(unit, filters.person_id))
        query = query.where(whose, ~kept_back(unit.cause))
    if filters.household_id is not None:
        theirs = Appointment.person_id.in_(await who_lives_in(unit, filters.household_id))
        query = query.where(theirs, ~kept_back(unit.cause))
    if filters.late:
        waits = Appointment.state.in_(domain.LATE) & Appointment.follow_up_late_at.is_not(None)
        query = query.where(waits, Appointment.follow_up.is_(None), ~kept_back(unit.cause))
    order = (Appointment.starts_at, Appointment.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    now = clock.business_now()
    views = [AppointmentView.of(row, now, Beside(*beside)) for row, *beside in rows]
    unit.accessed("appointments", {each.person_id for each in views if each.person_id})
    return views


def place_of(shown: AppointmentView) -> list[Any]:
    """Where an appointment stands in the list."""
    return [shown.starts_at.isoformat(), str(shown.id)]


async def free_times(unit: UnitOfWork, code: str, asked: free.Asked, day: date, minutes: int) -> FreeTimes:
    """When it could be on that day."""
    hub = await hubs.hub(unit, code)
    begins = datetime.combine(day, time(), LONDON)
    found = await free.diary(unit, hub, asked, begins, begins + timedelta(days=1))
    unit.accessed(f"hub/{code}/free_times", [asked.person_id] if asked.person_id else [])
    starts = free.times(found, day, timedelta(minutes=minutes), clock.business_now())
    return FreeTimes(hub=code, minutes=minutes, starts=list(starts))
