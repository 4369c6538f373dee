"""Writes of requests about rights: receive, ask and answer, extend, refuse; what each kind needs is beside this."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update

from kit import clock
from kit.clock import LONDON
from kit.contracts.rights import AccessAsked, ErasureOrdered, RequestState, RightDecided
from kit.errors import Conflict, Forbidden, NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Person
from services.casefile.rights import domain, rows
from services.casefile.rights.domain import Asker, Ground, Kind, State, Step
from services.casefile.rights.models import LegalHold, RightsItem, RightsRequest
from services.casefile.rights.schedule import SCHEDULE, standing
from services.casefile.shares import commands as shares

DUE = "casefile.rights.due"
FORGET = "casefile.rights.forget"
KEPT_AFTER_RELEASE = timedelta(days=90)
_CHANGED = "casefile.rights.changed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it was received."""

    kind: Kind
    person_id: UUID
    asker: Asker
    asker_person_id: UUID | None
    authority: str | None
    details: str
    purposes: Sequence[str]
    received_on: date
    identity_shown: bool


async def receive(unit: UnitOfWork, asked: Asked) -> RightsRequest:
    """Take a request in. An access request that nothing stands in the way of goes to every owner at once.

    About somebody we don't know, or whom the caller must not know of, it reads the same as about anybody else.
    """
    domain.check_asker(asked.asker, asked.authority)
    today = clock.today()
    if asked.received_on > today:
        raise invalid("/received_on", "It can't have come on a day that is still to come.", "not-in-the-future")
    people = await rows.everyone(unit, asked.person_id)
    if asked.asker_person_id is not None:
        people |= await rows.everyone(unit, asked.asker_person_id)
    row = RightsRequest(
        id=new_id(),
        version=0,
        kind=asked.kind,
        person_id=asked.person_id,
        asker=asked.asker,
        asker_person_id=asked.asker_person_id,
        authority=asked.authority,
        details=asked.details,
        purposes=list(asked.purposes),
        received_on=asked.received_on,
        received_by=unit.cause.actor,
        state=State.RECEIVED,
        pauses=[],
        extended=False,
        overdue=False,
        guarded=await rows.is_guarded(unit, people),
        kept=[],
    )
    if not asked.identity_shown:
        row.pauses = [{"about": "identity", "question": "Who you are", "since": today.isoformat(), "until": None}]
    unit.session.add(row)
    await _go_on(unit, row)
    return row


async def ask(
    unit: UnitOfWork, request_id: UUID, expected: int, about: str, question: str, since: date
) -> RightsRequest:
    """Ask who they are, or what they mean: until they answer the clock stands still (Article 12A)."""
    row = await _at(unit, request_id, expected, Step.ASK)
    if not row.received_on <= since <= clock.today():
        raise invalid("/asked_on", "Between the day we had the request and today.", "asked-since-received")
    row.pauses = [*row.pauses, {"about": about, "question": question, "since": since.isoformat(), "until": None}]
    return await _changed(unit, row)


async def answer(unit: UnitOfWork, request_id: UUID, expected: int, until: date) -> RightsRequest:
    """They answered: the clock goes on, and an access request goes to every owner."""
    row = await _at(unit, request_id, expected, Step.ANSWER)
    *before, last = row.pauses
    if not date.fromisoformat(last["since"]) <= until <= clock.today():
        raise invalid("/answered_on", "Between the day we asked and today.", "answered-since-asked")
    row.pauses = [*before, {**last, "until": until.isoformat()}]
    await _go_on(unit, row)
    return row


async def extend(unit: UnitOfWork, request_id: UUID, expected: int, reason: str) -> RightsRequest:
    """Two months more, with the reason that the person is told."""
    row = await _at(unit, request_id, expected, Step.EXTEND)
    domain.check_extension(row.clock(), clock.today(), reason)
    row.extended, row.extension_reason = True, reason
    return await _changed(unit, row)


async def clear(unit: UnitOfWork, request_id: UUID, expected: int, clearance: str) -> RightsRequest:
    """The specialist has looked first: from here it goes on, with what they say to take care of."""
    if not domain.SPECIALISTS & set(unit.cause.roles):
        raise Forbidden("The specialist looks at it first")
    row = await rows.load(unit, request_id, expected)
    row.guarded = await rows.guarded_now(unit, row)
    over = State(row.state) in domain.ENDED and row.state != State.RELEASED
    if over or not await rows.waits_for_the_specialist(unit, row):
        raise Conflict("This request waits for no specialist", state=row.state, allowed=_allowed(row))
    row.cleared_by, row.cleared_at, row.clearance = unit.cause.actor, clock.business_now(), clearance
    await _go_on(unit, row)
    return row


async def refuse(unit: UnitOfWork, request_id: UUID, expected: int, ground: str, reason: str) -> RightsRequest:
    """Not done, with the reason and the right to complain (Article 12(4))."""
    row = await _at(unit, request_id, expected, Step.REFUSE)
    if ground not in domain.REFUSALS:
        raise invalid("/ground", f"One of {', '.join(domain.REFUSALS)}.", "refusal-ground")
    return await _decided(unit, row, State.REFUSED, ground, reason)


