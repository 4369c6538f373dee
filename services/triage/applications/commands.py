"""Writes of applications: opened with what was said, kept in step with the contact."""

from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.codes import Channel
from kit.contracts.triage.applications import HomelessnessApplicationState
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.triage.applications import domain
from services.triage.applications.models import HomelessnessApplication
from services.triage.contacts.models import Contact
from services.triage.contacts.rows import load
from services.triage.known.knowing import as_told

# What of a contact shows in its application.
_FIXED = ("contact_id", "made_on", "how", "opened_at", "changed_at")
_SHOWN = ("person_id", "household_id", "where_tonight", "tonight", "priority_signs")


async def follow(unit: UnitOfWork, contact: Contact) -> None:
    """After each write of a contact: open the application that it makes, or bring the open one up to date."""
    row = await _of(unit, contact.id)
    needs = contact.as_rules_see_it().needs
    how = domain.opened_by(Channel(contact.channel), needs)
    if row is not None:
        _bring_up_to_date(unit, row, contact)
    elif how is not None:
        _open(unit, contact, how)


async def ask(unit: UnitOfWork, contact_id: UUID) -> HomelessnessApplication:
    """They ask to apply: it opens whatever was said, at any desk, without papers. A second asking is the first one.

    Also in a closed contact: an application is not a need of the contact, and nobody is sent away to start again.
    """
    contact = await load(unit, contact_id, for_change=True)
    row = await _of(unit, contact.id)
    if row is None:
        row = _open(unit, contact, domain.How.ASKED)
    unit.accessed(f"homelessness_application/{row.id}", [row.person_id] if row.person_id else [])
    return row


async def _of(unit: UnitOfWork, contact_id: UUID) -> HomelessnessApplication | None:
    # The contact's row is locked by whoever writes, so of two there is one first.
    query = select(HomelessnessApplication).where(HomelessnessApplication.contact_id == contact_id)
    return (await unit.session.scalars(query)).one_or_none()


def _open(unit: UnitOfWork, contact: Contact, how: domain.How) -> HomelessnessApplication:
    now = clock.business_now()
    said = domain.application(how, contact.as_rules_see_it().needs)
    row = HomelessnessApplication(
        id=new_id(),
        version=1,
        contact_id=contact.id,
        person_id=contact.person_id,
        household_id=contact.household_id,
        blind_by=contact.blind_by,
        # The day they came, however late it was typed.
        made_on=contact.occurred_at.astimezone(clock.LONDON).date(),
        how=how,
        where_tonight=said.where_tonight,
        tonight=said.tonight,
        priority_signs=sorted(said.priority),
        opened_by=unit.cause.actor,
        opened_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    _announce(unit, row, "triage.homelessness_application.opened")
    return row


def _bring_up_to_date(unit: UnitOfWork, row: HomelessnessApplication, contact: Contact) -> None:
    said = domain.application(domain.How(row.how), contact.as_rules_see_it().needs)
    before = [getattr(row, name) for name in _SHOWN]
    row.person_id, row.household_id, row.blind_by = contact.person_id, contact.household_id, contact.blind_by
    row.where_tonight, row.tonight = said.where_tonight, said.tonight
    row.priority_signs = sorted(said.priority)
    if [getattr(row, name) for name in _SHOWN] == before:
        return
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _announce(unit, row, "triage.homelessness_application.changed")


def _announce(unit: UnitOfWork, row: HomelessnessApplication, type_: str) -> None:
    who = {"person_id": row.person_id, "household_id": row.household_id}
    with as_told(unit, row.blind_by, who) as ids:
        state = HomelessnessApplicationState.model_validate(
            {"application_id": row.id, **{name: getattr(row, name) for name in (*_FIXED, *_SHOWN)}, **ids}
        )
        unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
