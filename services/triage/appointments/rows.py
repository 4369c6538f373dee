"""What of an appointment a caller may know, and how one is loaded.

A room and a worker that are taken are there for everybody: whoever may not know whose time it is sees that it is held,
just as a room or a time that is held for nobody named. So what is listed and what is free never differ.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, select
from sqlalchemy import cast as as_

from kit.errors import Conflict, NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.appointments import domain
from services.triage.appointments.domain import State
from services.triage.appointments.models import Appointment


def kept_back(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may know whose it is. What a caller booked blindly tells them only what they typed."""
    return access.kept_back(cause, Appointment.person_id.expression) & ~Appointment.blind


def home_kept_back(cause: Cause) -> ColumnElement[bool]:
    """A condition: what is held without a name is held for a home of which this caller may not know."""
    theirs = access.home_kept_back(cause, Appointment.household_id.expression)
    return Appointment.person_id.is_(None) & ~Appointment.blind & theirs


def shown_state(cause: Cause) -> ColumnElement[str]:
    """How it stands for this caller: of what they may not know, only whether the time is held.

    Who may know a person is told that a blind booking of them cannot stand.
    """
    state = Appointment.state
    unknown = access.kept_back(cause, Appointment.person_id.expression)
    held = case(
        (Appointment.keeps_place, State.BOOKED),
        *((state == each, domain.looks(each)) for each in State),
        else_=state,
    )
    doubtful = Appointment.blind & Appointment.person_id.is_not(None) & (state == State.BOOKED)
    return case(
        (unknown & ~Appointment.blind, as_(held, Text)),
        (doubtful & ~unknown, as_(State.TO_REARRANGE, Text)),
        else_=state,
    )


async def load(unit: UnitOfWork, appointment_id: UUID, *, for_change: bool = False) -> Appointment:
    """The row, locked if it is to change; `Conflict` when it is held by somebody else, or looks so to this caller."""
    row, hidden = await seen(unit, appointment_id, for_change=for_change)
    held = row.person_id is None and unit.cause.actor not in (row.worker, row.booked_by)
    if for_change and (hidden or held):
        raise Conflict(domain.HELD, allowed=[])
    return row


async def seen(unit: UnitOfWork, appointment_id: UUID, *, for_change: bool = False) -> tuple[Appointment, bool]:
    """The row, and whether this caller may not know whose it is; `NotFound` when there is none."""
    query = select(Appointment, kept_back(unit.cause)).where(Appointment.id == appointment_id)
    if for_change:
        query = query.with_for_update(of=Appointment).execution_options(populate_existing=True)
    found = (await unit.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such appointment")
    return found[0], bool(found[1])


async def whose(unit: UnitOfWork, appointment_id: UUID) -> UUID | None:
    """Whom it is with, as far as this caller may know."""
    row, hidden = await seen(unit, appointment_id)
    return None if hidden else row.person_id