async def withdraw(unit: UnitOfWork, request_id: UUID, expected: int, reason: str) -> RightsRequest:
    """They no longer ask."""
    row = await _at(unit, request_id, expected, Step.WITHDRAW)
    return await _decided(unit, row, State.WITHDRAWN, None, reason)


async def decide(
    unit: UnitOfWork, request_id: UUID, expected: int, *, in_part: bool, ground: Ground | None, reason: str,
    kept: Sequence[str] | None,
) -> RightsRequest:  # fmt: skip
    """Grant what is asked, or a part of it. An erasure goes to every owner; a restriction or objection is told."""
    row = await _at(unit, request_id, expected, Step.DECIDE)
    await check_cleared(unit, row)
    if row.kind == Kind.ERASURE:
        if ground is None:
            raise invalid("/ground", f"One of {', '.join(Ground)}.", "erasure-ground")
        return await _erase(unit, row, ground, reason, kept)
    state = State.GRANTED_IN_PART if in_part else State.GRANTED
    return await _decided(unit, row, state, None, reason)


async def _erase(
    unit: UnitOfWork, row: RightsRequest, ground: Ground, reason: str, kept: Sequence[str] | None
) -> RightsRequest:
    people = await rows.everyone(unit, row.person_id)
    known = standing(SCHEDULE, clock.today())
    always = {"rights_request", "complaint", "objection", "access_record"}
    if kept is None:
        kept = [
            code for code, line in known.items() if line.stays and (ground != Ground.RETENTION_OVER or code in always)
        ]
    await _in_turn(unit, people)
    standing_holds = (
        select(func.count())
        .select_from(LegalHold)
        .where(LegalHold.person_id.in_(people), LegalHold.lifted_at.is_(None))
    )
    holds = (await unit.session.scalar(standing_holds)) or 0
    domain.check_erasure(ground, holds, kept, known)
    row.state, row.ground, row.reason = State.ERASING, ground, reason
    row.kept = sorted({*kept, *always})
    row.decided_by, row.decided_at = unit.cause.actor, clock.business_now()
    await _changed(unit, row)
    order = ErasureOrdered(
        request_id=row.id,
        person_id=row.person_id,
        person_ids=tuple(sorted(people)),
        household_ids=tuple(sorted(await rows.homes_of_nobody_else(unit, people))),
        kept=tuple(row.kept),
        changed_at=row.changed_at,
    )
    unit.emit("casefile.rights.erasure_requested", order, aggregate_id=row.id, sequence=row.version)
    return row


async def _decided(
    unit: UnitOfWork, row: RightsRequest, state: State, ground: str | None, reason: str
) -> RightsRequest:
    row.state, row.ground, row.reason = state, ground, reason
    row.decided_by, row.decided_at = unit.cause.actor, clock.business_now()
    await _changed(unit, row)
    if row.kind == Kind.RECTIFICATION and state in {State.GRANTED, State.GRANTED_IN_PART}:
        # A page that was shared shows what stood until now: it ends, and a new one shows the corrected words.
        await shares.withdraw_all(unit, await rows.everyone(unit, row.person_id))
    if row.kind in {Kind.RECTIFICATION, Kind.RESTRICTION, Kind.OBJECTION} and state is not State.WITHDRAWN:
        told = RightDecided.model_validate(
            {
                "request_id": row.id,
                "person_id": row.person_id,
                "kind": row.kind,
                "state": state,
                "purposes": row.purposes,
                "changed_at": row.changed_at,
            }
        )
        unit.emit("casefile.rights.decided", told, aggregate_id=row.id, sequence=row.version)
    return row


async def _go_on(unit: UnitOfWork, row: RightsRequest) -> None:
    """An access request goes to every owner as soon as we know who asks and the specialist, if needed, has looked."""
    ready = not row.clock().paused and (not row.guarded or row.cleared_at is not None)
    if row.kind != Kind.ACCESS or row.state != State.RECEIVED or not ready:
        await _changed(unit, row)
        return
    row.state = State.COLLECTING
    await _changed(unit, row)
    people = await rows.everyone(unit, row.person_id)
    asked = AccessAsked(
        request_id=row.id,
        person_id=row.person_id,
        person_ids=tuple(sorted(people)),
        household_ids=tuple(sorted(await rows.homes(unit, people))),
        lived_in=await rows.lived_in(unit, people),
        changed_at=row.changed_at,
    )
    unit.emit("casefile.rights.access_requested", asked, aggregate_id=row.id, sequence=row.version)


async def check_cleared(unit: UnitOfWork, row: RightsRequest) -> None:
    """Nothing is decided or given while the specialist has not looked, also where the danger came to light since."""
    if await rows.waits_for_the_specialist(unit, row):
        raise Conflict("It is being looked at: nothing is decided or given yet", state=row.state, allowed=[])


