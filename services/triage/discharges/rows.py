"""Which discharges a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.discharges.models import Discharge


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which discharge."""
    return ~access.kept_back(cause, Discharge.person_id.expression)


async def load(unit: UnitOfWork, discharge_id: UUID, *, for_change: bool = False) -> Discharge:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Discharge).where(Discharge.id == discharge_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update(of=Discharge)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such discharge")
    return row
