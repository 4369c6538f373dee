"""Which capacity questions a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.capacity.models import CapacityQuestion

_RECEIVING = frozenset({"partner", "answer_link"})


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """A partner sees what its own organisation was asked; we see all of it."""
    if not cause.roles or not _RECEIVING.issuperset(cause.roles):
        return true()
    try:
        return CapacityQuestion.organisation_id == UUID(cause.organisation or "")
    except ValueError:
        return false()


async def load(unit: UnitOfWork, question_id: UUID, *, for_change: bool = False) -> CapacityQuestion:
    """The row, locked if it is to change; `NotFound` also for another organisation's."""
    query = select(CapacityQuestion).where(CapacityQuestion.id == question_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update()
    found = (await unit.session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such question")
    return found