async def guard(unit: UnitOfWork, people: Collection[UUID]) -> None:
    """These are kept apart or restricted from now on: the specialist looks at what is asked of them, or by them, first.

    Of whoever lived with them too. Who looked before this looks again; what was checked and would be given is checked
    again; a copy that was released is not given once more until then.
    """
    ids = await all_ids(unit.session, people) | frozenset(people)
    concerned = await rows.with_whom_they_lived(unit, ids)
    given = (RightsRequest.kind == Kind.ACCESS) & (RightsRequest.state == State.RELEASED)
    query = select(RightsRequest).where(
        or_(RightsRequest.person_id.in_(concerned), RightsRequest.asker_person_id.in_(concerned)),
        or_(RightsRequest.state.not_in([*domain.ENDED, State.ERASING]), given),
    )
    for row in (await unit.session.scalars(query.order_by(RightsRequest.id).with_for_update())).all():
        began = await rows.separated_since(unit, row)
        seen_since = row.cleared_at is not None and (began is None or began <= row.cleared_at)
        if row.guarded and (row.cleared_at is None or seen_since):
            continue
        row.guarded = True
        row.cleared_by = row.cleared_at = row.clearance = None
        if row.state != State.RELEASED:
            await unit.session.execute(
                update(RightsItem)
                .where(RightsItem.request_id == row.id, RightsItem.verdict != domain.Verdict.WITHHOLD)
                .values(verdict=None, redacted=[], exemption=None, reason=None, checked_by=None, checked_at=None)
            )
        await changed(unit, row)


async def ring(unit: UnitOfWork, request_id: UUID) -> None:
    """Its last day is over and it is not answered: it stands as overdue, for all who answer for it."""
    row = (
        await unit.session.scalars(select(RightsRequest).where(RightsRequest.id == request_id).with_for_update())
    ).one()
    if (
        State(row.state) not in domain.ENDED
        and not row.overdue
        and row.due_on is not None
        and clock.today() > row.due_on
    ):
        row.overdue = True
        await _changed(unit, row)


# Legal holds ---------------------------------------------------------------------------------------------------------


async def hold(unit: UnitOfWork, person_id: UUID, authority: str, reason: str) -> LegalHold:
    """From now on nothing of this person is erased."""
    people = await rows.everyone(unit, person_id)
    await _in_turn(unit, people)
    erasing = (
        select(func.count())
        .select_from(RightsRequest)
        .where(RightsRequest.person_id.in_(people), RightsRequest.state == State.ERASING)
    )
    if await unit.session.scalar(erasing):
        raise Conflict("Their data are being erased at this moment", allowed=[])
    row = LegalHold(
        id=new_id(),
        version=1,
        person_id=person_id,
        authority=authority,
        reason=reason,
        placed_by=unit.cause.actor,
        placed_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"legal_hold/{row.id}", [person_id])
    return row


async def lift(unit: UnitOfWork, hold_id: UUID, expected: int, reason: str) -> LegalHold:
    """It no longer stands."""
    query = select(LegalHold).where(LegalHold.id == hold_id, await rows.holds_visible_to(unit)).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such legal hold")
    check_version(row.version, expected)
    if row.lifted_at is not None:
        raise Conflict("This hold was lifted already", allowed=[])
    row.version += 1
    row.lifted_by, row.lifted_at, row.lift_reason = unit.cause.actor, clock.business_now(), reason
    unit.accessed(f"legal_hold/{row.id}", [row.person_id])
    return row


# Shared --------------------------------------------------------------------------------------------------------------


async def _at(unit: UnitOfWork, request_id: UUID, expected: int, step: Step) -> RightsRequest:
    row = await rows.load(unit, request_id, expected)
    paused = row.clock().paused
    domain.check_step(Kind(row.kind), State(row.state), step, paused=paused, extended=row.extended)
    return row


async def _in_turn(unit: UnitOfWork, people: Iterable[UUID]) -> None:
    """A hold and an erasure of one person at once are one after the other."""
    await unit.session.execute(select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update())


def _allowed(row: RightsRequest) -> list[str]:
    return domain.allowed_from(Kind(row.kind), State(row.state), paused=row.clock().paused, extended=row.extended)


async def changed(unit: UnitOfWork, row: RightsRequest) -> RightsRequest:
    """A new version of a request: its clock, its alarm, and what the others may know of it."""
    row.version += 1
    row.changed_at = clock.business_now()
    ended = State(row.state) in domain.ENDED
    row.due_on = row.due_on if ended else row.clock().due_on()
    if ended or row.due_on is None:
        await timers.cancel(unit, DUE, row.id)
    else:
        row.overdue = row.overdue and clock.today() > row.due_on
        await timers.set_alarm(unit, DUE, row.id, _after(row.due_on))
    await unit.session.flush()
    state = RequestState.model_validate(
        {
            "request_id": row.id,
            "kind": row.kind,
            "state": row.state,
            "received_on": row.received_on,
            "due_on": row.due_on,
            "extended": row.extended,
            "paused": row.clock().paused,
            "overdue": row.overdue,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(_CHANGED, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return row


_changed = changed


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LONDON)
