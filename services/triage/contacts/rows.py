"""Which contacts a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.contacts.models import Contact
from services.triage.known.knowing import check_not_blind, shown, tell_of_a_stranger, true

# Found without being given: the person's, whose rule then holds.
_HOME = Contact.given_household_id.expression


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which contact: every read and every load for a change goes through it."""
    return shown(cause, Contact.person_id.expression, Contact.blind_by.expression, _HOME)


def true_for(cause: Cause) -> ColumnElement[bool]:
    """Which contacts speak for their person: what somebody typed of a person whom they may not know does not."""
    return true(cause, Contact.person_id.expression, Contact.blind_by.expression, _HOME)


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
    if for_change:
        check_not_blind(unit, contact.blind_by)
    speak_of(unit, contact)
    return contact


def speak_of(unit: UnitOfWork, contact: Contact) -> None:
    """Events of this transaction speak of the contact's person, or of a stranger if it was taken blindly."""
    tell_of_a_stranger(unit, contact.blind_by, contact.id, contact.person_id, contact.given_household_id)
