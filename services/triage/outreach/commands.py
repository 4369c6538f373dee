"""Writes of outreach: open an offer or join one, try, settle, let it wait and go on; object."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from kit import clock
from kit.contracts.casefile.money import BreathingSpaceState
from kit.contracts.codes import Channel, OfferStatus, SignalKind
from kit.contracts.triage.outreach import OutreachState
from kit.errors import Conflict
from kit.ids import new_id
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.contacts import commands as contacts
from services.triage.contacts import queries as told
from services.triage.contacts.shapes import NewContact, NewNeed, Way
from services.triage.known.knowing import blind_by, tell_of_a_stranger
from services.triage.objections import commands as objections
from services.triage.objections import domain as objecting
from services.triage.objections.models import Objection
from services.triage.objections.queries import stands, whole_person
from services.triage.outreach import domain
from services.triage.outreach.models import Attempt, KnownBreathingSpace, Offer
from services.triage.outreach.rows import in_order, load
from services.triage.reaching import commands as reaching
from services.triage.reaching.models import PhoneCall
from services.triage.recovery_holds import commands as holds
from services.triage.recovery_holds.domain import Creditor

PURPOSE = "outreach"
_OPEN = tuple(sorted(domain.OPEN))


@dataclass(frozen=True, slots=True)
class Call:
    """What calls for an offer: a signal, or a worker who saw it."""

    person_id: UUID
    household_id: UUID
    kind: SignalKind
    offer: str
    source: str
    observed_on: date
    signal_id: UUID | None = None
    cohort_id: UUID | None = None
    blind_by: str | None = None


async def offer(unit: UnitOfWork, call: Call) -> Offer | None:
    """Open an offer, or join the household's open one of that kind.

    None, and nothing is kept but that it was refused, for who objected to outreach, who must not be known of, and a
    signal that had its effect before.
    """
    people = await whole_person(unit, call.person_id)
    await in_order(unit, [call.household_id, *people])
    of_us = people if call.blind_by is None else ()
    restricted = select(known_person.c.id).where(known_person.c.id.in_(of_us), known_person.c.restricted)
    if await unit.session.scalar(select(or_(stands(people, PURPOSE, call.blind_by), restricted.exists()))):
        unit.accessed(f"signal/{call.signal_id}", [call.person_id], outcome="refused")
        return None
    rows = (
        await unit.session.scalars(
            select(Offer)
            .where(
                Offer.household_id == call.household_id,
                Offer.kind == call.kind,
                Offer.blind_by.is_not_distinct_from(call.blind_by),
            )
            .options(selectinload(Offer.attempts))
            .with_for_update(of=Offer)
        )
    ).all()
    if call.signal_id is not None and any(call.signal_id in each.signal_ids for each in rows):
        return None
    standing = next((each for each in rows if each.status in domain.OPEN), None)
    if standing is not None:
        if call.signal_id is not None:
            standing.signal_ids = [*standing.signal_ids, call.signal_id]
        _put_on_record(unit, standing)
        return standing
    return await _open(unit, call, people)


async def offer_by_hand(unit: UnitOfWork, call: Call) -> Offer:
    """As `offer`, for a worker: `Conflict` where it is refused, in words that tell nothing but that."""
    # An open offer of that home would be answered with, so a home kept back is a stranger's whoever is named there.
    of_person, of_home = await blind_by(unit, call.person_id), await blind_by(unit, None, call.household_id)
    made = await offer(unit, replace(call, blind_by=of_person or of_home))
    if made is None:
        raise Conflict("No offer can be made to this person")
    return made


async def _open(unit: UnitOfWork, call: Call, people: Sequence[UUID]) -> Offer:
    now = clock.business_now()
    row = Offer(
        id=new_id(),
        version=1,
        household_id=call.household_id,
        person_id=call.person_id,
        blind_by=call.blind_by,
        kind=call.kind,
        offer=call.offer,
        signal_ids=[call.signal_id] if call.signal_id else [],
        source=call.source,
        cohort_id=call.cohort_id,
        observed_on=call.observed_on,
        status=OfferStatus.OFFERED,
        offered_at=now,
        changed_at=now,
        attempts=[],
    )
    unit.session.add(row)
    await unit.session.flush()
    _announce(unit, row, "triage.outreach.offered")
    await _hold_or_go_on(unit, row, people)
    if call.offer == "money_help" and call.kind is not SignalKind.COHORT:
        # A list of a cohort tells no creditor of people whom nobody has spoken to: theirs is asked for by a worker.
        await holds.ask_all(unit, holds.For(call.person_id, call.household_id, row.id, row.blind_by), Creditor)
    return row


async def assign(unit: UnitOfWork, offer_id: UUID, expected: int, team: str | None, hub: str | None) -> Offer:
    """Say which team and hub work on it."""
    row = await load(unit, offer_id, for_change=True)
    check_version(row.version, expected)
    row.team, row.hub = team, hub
    # Not published: which team rings is nobody else's affair.
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _put_on_record(unit, row)
    return row


@dataclass(frozen=True, slots=True)
class Tried:
    """One try to reach them."""

    channel: Way
    outcome: domain.AttemptOutcome
    made_at: datetime | None
    note: str | None


async def attempt(unit: UnitOfWork, offer_id: UUID, tried: Tried) -> Offer:
    """Record a try. One by a way they told us never to use is recorded too, and says so."""
    row = await load(unit, offer_id, for_change=True)
    now = clock.business_now()
    made_at = tried.made_at or now
    domain.check_attempt(OfferStatus(row.status), row.held_until, made_at, now)
    safe = await told.safe_contact(unit, await whole_person(unit, row.person_id))
    row.attempts.append(
        Attempt(
            id=new_id(),
            number=len(row.attempts) + 1,
            channel=tried.channel,
            outcome=tried.outcome,
            note=tried.note,
            against_safe_route=tried.channel.value in (safe or {}).get("never", []),
            made_at=made_at,
            made_by=unit.cause.actor,
        )
    )
    _new_version(row)
    await _hang_up(unit, row)
    _announce(unit, row, "triage.outreach.attempted")
    return row


async def ring(unit: UnitOfWork, offer_id: UUID) -> PhoneCall:
    """Somebody picks up the phone: nothing else may reach that household until the call is over."""
    row = await load(unit, offer_id, for_change=True)
    people = await whole_person(unit, row.person_id)
    safe = await told.safe_contact(unit, people) or {}
    domain.check_may_ring(OfferStatus(row.status), row.held_until, safe.get("ways", ()), safe.get("never", ()))
    await in_order(unit, [row.household_id, *people])
    return await reaching.begin(unit, row.id, row.person_id, row.household_id)


async def _hang_up(unit: UnitOfWork, row: Offer) -> None:
    """What came of the call is recorded: it is over."""
    call = await reaching.going_on(unit, row.id)
    if call is not None:
        await reaching.end(unit, call)


_ENDED = {
    OfferStatus.ACCEPTED: "triage.outreach.accepted",
    OfferStatus.DECLINED: "triage.outreach.declined",
    OfferStatus.CLOSED: "triage.outreach.closed",
}


async def settle(
    unit: UnitOfWork, offer_id: UUID, expected: int, outcome: OfferStatus, reason: str | None, hub: str | None
) -> Offer:
    """End an offer, as the person who acts. Taken up, it opens a contact, and what follows is triage's usual way."""
    row = await load(unit, offer_id, for_change=True)
    check_version(row.version, expected)
    code = domain.settle(OfferStatus(row.status), outcome, reason)
    if outcome is OfferStatus.ACCEPTED:
        need = NewNeed(domain=domain.need_of(row.offer))
        contact = await contacts.record(
            unit,
            NewContact(
                channel=Channel.OUTREACH,
                person_id=row.person_id,
                household_id=row.household_id,
                hub=hub or row.hub,
                needs=[need],
            ),
        )
        await unit.session.flush()
        row.contact_id = contact.id
    await _end(unit, row, outcome, code)
    return row


