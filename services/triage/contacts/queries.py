"""Reads of contacts. Every one goes on record; contacts of people kept back do not appear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload

from kit.contracts.codes import ContactStatus
from kit.store import access, drafts
from kit.store.drafts import Draft
from kit.store.unit import UnitOfWork
from services.triage.contacts.models import Contact
from services.triage.contacts.rows import load, true_for, visible_to
from services.triage.contacts.shapes import ContactSummary, ContactView, UnfinishedContact

_NEWEST = 50
_GLANCE = 80
DRAFT = "contact"
"""The kind under which a conversation is kept while it is typed."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which contacts a list shows; None does not narrow it."""

    state: ContactStatus | None = None
    person_id: UUID | None = None
    hub: str | None = None


async def contact(unit: UnitOfWork, contact_id: UUID) -> ContactView:
    """One contact, whole, put on record as read."""
    row = await load(unit, contact_id)
    unit.accessed(f"contact/{row.id}", [row.person_id] if row.person_id else [])
    return ContactView.of(row)


async def contacts(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[ContactSummary]:
    """Up to `most` contacts after `place`, the latest first; one row on record with the people shown."""
    query = select(Contact).where(visible_to(unit.cause)).options(selectinload(Contact.needs))
    if filters.state is not None:
        query = query.where(Contact.state == filters.state)
    if filters.hub is not None:
        query = query.where(Contact.hub == filters.hub)
    if filters.person_id is not None:
        query = query.where(Contact.person_id.in_(await access.same_person(unit, filters.person_id)))
    if place is not None:
        query = query.where(tuple_(Contact.occurred_at, Contact.id) < (_moment(place[0]), UUID(place[1])))
    rows = await unit.session.scalars(query.order_by(Contact.occurred_at.desc(), Contact.id.desc()).limit(most))
    shown = [ContactSummary.model_validate(row) for row in rows]
    unit.accessed("contacts", {each.person_id for each in shown if each.person_id})
    return shown


def place_of(shown: ContactSummary) -> list[Any]:
    """Where a contact stands in the list."""
    return [shown.occurred_at.isoformat(), str(shown.id)]


async def unfinished(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[UnfinishedContact]:
    """The caller's own unfinished conversations, the last typed first: their own words, so nobody is read here."""
    after = (_moment(place[0]), str(place[1])) if place is not None else None
    return [_unfinished(each) for each in await drafts.listed(unit, DRAFT, after, most)]


def _unfinished(mine: Draft) -> UnfinishedContact:
    # A draft is kept as it was typed, whatever that was.
    words = mine.body.get("about") or mine.body.get("what_matters")
    return UnfinishedContact(
        key=mine.key, about=words[:_GLANCE] if isinstance(words, str) else "", updated_at=mine.updated_at
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def safe_contact(unit: UnitOfWork, person_ids: Sequence[UUID]) -> dict[str, Any] | None:
    """How someone said last that it is safe to reach them: {ways, never, times, note}. None: nobody asked."""
    query = (
        select(Contact.safe_contact)
        .where(Contact.person_id.in_(person_ids), Contact.safe_contact.is_not(None), true_for(unit.cause))
        .order_by(Contact.occurred_at.desc(), Contact.id.desc())
    )
    return await unit.session.scalar(query.limit(1))


async def newest_of(unit: UnitOfWork, person_ids: Sequence[UUID]) -> Sequence[Contact]:
    """The person's latest contacts with their needs, the newest first, as far as the caller may see them."""
    rows = await unit.session.scalars(
        select(Contact)
        .where(Contact.person_id.in_(person_ids), true_for(unit.cause))
        .options(selectinload(Contact.needs))
        .order_by(Contact.occurred_at.desc(), Contact.id.desc())
        .limit(_NEWEST)
    )
    return rows.all()
