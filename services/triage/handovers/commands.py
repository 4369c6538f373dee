"""Writes of handovers. The sender holds until somebody accepts by name; whatever else happens, the sender holds."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.codes import ContactStatus
from kit.contracts.triage.handovers import HandoverState
from kit.errors import Conflict
from kit.ids import new_id
from kit.store import access, timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.contacts import commands as contacts
from services.triage.contacts.models import Contact
from services.triage.contacts.rows import load as load_contact
from services.triage.handovers import domain
from services.triage.handovers.domain import Resident, State
from services.triage.handovers.models import Handover
from services.triage.handovers.rows import caller, load_for_change, worker
from services.triage.known.knowing import tell_of_a_stranger

UNANSWERED = "triage.handover.unanswered"


@dataclass(frozen=True, slots=True)
class Offer:
    """What is offered to whom, and how the resident knows."""

    to_worker: str | None
    to_team: str | None
    resident: Resident
    reason: str


async def offer(unit: UnitOfWork, contact_id: UUID, expected: int, made: Offer) -> Handover:
    """Offer a contact to somebody. `Conflict` when it is offered already, or closed; see `domain.offer`."""
    contact = await load_contact(unit, contact_id, for_change=True)
    check_version(contact.version, expected)
    if contact.state == ContactStatus.CLOSED:
        raise Conflict("This contact is closed: there is nothing to hand over", state=contact.state, allowed=[])
    to = await worker(unit, made.to_worker) if made.to_worker else None
    rules = domain.offer(await worker(unit, contact.held_by), await caller(unit), to, made.to_team)
    now = clock.business_now()
    row: Handover | None = await unit.session.scalar(
        insert(Handover)
        .values(
            id=new_id(),
            version=1,
            contact_id=contact.id,
            person_id=contact.person_id,
            household_id=contact.household_id,
            blind_by=contact.blind_by,
            from_worker=rules.sender,
            offered_by=unit.cause.actor,
            to_worker=rules.to_worker,
            to_team=rules.to_team,
            resident=made.resident,
            reason=made.reason,
            state=State.OFFERED,
            offered_at=now,
            due_at=domain.answer_due(now, contact.urgency),
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Handover)
    )
    if row is None:
        raise Conflict("This contact is offered to somebody already: withdraw that first", allowed=["withdrawn"])
    await timers.set_alarm(unit, UNANSWERED, row.id, row.due_at)
    _announce(unit, row, "triage.handover.offered")
    return row


async def accept(unit: UnitOfWork, handover_id: UUID, retold: bool) -> Handover:
    """The receiver accepts, by name: from this very transaction on they hold the contact. The first one counts."""
    contact, row = await load_for_change(unit, handover_id)
    after = domain.accept(row.as_rules_see_it(), await caller(unit))
    row.accepted_by, row.retold = after.accepted_by, retold
    # Whoever it was matched to since.
    row.person_id, row.household_id = contact.person_id, contact.household_id
    row.blind_by = contact.blind_by
    if row.household_id is None and row.person_id is not None and row.blind_by is None:
        row.household_id = await access.current_household(unit, row.person_id)
    await contacts.give(unit, contact, unit.cause.actor)
    return await _end(unit, row, after.state, None, "triage.handover.accepted")


async def decline(unit: UnitOfWork, handover_id: UUID, reason: str) -> Handover:
    """The receiver can't; the sender holds on."""
    _, row = await load_for_change(unit, handover_id)
    after = domain.decline(row.as_rules_see_it(), await caller(unit))
    return await _end(unit, row, after.state, reason, "triage.handover.declined")


async def withdraw(unit: UnitOfWork, handover_id: UUID, reason: str) -> Handover:
    """The sender, or a manager, takes it back; the sender holds on."""
    _, row = await load_for_change(unit, handover_id)
    after = domain.withdraw(row.as_rules_see_it(), await caller(unit))
    return await _end(unit, row, after.state, reason, "triage.handover.withdrawn")


async def follow(unit: UnitOfWork, contact: Contact) -> None:
    """After each write of a contact: once it is closed there is nothing left to accept."""
    if contact.state != ContactStatus.CLOSED:
        return
    query = select(Handover).where(Handover.contact_id == contact.id, Handover.state == State.OFFERED)
    for row in (await unit.session.scalars(query.with_for_update())).all():
        await _lapse(unit, row, "contact closed")


async def lapse_offers_to(unit: UnitOfWork, principal: str) -> None:
    """A worker was suspended or left: what was offered to them by name goes back to its senders at once."""
    query = select(Handover.id).where(Handover.to_worker == principal, Handover.state == State.OFFERED)
    for id_ in (await unit.session.scalars(query.order_by(Handover.contact_id))).all():
        contact_id = await unit.session.scalar(select(Handover.contact_id).where(Handover.id == id_))
        # The same order of locks as an acceptance takes; kept-back people's too, so not by `load_for_change`.
        await unit.session.execute(select(Contact.id).where(Contact.id == contact_id).with_for_update())
        row = (await unit.session.scalars(select(Handover).where(Handover.id == id_).with_for_update())).one()
        if domain.lapse(row.as_rules_see_it()).state is State.LAPSED and row.state == State.OFFERED:
            await _lapse(unit, row, "receiver may not act")


async def escalate(unit: UnitOfWork, handover_id: UUID) -> None:
    """Nobody answered in time: a manager sees it. The sender holds on, and it may still be accepted."""
    query = select(Handover).where(Handover.id == handover_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    if row.state == State.OFFERED and row.escalated_at is None:
        row.escalated_at = clock.business_now()
        row.version, row.changed_at = row.version + 1, row.escalated_at
        _announce(unit, row, "triage.handover.escalated")


async def _lapse(unit: UnitOfWork, row: Handover, why: str) -> None:
    await _end(unit, row, State.LAPSED, why, "triage.handover.lapsed")


async def _end(unit: UnitOfWork, row: Handover, state: State, reason: str | None, type_: str) -> Handover:
    now = clock.business_now()
    row.state, row.ended_at, row.ended_reason = state, now, reason
    row.version, row.changed_at = row.version + 1, now
    await timers.cancel(unit, UNANSWERED, row.id)
    _announce(unit, row, type_)
    return row


def _announce(unit: UnitOfWork, row: Handover, type_: str) -> None:
    tell_of_a_stranger(unit, row.blind_by, row.contact_id, row.person_id, row.household_id)
    state = HandoverState.model_validate(
        {
            "handover_id": row.id,
            "contact_id": row.contact_id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "from_worker": row.from_worker,
            "to_worker": row.to_worker,
            "to_team": row.to_team,
            "resident": row.resident,
            "state": row.state,
            "accepted_by": row.accepted_by,
            "retold": row.retold,
            "escalated_at": row.escalated_at,
            "offered_at": row.offered_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"handover/{row.id}", [row.person_id] if row.person_id else [])
