"""Which concerns a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, any_, select, true

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.safeguarding.models import Concern

_TEAM = "safeguarding_lead"


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which concern.

    The statutory team sees every one: a concern about somebody restricted that nobody could acknowledge would never
    be delivered. For everybody else a concern about people kept back does not exist.
    """
    if _TEAM in cause.roles:
        return true()
    return ~access.kept_back(cause, any_(Concern.person_ids.expression))


async def load(unit: UnitOfWork, concern_id: UUID, *, for_change: bool = False) -> Concern:
    """The row, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Concern).where(Concern.id == concern_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update(of=Concern)
    concern = (await unit.session.scalars(query)).one_or_none()
    if concern is None:
        raise NotFound("We know of no such concern")
    return concern
