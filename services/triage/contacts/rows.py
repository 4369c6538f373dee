"""Which contacts a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.contacts.models import Contact


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which contact: every read and every load for a change goes through it."""
    return ~access.kept_back(cause, Contact.person_id.expression)


async def load(unit: UnitOfWork, contact_id: UUID, *, for_change: bool = False) -> Contact:
    """The row with its needs and decisions, locked if it is to change; `NotFound` also when it may not be shown."""
    query = (
        select(Contact)
        .where(Contact.id == contact_id, visible_to(unit.cause))
        .options(selectinload(Contact.needs), selectinload(Contact.decisions))
    )
    if for_change:
        query = query.with_for_update(of=Contact)
    contact = (await unit.session.scalars(query)).one_or_none()
    if contact is None:
        raise NotFound("We know of no such contact")
    return contact