async def _end(unit: UnitOfWork, row: Offer, outcome: OfferStatus, code: str) -> None:
    # Whoever says on the phone that they want no more calls has ended this one.
    await _hang_up(unit, row)
    row.status, row.outcome, row.settled_by = outcome, code, unit.cause.actor
    row.held_until = row.hold_reason = None
    _new_version(row)
    _announce(unit, row, _ENDED[outcome])


async def object_to(
    unit: UnitOfWork, person_id: UUID, purpose: str, said_by: objecting.Said, confirmed_by: objecting.Route
) -> Objection:
    """Record an objection; one to outreach ends every offer to them that is open. Safeguarding goes on."""
    people = await whole_person(unit, person_id)
    await in_order(unit, people)
    taken_by = await blind_by(unit, person_id)
    row = await objections.record(unit, person_id, purpose, said_by, confirmed_by, blind=taken_by is not None)
    if purpose == PURPOSE:
        for each in await _open_ones(unit, people, blind_by=taken_by):
            await _end(unit, each, OfferStatus.CLOSED, domain.OBJECTED)
    return row


async def forget(unit: UnitOfWork, person_id: UUID) -> None:
    """Someone introduced was never met and is erased: there is nobody left to offer anything to."""
    await in_order(unit, [person_id])
    for each in await _open_ones(unit, [person_id]):
        await _end(unit, each, OfferStatus.CLOSED, domain.FORGOTTEN)


