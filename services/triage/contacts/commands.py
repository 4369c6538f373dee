"""Writes of contacts, one function per use case: load under lock, let the rules decide, save, announce."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from kit import clock
from kit.contracts.codes import ContactStatus, NeedStatus, Stage
from kit.errors import invalid
from kit.ids import new_id
from kit.store import access, drafts
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.contacts import domain, states
from services.triage.contacts.domain import Proposal
from services.triage.contacts.models import Contact, Decision, Need
from services.triage.contacts.rows import load, speak_of
from services.triage.contacts.shapes import ContactChanges, ContactView, NeedAnswer, NewContact, NewNeed
from services.triage.known.knowing import blind_by

AfterChange = Callable[[UnitOfWork, Contact], Awaitable[None]]

AFTER_CHANGE: list[AfterChange] = []
"""Called after each write of a contact, in its transaction, with the row as it now stands (needs and decisions loaded).

How the queue keeps up without contacts knowing of a queue: app.py puts the listeners in.
"""


async def record(unit: UnitOfWork, new: NewContact, held_by: str | None = None) -> Contact:
    """Record a contact with the needs, and the outcome at the desk, that came with it; its draft is thrown away.

    Held by whoever records it, unless that is nobody of ours.
    `Invalid` for a moment in the future; `MayBeHomeless` for an outcome that would end what may be homelessness.
    """
    now = clock.business_now()
    contact = Contact(
        id=new_id(),
        version=1,
        person_id=new.person_id,
        given_household_id=new.household_id,
        channel=new.channel,
        hub=new.hub,
        occurred_at=domain.took_place(new.occurred_at, now),
        state=ContactStatus.OPEN,
        stage=Stage.CONTACT,
        language=new.language,
        interpreter=_stored(new.interpreter),
        safe_contact=_stored(new.safe_contact),
        speaks_for=_stored(new.speaks_for),
        what_matters=new.what_matters,
        confirmed=_codes(new.confirmed),
        asked_again=_codes(new.asked_again),
        blind_by=await blind_by(unit, new.person_id, new.household_id),
        held_by=held_by or unit.cause.actor,
        held_since=now,
        recorded_by=unit.cause.actor,
        recorded_at=now,
        changed_at=now,
        needs=[],
        decisions=[],
    )
    unit.session.add(contact)
    speak_of(unit, contact)
    for need in new.needs:
        _add_need(unit, contact, need)
    proposal = new.proposal()
    if proposal is None:
        await _tell_listeners(unit, contact)
    unit.emit("triage.contact.received", states.received(contact), aggregate_id=contact.id, sequence=contact.version)
    if proposal is not None:
        await _decide(unit, contact, proposal)
    if new.draft is not None:
        await drafts.discard(unit, new.draft.kind, new.draft.key)
    _put_on_record(unit, contact)
    return contact


async def change(unit: UnitOfWork, contact_id: UUID, expected: int, changes: ContactChanges) -> Contact:
    """Complete or correct a contact, or give it its person.

    `Stale` when someone was first; `Conflict` where a decision stands on what would be taken away.
    """
    contact = await load(unit, contact_id, for_change=True)
    _check_version(contact, expected)
    told = changes.model_fields_set - {"answers"}
    if told & {"person_id", "household_id"}:
        await _change_person(unit, contact, changes, told)
    if "occurred_at" in told:
        contact.occurred_at = domain.took_place(changes.occurred_at, clock.business_now())
    for name in told & {"channel", "hub", "language", "what_matters"}:
        setattr(contact, name, getattr(changes, name))
    for name in told & {"interpreter", "safe_contact", "speaks_for"}:
        setattr(contact, name, _stored(getattr(changes, name)))
    for name in told & {"confirmed", "asked_again"}:
        # Added to: what was asked again stays counted.
        setattr(contact, name, _codes([*getattr(contact, name), *(getattr(changes, name) or ())]))
    _answer(contact, changes.answers)
    await _announce_change(unit, contact)
    _put_on_record(unit, contact)
    return contact


async def add_need(unit: UnitOfWork, contact_id: UUID, new: NewNeed) -> Contact:
    """Record one more need of an open contact; it comes last."""
    contact = await load(unit, contact_id, for_change=True)
    domain.check_takes_needs(contact.as_rules_see_it())
    _add_need(unit, contact, new)
    await _announce_change(unit, contact)
    _put_on_record(unit, contact)
    return contact


async def decide(unit: UnitOfWork, contact_id: UUID, expected: int, proposal: Proposal) -> Contact:
    """Decide where needs go, as the person who acts. Refusals: see `domain.decide`; `Stale` when someone was first."""
    contact = await load(unit, contact_id, for_change=True)
    _check_version(contact, expected)
    await _decide(unit, contact, proposal)
    _put_on_record(unit, contact)
    return contact


async def give(unit: UnitOfWork, contact: Contact, worker: str) -> None:
    """From now on `worker` answers for it; the row is locked by the caller, who knows that they accepted it by name."""
    contact.held_by, contact.held_since = worker, clock.business_now()
    await _announce_change(unit, contact)


# The parts ------------------------------------------------------------------------------------------------


def _add_need(unit: UnitOfWork, contact: Contact, new: NewNeed) -> None:
    now = clock.business_now()
    lose_home = new.may_lose_home_within_56_days
    need = Need(
        id=new_id(),
        version=1,
        number=len(contact.needs) + 1,
        domain=new.domain,
        kind=new.kind,
        urgency=new.urgency,
        status=NeedStatus.OPEN,
        stage=Stage.CONTACT,
        goal=new.goal,
        strengths=new.strengths,
        tried=new.tried,
        where_tonight=new.where_tonight,
        may_lose_home=None if lose_home == "unknown" else lose_home,
        homelessness_signs=sorted(set(new.homelessness_signs)),
        priority_signs=sorted(set(new.priority_signs)),
        recorded_by=unit.cause.actor,
        recorded_at=now,
        changed_at=now,
    )
    contact.needs.append(need)
    _announce_need(unit, contact, need, "triage.need.recorded")


async def _decide(unit: UnitOfWork, contact: Contact, proposal: Proposal) -> None:
    before = contact.as_rules_see_it()
    covered = domain.covered_by(before, proposal)
    after = domain.decide(before, proposal)
    now = clock.business_now()
    decision = Decision(
        id=new_id(),
        number=len(contact.decisions) + 1,
        outcome=proposal.outcome,
        stage=proposal.stage,
        specialism=proposal.specialism,
        statutory_service=proposal.statutory_service,
        need_ids=[need.id for need in covered],
        reason=proposal.reason,
        decided_by=unit.cause.actor,
        decided_at=now,
    )
    contact.decisions.append(decision)
    contact.state, contact.stage = after.state, after.stage
    for row, was, need in zip(contact.needs, before.needs, after.needs, strict=True):
        row.stage = need.stage
        if need.status != was.status:
            row.status, row.changed_at, row.version = need.status, now, row.version + 1
            _announce_need(unit, contact, row, "triage.need.met")
    if contact.household_id is None and contact.person_id is not None and contact.blind_by is None:
        contact.found_household_id = await access.current_household(unit, contact.person_id)
    contact.version, contact.changed_at = contact.version + 1, now
    await _tell_listeners(unit, contact)
    # Last, so that the answer's Event-Id is the decision's: what a reader of the case waits for.
    data = states.decided(contact, decision)
    unit.emit("triage.contact.decided", data, aggregate_id=contact.id, sequence=contact.version)


async def _change_person(unit: UnitOfWork, contact: Contact, changes: ContactChanges, told: set[str]) -> None:
    before = (contact.person_id, contact.given_household_id)
    if "person_id" in told:
        domain.check_person_change(contact.person_id, changes.person_id, contact.outcomes())
        if changes.person_id != contact.person_id:
            # The old person was read and let go: that is on their record too.
            _put_on_record(unit, contact)
            # A household was the old person's, unless this request says otherwise.
            contact.person_id, contact.given_household_id, contact.found_household_id = changes.person_id, None, None
    if "household_id" in told:
        contact.given_household_id = changes.household_id
    with unit.session.no_autoflush:
        contact.blind_by = await blind_by(unit, contact.person_id, contact.given_household_id)
    speak_of(unit, contact)
    if (contact.person_id, contact.given_household_id) == before:
        return
    for need in contact.needs:
        need.version, need.changed_at = need.version + 1, clock.business_now()
        _announce_need(unit, contact, need, "triage.need.recorded")


def _answer(contact: Contact, answers: Sequence[NeedAnswer]) -> None:
    rows = {need.id: need for need in contact.needs}
    for place, said in enumerate(answers):
        row = rows.get(said.need_id)
        if row is None:
            raise invalid(f"/answers/{place}/need_id", "This contact has no such need", "need-of-this-contact")
        lose_home = said.may_lose_home_within_56_days
        need = domain.answer(
            row.as_rules_see_it(),
            where_tonight=None if said.where_tonight is domain.Tonight.UNKNOWN else said.where_tonight,
            may_lose_home=None if lose_home == "unknown" else lose_home,
            signs=said.homelessness_signs,
            priority=said.priority_signs,
        )
        # Not published, so the need's own version stays.
        row.where_tonight, row.may_lose_home = need.where_tonight, need.may_lose_home
        row.homelessness_signs, row.priority_signs = sorted(need.signs), sorted(need.priority)


def _announce_need(unit: UnitOfWork, contact: Contact, need: Need, type_: str) -> None:
    unit.emit(type_, states.need_state(contact, need), aggregate_id=need.id, sequence=need.version)


async def _announce_change(unit: UnitOfWork, contact: Contact) -> None:
    contact.version, contact.changed_at = contact.version + 1, clock.business_now()
    await _tell_listeners(unit, contact)
    unit.emit("triage.contact.changed", states.changed(contact), aggregate_id=contact.id, sequence=contact.version)


async def _tell_listeners(unit: UnitOfWork, contact: Contact) -> None:
    # Before the contact's own event, so that the answer's Event-Id is that one's and not a listener's.
    if AFTER_CHANGE:
        await unit.session.flush()
    for listener in AFTER_CHANGE:
        await listener(unit, contact)


def _check_version(contact: Contact, expected: int) -> None:
    if contact.version != expected:
        # Only a loser pays for writing out what stands now.
        check_version(contact.version, expected, ContactView.of(contact).model_dump(mode="json"))


def _put_on_record(unit: UnitOfWork, contact: Contact) -> None:
    unit.accessed(f"contact/{contact.id}", [contact.person_id] if contact.person_id else [])


def _codes(said: Sequence[str] | None) -> list[str]:
    return sorted(set(said or ()))


def _stored(said: Any) -> dict[str, Any] | None:
    return None if said is None else said.model_dump(mode="json")
