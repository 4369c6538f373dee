"""How visits are loaded, and whose are shown."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import shown
from services.triage.lone_visits.models import LoneVisit


def kept_back(cause: Cause) -> ColumnElement[bool]:
    """Whether this caller may not know who is visited. The visit itself is shown: a worker may be in danger."""
    return ~shown(cause, LoneVisit.person_id.expression, LoneVisit.blind_by.expression)


async def load(unit: UnitOfWork, visit_id: UUID, *, for_change: bool = False) -> LoneVisit:
    """The visit, locked if it is to change."""
    query = select(LoneVisit).where(LoneVisit.id == visit_id)
    if for_change:
        query = query.with_for_update(of=LoneVisit)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such visit")
    return row
