"""Writes of referrals, one function per use case: load under lock, let the rules decide, save, announce."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kit import clock
from kit.contracts.codes import NeedDomain, ReferralStatus, Urgency
from kit.contracts.lawful_basis import LawfulBasis
from kit.errors import Conflict, DomainError, FieldError, Invalid, invalid
from kit.events import messages
from kit.ids import new_id
from kit.store import access, timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.contacts import rows as contacts
from services.triage.known.knowing import blind_by
from services.triage.objections.queries import whole_person
from services.triage.organisations import queries as organisations
from services.triage.organisations.domain import AnswersBy
from services.triage.organisations.models import Organisation
from services.triage.outreach.rows import in_order
from services.triage.referrals import domain, letters, managers, states
from services.triage.referrals.domain import S
from services.triage.referrals.models import Disclosure, Referral, Step
from services.triage.referrals.rows import load, party_of, speak_of
from services.triage.referrals.shapes import NewReferral, ReferralChanges, whole

CHASE = "triage.referral.chase"
ESCALATE = "triage.referral.escalate"

_SAID = {
    S.REQUESTED: "triage.referral.requested",
    S.RECEIVED: "triage.referral.received",
    S.ACCEPTED: "triage.referral.accepted",
    S.REJECTED: "triage.referral.rejected",
    S.ON_HOLD: "triage.referral.on_hold",
    S.IN_PROGRESS: "triage.referral.in_progress",
    S.COMPLETED: "triage.referral.completed",
    S.FAILED: "triage.referral.failed",
    S.CANCELLED: "triage.referral.cancelled",
}

AFTER_CHANGE: list[Callable[[UnitOfWork, Referral], Awaitable[None]]] = []
"""Called after each move, in its transaction: a refused need comes back to whoever keeps the queue."""


async def refer(unit: UnitOfWork, new: NewReferral) -> Referral:
    """Write a referral down, and send it unless it is a draft. Refusals: see `_send`."""
    now = clock.business_now()
    organisation = await organisations.active(unit, new.organisation_id)
    await _check_contact(unit, new)
    taken_by = await blind_by(unit, new.person_id)
    row = Referral(
        id=new_id(),
        version=1 if new.draft else 0,
        organisation_id=organisation.id,
        service_id=new.service_id,
        contact_id=new.contact_id,
        need_id=new.need_id,
        person_id=new.person_id,
        household_id=new.household_id or (None if taken_by else await access.current_household(unit, new.person_id)),
        blind_by=taken_by,
        domain=new.domain,
        urgency=new.urgency,
        state=S.DRAFT,
        asked_again_because=new.asked_again_because,
        request=new.request,
        shared=new.share.model_dump(mode="json"),
        basis=new.basis.model_dump(mode="json") if new.basis else None,
        sharing_for=new.sharing_for,
        send_to=new.send_to,
        sent_by=unit.cause.actor,
        chases=0,
        created_at=now,
        moved_at=now,
        changed_at=now,
        steps=[],
        disclosures=[],
    )
    unit.session.add(row)
    speak_of(unit, row)
    if new.instead_of is not None:
        await _follow(unit, row, new.instead_of)
    if not new.draft:
        await _send(unit, row, organisation)
        if new.tell_person:
            by = (row.escalate_at or now).astimezone(clock.LONDON).date()
            messages.request(
                unit,
                person_id=row.person_id,
                template="referral.sent",
                codes={"date": by.isoformat()},
                about_id=row.id,
            )
        # After the message, so that the answer's Event-Id is the referral's.
        await _announce(unit, row, "triage.referral.requested")
    _put_on_record(unit, row)
    return row


async def change(unit: UnitOfWork, referral_id: UUID, expected: int, changes: ReferralChanges) -> Referral:
    """Correct a draft, tell a partner more or something else, or say what was done about a refusal.

    `Stale` when somebody was first; `Conflict` for what has ended; `Invalid` without a reason once it was sent.
    """
    row = await load(unit, referral_id, for_change=True)
    _check_version(row, expected)
    told = changes.told()
    state = ReferralStatus(row.state)
    if changes.followed_up is not None:
        if domain.whose_turn(state, row.next_step, followed_up=False) is not domain.Party.SENDER or state is S.DRAFT:
            raise Conflict("There is nothing to follow up", state=state, allowed=[])
        row.followed_up = changes.followed_up
        _step(unit, row, "followed_up", note=changes.followed_up)
        await _announce(unit, row, None)
    if told and state in domain.ENDED:
        raise Conflict(f"A referral that is {domain.words(state)} cannot be changed.", state=state, allowed=[])
    for name in told & {"request", "urgency", "service_id", "sharing_for", "send_to"}:
        setattr(row, name, getattr(changes, name))
    if changes.share is not None:
        row.shared = changes.share.model_dump(mode="json")
    if changes.basis is not None:
        row.basis = changes.basis.model_dump(mode="json")
    row.version, row.changed_at = row.version + 1, clock.business_now()
    if told and state is not S.DRAFT:
        if changes.why is None:
            raise invalid("/why", "It was sent: say why it changes. The partner is told anew.", "reason-for-change")
        organisation = await organisations.active(unit, row.organisation_id)
        _check_ready(row, organisation)
        _disclose(unit, row, changes.why)
        _step(unit, row, "changed", note=changes.why)
        await _announce(unit, row, "triage.referral.changed")
    _put_on_record(unit, row)
    return row


async def move(
    unit: UnitOfWork, referral_id: UUID, answer: domain.Answer, note: str | None, expected: int | None
) -> Referral:
    """Move a referral on, as whichever party acts. Refusals: see `domain.check_move`; `Stale` if a version was named.

    Of two who move it at once the second finds what the first made of it.
    """
    row = await load(unit, referral_id, for_change=True)
    if expected is not None:
        _check_version(row, expected)
    domain.check_move(ReferralStatus(row.state), answer, party_of(unit.cause), clock.today())
    if answer.to is S.REQUESTED:
        await _send(unit, row, await organisations.active(unit, row.organisation_id), note)
    else:
        await _move(unit, row, answer, note)
    await _announce(unit, row, _SAID[answer.to] if row.requested_at else None)
    _put_on_record(unit, row)
    return row


async def chase(unit: UnitOfWork, referral_id: UUID) -> None:
    """The partner is silent: they are asked again, and once more if time allows before a manager hears of it."""
    row = await _for_alarm(unit, referral_id)
    state = ReferralStatus(row.state)
    waits = domain.patience(state, Urgency(row.urgency))
    if waits is None:
        return
    now = clock.business_now()
    row.chases, row.chased_at, row.version, row.changed_at = row.chases + 1, now, row.version + 1, now
    _step(unit, row, "chased")
    letters.ask_again(unit, row, await organisations.row(unit, row.organisation_id))
    again = waits.chase.after(now)
    if row.escalate_at is not None and again < row.escalate_at:
        await timers.set_alarm(unit, CHASE, row.id, again)
    await _announce(unit, row, "triage.referral.chased")
    _put_on_record(unit, row)


async def escalate(unit: UnitOfWork, referral_id: UUID) -> None:
    """Still silent: it goes to a manager by name."""
    row = await _for_alarm(unit, referral_id)
    if domain.patience(ReferralStatus(row.state), Urgency(row.urgency)) is None:
        return
    now = clock.business_now()
    organisation = await organisations.row(unit, row.organisation_id)
    row.escalated_to = await managers.answering_for(unit, row.sent_by, now.date(), (organisation.manager,))
    row.escalated_at, row.version, row.changed_at = now, row.version + 1, now
    _step(unit, row, "escalated")
    await timers.cancel(unit, CHASE, row.id)
    await _announce(unit, row, "triage.referral.escalated")
    _put_on_record(unit, row)


# The parts ------------------------------------------------------------------------------------------------


async def _send(unit: UnitOfWork, row: Referral, organisation: Organisation, note: str | None = None) -> None:
    people = await whole_person(unit, row.person_id)
    _check_ready(row, organisation)
    # There is no row yet to lock when two desks ask one partner for one person.
    await in_order(unit, people)
    await _check_not_asked(unit, row, people)
    now = clock.business_now()
    row.requested_at, row.sent_by = now, unit.cause.actor
    _to(row, S.REQUESTED, now)
    _disclose(unit, row, None)
    _step(unit, row, "moved", note=note)
    await _set_alarms(unit, row)
    letters.ask(unit, row, organisation)


def _check_ready(row: Referral, organisation: Organisation) -> None:
    """Whether it may be sent; `Invalid` naming everything that is missing."""
    if organisations.is_landlord(organisation):
        raise invalid(
            "/organisation_id",
            "A landlord is written to about mediation and payment only: use landlord-messages.",
            "landlord-messages-only",
        )
    if organisation.answers_by == AnswersBy.NOT_AT_ALL:
        raise invalid(
            "/organisation_id",
            f"{organisation.name} takes no referrals: give their details to the person.",
            "takes-referrals",
        )
    faults: list[FieldError] = []
    if organisation.answers_by == AnswersBy.LINK and not (row.send_to or organisation.answer_email):
        faults.append(FieldError("/send_to", "They answer by link: say to which mailbox it goes.", "mailbox-known"))
    if row.basis is None:
        faults.append(FieldError("/basis", "Record their consent, or another lawful basis.", "lawful-basis"))
    else:
        special = NeedDomain(row.domain) in domain.SPECIAL
        basis = LawfulBasis.model_validate(row.basis)
        faults += [
            FieldError(f"/basis{place}", detail, rule)
            for place, detail, rule in basis.faults(special=special, today=clock.today())
        ]
    if not row.sharing_for:
        faults.append(FieldError("/sharing_for", "Say what the partner may use it for.", "purpose-named"))
    shared = row.shared
    reachable = any(shared.get(each) for each in ("phone", "email", "address"))
    try:
        domain.check_share(
            names=bool(shared.get("name")),
            reachable=reachable or bool(shared.get("through_us")),
            safe_way=bool(shared.get("safe_contact")) or not reachable,
        )
    except DomainError as error:
        faults += error.errors
    if faults:
        raise Invalid("; ".join(f"{each.pointer}: {each.detail}" for each in faults), *faults)


async def _check_not_asked(unit: UnitOfWork, row: Referral, people: Any) -> None:
    query = select(Referral.id, Referral.state, Referral.reason, Referral.moved_at, Referral.until).where(
        Referral.person_id.in_(people),
        Referral.organisation_id == row.organisation_id,
        Referral.domain == row.domain,
        Referral.id != row.id,
        Referral.blind_by.is_not_distinct_from(row.blind_by),
    )
    before = (await unit.session.execute(query)).all()
    if any(each.state in domain.OPEN for each in before):
        raise Conflict("This partner was asked for this already, and the referral is open: see what they say")
    refusals = [
        domain.Refusal(S(each.state), each.reason, each.moved_at.astimezone(clock.LONDON).date(), each.until)
        for each in before
    ]
    domain.check_may_be_asked(refusals, clock.today(), row.asked_again_because)


async def _move(unit: UnitOfWork, row: Referral, answer: domain.Answer, note: str | None) -> None:
    now = clock.business_now()
    _to(row, answer.to, now, answer)
    _step(unit, row, "moved", note=note, heard_by=answer.heard_by)
    if answer.to is not S.RECEIVED:
        # To have it is no answer: what was told to a manager stands until there is one.
        row.chases, row.chased_at, row.escalated_at, row.escalated_to = 0, None, None, None
        await _set_alarms(unit, row)
    if answer.to is S.ACCEPTED:
        messages.request(unit, person_id=row.person_id, template="referral.accepted", about_id=row.id)


def _to(row: Referral, state: ReferralStatus, now: datetime, answer: domain.Answer | None = None) -> None:
    following = domain.next_of(state, answer.reason) if answer else None
    row.state, row.moved_at = state, now
    row.reason, row.until = (answer.reason, answer.until) if answer else (None, None)
    row.next_step = following.step if following else None
    row.version, row.changed_at = row.version + 1, now


def _disclose(unit: UnitOfWork, row: Referral, why: str | None) -> None:
    """Keep exactly what the partner is told from now on."""
    row.disclosures.append(
        Disclosure(
            id=new_id(),
            number=len(row.disclosures) + 1,
            organisation_id=row.organisation_id,
            request=row.request,
            shared=row.shared,
            basis=row.basis,
            sharing_for=row.sharing_for,
            purpose=unit.cause.purpose,
            why=why,
            by=unit.cause.actor,
            at=clock.business_now(),
        )
    )


def _step(unit: UnitOfWork, row: Referral, kind: str, *, note: str | None = None, heard_by: str | None = None) -> None:
    row.steps.append(
        Step(
            id=new_id(),
            number=len(row.steps) + 1,
            kind=kind,
            state=row.state,
            reason=row.reason if kind == "moved" else None,
            until=row.until if kind == "moved" else None,
            note=note,
            heard_by=heard_by,
            by=unit.cause.actor,
            at=clock.business_now(),
        )
    )


async def _set_alarms(unit: UnitOfWork, row: Referral) -> None:
    state = ReferralStatus(row.state)
    waits = domain.patience(state, Urgency(row.urgency))
    if waits is None:
        row.escalate_at = None
        await timers.cancel(unit, CHASE, row.id)
        await timers.cancel(unit, ESCALATE, row.id)
        return
    since = domain.silent_since(state, row.moved_at, row.requested_at or row.moved_at, row.until)
    row.escalate_at = waits.escalate.after(since)
    await timers.set_alarm(unit, CHASE, row.id, waits.chase.after(since))
    await timers.set_alarm(unit, ESCALATE, row.id, row.escalate_at)


async def _follow(unit: UnitOfWork, row: Referral, before_id: UUID) -> None:
    before = await load(unit, before_id, for_change=True)
    waits_for_us = domain.whose_turn(ReferralStatus(before.state), before.next_step, followed_up=False)
    if before.state == S.DRAFT or waits_for_us is not domain.Party.SENDER:
        raise Conflict("Only a refused or failed referral is followed by another", state=before.state, allowed=[])
    if before.person_id not in await whole_person(unit, row.person_id):
        raise invalid("/instead_of", "That one is about somebody else", "same-person")
    await unit.session.flush()
    before.followed_by, before.version, before.changed_at = row.id, before.version + 1, clock.business_now()
    await _announce(unit, before, None)
    _put_on_record(unit, before)


async def _check_contact(unit: UnitOfWork, new: NewReferral) -> None:
    if new.contact_id is None:
        if new.need_id is not None:
            raise invalid("/need_id", "A need is named with its contact", "need-of-a-contact")
        return
    contact = await contacts.load(unit, new.contact_id)
    if contact.person_id is not None and contact.person_id not in await whole_person(unit, new.person_id):
        raise invalid("/contact_id", "That contact is about somebody else", "same-person")
    if new.need_id is not None and new.need_id not in {need.id for need in contact.needs}:
        raise invalid("/need_id", "This contact has no such need", "need-of-this-contact")


async def _for_alarm(unit: UnitOfWork, referral_id: UUID) -> Referral:
    # An alarm is nobody's look at a record: no rule of who may see it applies.
    query = (
        select(Referral)
        .where(Referral.id == referral_id)
        .options(selectinload(Referral.steps), selectinload(Referral.disclosures))
    )
    row = (await unit.session.scalars(query.with_for_update(of=Referral))).one()
    speak_of(unit, row)
    return row


async def _announce(unit: UnitOfWork, row: Referral, type_: str | None) -> None:
    """None: a draft, and what was done about a refusal, are the sender's own, and nobody else is told of it."""
    if type_ is not None:
        unit.emit(type_, states.published(row), aggregate_id=row.id, sequence=row.version)
    for told in AFTER_CHANGE:
        await told(unit, row)


def _check_version(row: Referral, expected: int) -> None:
    if row.version != expected:
        check_version(row.version, expected, whole(row).model_dump(mode="json"))


def _put_on_record(unit: UnitOfWork, row: Referral) -> None:
    unit.accessed(f"referral/{row.id}", [row.person_id])
