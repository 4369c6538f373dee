"""Writes of messages: take one in, claim it for a try, write down what became of it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from gateway.messages import domain
from gateway.messages.domain import Reason, State
from gateway.messages.egress import Arrival, Outgoing
from gateway.messages.models import KnownCall, Message
from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event, Sealed
from kit.contracts.messages import Addressed, MessageOutcome, Way
from kit.events import sealed
from kit.store.unit import Cause, UnitOfWork

_TYPE = "casefile.message.addressed"


async def receive(unit: UnitOfWork, event: Event[Sealed]) -> None:
    """Take in what casefile addressed. Kept as it came, sealed: it is opened when it goes out."""
    inside = sealed.open_sealed(unit, event)
    assert isinstance(inside, Addressed)
    now = clock.now()
    row = Message(
        id=inside.message_id,
        version=event.sequence,
        person_id=inside.person_id,
        household_ids=list(inside.household_ids),
        template=inside.template,
        asked_by=inside.asked_by,
        about_id=inside.about_id,
        way=inside.way,
        plain=inside.plain,
        sealed=event.to_json().decode(),
        state=State.QUEUED,
        next_try_at=now,
        useless_after=inside.useless_after,
        received_at=now,
        changed_at=clock.business_now(),
    )
    # The inbox lets each event in once; a second one about the same message would be another's.
    if await unit.session.get(Message, row.id) is None:
        unit.session.add(row)


def _nobody_is_ringing() -> ColumnElement[bool]:
    return ~exists().where(
        KnownCall.household_id == func.any(Message.household_ids),
        KnownCall.going_on,
        KnownCall.until > clock.business_now(),
    )


async def claim(unit: UnitOfWork, *, can_send: bool, public_url: str = "") -> Outgoing | UUID | None:
    """The next message to try, written down as `sending`: from here on nobody else takes it until the lease is over.

    The id alone of one that was given up instead; None when there is nothing to do.
    """
    now = clock.now()
    fresh = and_(Message.state == State.QUEUED, Message.next_try_at <= now)
    cut_off = and_(Message.state == State.SENDING, Message.claimed_at < now - domain.LEASE)
    query = select(Message).where(or_(fresh, cut_off), _nobody_is_ringing()).order_by(Message.next_try_at, Message.id)
    row = await unit.session.scalar(query.limit(1).with_for_update(of=Message, skip_locked=True))
    if row is None:
        return None
    unit.cause = Cause.system(unit.service, "gateway.message.send")
    doubtful = row.state == State.SENDING
    reason = domain.given_up(row.received_at, now, row.useless_after, clock.business_now(), doubtful=doubtful)
    if reason is None and not can_send:
        reason = Reason.NO_SENDER
    if reason is None and not doubtful and await _sent_lately(unit, row) >= domain.MOST_A_DAY:
        reason = Reason.TOO_MANY
    if reason is not None:
        _settle(unit, row, State.FAILED, reason)
        return row.id
    assert row.sealed is not None
    event = CATALOGUE[_TYPE].parse(row.sealed)
    inside = sealed.open_sealed(unit, event)
    assert isinstance(inside, Addressed)
    row.state, row.claimed_at, row.attempts = State.SENDING, now, row.attempts + 1
    text = inside.text if inside.path is None else f"{inside.text}\n{public_url.rstrip('/')}{inside.path}"
    return Outgoing(row.id, inside.way, inside.to, inside.subject or "", text, inside.plain, doubtful)


async def _sent_lately(unit: UnitOfWork, row: Message) -> int:
    count = select(func.count()).where(
        Message.person_id == row.person_id,
        Message.id != row.id,
        Message.state.in_((State.SENT, State.SENDING)),
        Message.claimed_at > clock.now() - timedelta(hours=24),
    )
    return int(await unit.session.scalar(count) or 0)


async def went_out(unit: UnitOfWork, message_id: UUID, provider_id: str | None) -> None:
    """The sender has it."""
    row = await _sending(unit, message_id)
    if row is None:
        return
    row.sent_at, row.provider_id = clock.now(), provider_id
    row.check_at = domain.next_check(0, row.sent_at) if provider_id else None
    _settle(unit, row, State.SENT, None)


async def refused(unit: UnitOfWork, message_id: UUID) -> None:
    """The sender will never take it."""
    row = await _sending(unit, message_id)
    if row is not None:
        _settle(unit, row, State.FAILED, Reason.REFUSED)


async def try_later(unit: UnitOfWork, message_id: UUID) -> None:
    """It certainly did not go out: once more, later."""
    row = await _sending(unit, message_id)
    if row is not None:
        row.state, row.next_try_at = State.QUEUED, domain.next_try(row.attempts, clock.now())


async def to_check(unit: UnitOfWork) -> tuple[UUID, str] | None:
    """The next one of which to ask whether it arrived; its following check is set, so that a failure costs one."""
    now = clock.now()
    due = select(Message).where(Message.check_at <= now).order_by(Message.check_at).limit(1)
    row = await unit.session.scalar(due.with_for_update(skip_locked=True))
    if row is None or row.provider_id is None or row.sent_at is None:
        return None
    row.checks += 1
    row.check_at = domain.next_check(row.checks, row.sent_at)
    return row.id, row.provider_id


async def arrived(unit: UnitOfWork, message_id: UUID, what: Arrival) -> None:
    """What became of it on the way: one that came back is announced as failed."""
    row = await unit.session.get(Message, message_id, with_for_update=True)
    if row is None or row.state != State.SENT:
        return
    if what == "arrived":
        row.arrived, row.check_at = True, None
    elif what == "came_back":
        row.check_at = None
        _settle(unit, row, State.FAILED, Reason.UNDELIVERABLE)


async def _sending(unit: UnitOfWork, message_id: UUID) -> Message | None:
    """The row, unless somebody else settled it while we were away."""
    unit.cause = Cause.system(unit.service, "gateway.message.send")
    row = await unit.session.get(Message, message_id, with_for_update=True)
    return row if row is not None and row.state == State.SENDING else None


def _settle(unit: UnitOfWork, row: Message, state: State, reason: Reason | None) -> None:
    row.state, row.reason, row.sealed = state, reason, None
    row.version, row.changed_at = row.version + 1, clock.business_now()
    outcome = MessageOutcome(
        message_id=row.id,
        person_id=row.person_id,
        template=row.template,
        asked_by=row.asked_by,
        about_id=row.about_id,
        state="sent" if state is State.SENT else "failed",
        way=Way(row.way),
        plain=row.plain,
        reason=reason,
        changed_at=row.changed_at,
    )
    type_ = "gateway.message.sent" if state is State.SENT else "gateway.message.failed"
    unit.emit(type_, outcome, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"message/{row.id}", [row.person_id])