async def follow_breathing_space(unit: UnitOfWork, sequence: int, state: BreathingSpaceState) -> None:
    """Keep what casefile tells of one, the newest word; the household's open offers wait, or go on."""
    people = await whole_person(unit, state.person_id)
    await in_order(unit, [state.household_id, *people])
    row = {
        "id": state.breathing_space_id,
        "sequence": sequence,
        "person_id": state.person_id,
        "household_id": state.household_id,
        "active": state.state == "active",
        "ends_on": state.ends_on,
    }
    statement = insert(KnownBreathingSpace).values(row)
    await unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in ("sequence", "active", "ends_on")},
            where=statement.excluded.sequence > KnownBreathingSpace.sequence,
        )
    )
    for each in await _open_ones(unit, people, state.household_id):
        await _hold_or_go_on(unit, each, await whole_person(unit, each.person_id))


async def _hold_or_go_on(unit: UnitOfWork, row: Offer, people: Sequence[UUID]) -> None:
    # A check in an emergency is not about money: no Breathing Space lets it wait.
    urgent = row.kind == SignalKind.EMERGENCY
    wait = None if urgent or row.blind_by is not None else await _wait_of(unit, row.household_id, people)
    status = domain.status_with(OfferStatus(row.status), wait)
    held = (wait.reason, wait.until) if wait else (None, None)
    if status == row.status and held == (row.hold_reason, row.held_until):
        return
    row.status, (row.hold_reason, row.held_until) = status, held
    _new_version(row)
    _announce(unit, row, "triage.outreach.held" if wait else "triage.outreach.resumed")


async def _wait_of(unit: UnitOfWork, household_id: UUID, people: Sequence[UUID]) -> domain.Wait | None:
    """Joint debts are held too: the Breathing Space of one of a household lets the others' offers wait."""
    query = select(KnownBreathingSpace.ends_on).where(
        KnownBreathingSpace.active,
        or_(KnownBreathingSpace.household_id == household_id, KnownBreathingSpace.person_id.in_(people)),
    )
    ends = (await unit.session.scalars(query)).all()
    if not ends:
        return None
    known = [each for each in ends if each is not None]
    return domain.Wait("breathing_space", max(known) if len(known) == len(ends) else None)


async def _open_ones(
    unit: UnitOfWork, people: Sequence[UUID], household_id: UUID | None = None, blind_by: str | None = None
) -> Sequence[Offer]:
    whose: ColumnElement[bool] = Offer.person_id.in_(people)
    if household_id is not None:
        whose = or_(whose, Offer.household_id == household_id)
    taken = Offer.blind_by.is_not_distinct_from(blind_by)
    query = select(Offer).where(whose, taken, Offer.status.in_(_OPEN)).options(selectinload(Offer.attempts))
    return (await unit.session.scalars(query.order_by(Offer.id).with_for_update(of=Offer))).all()


def _new_version(row: Offer) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, row: Offer, type_: str) -> None:
    last = row.attempts[-1] if row.attempts else None
    state = OutreachState(
        offer_id=row.id,
        signal_id=row.signal_ids[0] if row.signal_ids else None,
        kind=SignalKind(row.kind),
        offer=row.offer,
        person_id=row.person_id,
        household_id=row.household_id,
        status=OfferStatus(row.status),
        attempts=len(row.attempts),
        last_channel=last.channel if last else None,
        last_outcome=last.outcome if last else None,
        held_until=row.held_until,
        hold_reason=row.hold_reason,
        outcome=row.outcome,
        offered_at=row.offered_at,
        changed_at=row.changed_at,
    )
    tell_of_a_stranger(unit, row.blind_by, row.id, row.person_id, row.household_id)
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    _put_on_record(unit, row)


def _put_on_record(unit: UnitOfWork, row: Offer) -> None:
    unit.accessed(f"outreach/{row.id}", [row.person_id])
