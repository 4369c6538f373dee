"""Which appointments a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.appointments.models import Appointment


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which appointment. A room held for nobody named is there for all."""
    return ~access.kept_back(cause, Appointment.person_id.expression)


async def load(unit: UnitOfWork, appointment_id: UUID, *, for_change: bool = False) -> Appointment:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Appointment).where(Appointment.id == appointment_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update(of=Appointment)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such appointment")
    return row
