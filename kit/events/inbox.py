"""The inbox: each event takes effect once, in batches, and is acknowledged only after the commit.

A batch is one transaction: the event ids enter the inbox, the handlers of the new ones run, all commits, then all are
acknowledged. A lost acknowledgement costs one skipped duplicate. If anything in the batch fails, each event is tried
alone in a transaction of its own, so that one bad event never holds up the others.
"""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter as Counts
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from opentelemetry import trace
from opentelemetry.trace import Link, NonRecordingSpan, SpanKind
from prometheus_client import Counter, Histogram
from pydantic import ValidationError
from sqlalchemy import text

from kit import clock
from kit.contracts.catalogue import CATALOGUE, CatalogueError
from kit.contracts.envelope import Event
from kit.crash_points import reached
from kit.errors import DomainError
from kit.events import dead_letters
from kit.events.bus import Delivery, Pull
from kit.events.effects import claim, dispatch
from kit.events.handlers import Handler, Kind, NotYet
from kit.store.db import Database, is_lost, is_transient
from kit.store.unit import Cause, span_of, unit_of_work

log = structlog.get_logger(__name__)
_tracer = trace.get_tracer("newstart.events")

TAKEN = Counter("newstart_inbox_taken_total", "Events whose effect is committed", ["service", "kind"])
SKIPPED = Counter("newstart_inbox_skipped_total", "Duplicates skipped", ["service", "kind"])
LAG = Histogram(
    "newstart_inbox_lag_seconds",
    "From the event's moment to its committed effect here",
    ["service", "kind"],
    buckets=(0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300),
)

_STARTED = text(
    "insert into inbox_attempt (consumer, event_id, starts) values (:consumer, :id, 1)"
    " on conflict (consumer, event_id) do update"
    " set starts = case when :anew then 1 else inbox_attempt.starts + 1 end returning starts"
)
_ENDED = text("delete from inbox_attempt where consumer = :consumer and event_id = :id")

# A prerequisite on another stream may be late by an outage; a fault of ours is unlikely to heal itself.
_DELIVERIES_FOR_NOT_YET = 12
_DELIVERIES_FOR_A_FAULT = 5
# An event that was started this often and never came back has probably ended the process each time.
_STARTS_BEFORE_POISON = 3
# From this delivery on an event goes alone.
_SUSPECT = 3
# The server waits 30 s for a word (topology), then delivers again.
_WORKING_EVERY_SECONDS = 10.0
_MAX_DELAY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery that could be read."""

    delivery: Delivery
    event: Event[Any]


class Inbox:
    """Takes batches for one kind of handlers of one service."""

    def __init__(self, database: Database, service: str, kind: Kind, by_type: Mapping[str, list[Handler]]) -> None:
        self._database = database
        self._service = service
        self._kind: Kind = kind
        self._by_type = by_type
        self._survived: set[UUID] = set()
        self._outages: Counts[UUID] = Counts()
        self.progress = time.monotonic()

    async def take(self, batch: Sequence[Delivery]) -> bool:
        """Commit the batch's effects and acknowledge it. False when the database is away: the rest was given back."""
        try:
            async with _kept(batch):
                await self._take(batch)
        except Exception as error:
            if not is_lost(error):
                raise
            await self._give_back([each for each in batch if not each.settled], error)
            return False
        return True

    async def _take(self, batch: Sequence[Delivery]) -> None:
        incoming = [each for delivery in batch if (each := await self._read(delivery)) is not None]
        # Redelivered ones go alone: one of them may be what ended the process the last time.
        fresh = [each for each in incoming if each.delivery.deliveries < _SUSPECT]
        alone = [each for each in incoming if each.delivery.deliveries >= _SUSPECT]
        try:
            if fresh:
                await self._commit(fresh)
        except Exception as error:
            if is_lost(error):
                raise
            alone = incoming
        for each in alone:
            await self._alone(each)

    async def _read(self, delivery: Delivery) -> Incoming | None:
        type_ = delivery.subject.removeprefix("newstart.")
        try:
            type_ = _type_of(delivery)
            event = CATALOGUE[type_].parse(delivery.body)
            if CATALOGUE[type_].nats_subject != delivery.subject:
                # Only its owner may publish on a subject: a type that came on another's is not the owner's word, and
                # the dead letter must not take it for that either.
                type_ = delivery.subject.removeprefix("newstart.")
                raise CatalogueError("the type does not belong on the subject it came on")
        except (ValidationError, ValueError, LookupError, TypeError, RecursionError) as error:
            await self._bury(delivery, _id_of(delivery), type_, f"It can't be read: {dead_letters.reason(error)}")
            return None
        return Incoming(delivery, event)

    async def _commit(self, incoming: Sequence[Incoming]) -> None:
        events = {each.event.id: each.event for each in incoming}
        cause = Cause.system(self._service, f"{self._kind}.take")
        with self._span(incoming):
            async with unit_of_work(self._database, self._service, cause) as unit:
                fresh = await claim(unit.session, self._kind, events)
                await dispatch(unit, self._by_type, fresh if self._kind == "reactions" else list(events.values()))
                reached("inbox:before-commit")
            reached("inbox:after-commit-before-ack")
        for each in incoming:
            self._outages.pop(each.event.id, None)
            await each.delivery.ack()
        self.progress = time.monotonic()
        now = clock.now()
        TAKEN.labels(self._service, self._kind).inc(len(fresh))
        SKIPPED.labels(self._service, self._kind).inc(len(incoming) - len(fresh))
        lag = LAG.labels(self._service, self._kind)
        for event in fresh:
            lag.observe(max(0.0, (now - event.time).total_seconds()))

    def _span(self, incoming: Sequence[Incoming]) -> ExitStack:
        """What one act caused: a child of that act. A batch of several acts' events: its own span, linked to each."""
        stack = ExitStack()
        parents = [parent for each in incoming if (parent := span_of(each.event.traceparent))]
        one = len(parents) == len(incoming) and len({each.trace_id for each in parents}) == 1
        stack.enter_context(
            _tracer.start_as_current_span(
                f"{self._service} {self._kind}",
                context=trace.set_span_in_context(NonRecordingSpan(parents[0])) if one else None,
                kind=SpanKind.CONSUMER,
                links=[Link(parent) for parent in (parents[1:] if one else parents)],
                attributes={"messaging.system": "nats", "messaging.batch.message_count": len(incoming)},
                # An exception's text may quote a row.
                record_exception=False,
                set_status_on_exception=False,
            )
        )
        return stack

    async def _alone(self, each: Incoming) -> None:
        """One event in its own transaction, with the failure policy."""
        event, delivery = each.event, each.delivery
        suspect = delivery.deliveries >= _SUSPECT
        if suspect and await self._starts(event.id) > _STARTS_BEFORE_POISON:
            await self._bury(delivery, event.id, event.type, "It was started several times and never came back")
        else:
            try:
                await self._commit([each])
            except Exception as error:
                if is_lost(error):
                    self._survived.add(event.id)
                    raise
                await self._refused(each, error)
        if suspect:
            await self._ended(event.id)

    async def _refused(self, each: Incoming, error: Exception) -> None:
        # What came back for want of a database has not been tried: an outage must not use up its patience.
        deliveries = max(1, each.delivery.deliveries - self._outages[each.event.id])
        may_heal = isinstance(error, NotYet) or is_transient(error)
        patience = _DELIVERIES_FOR_NOT_YET if may_heal else _DELIVERIES_FOR_A_FAULT
        final = isinstance(error, DomainError | ValidationError) or deliveries >= patience
        log.warning(
            "event_failed",
            service=self._service,
            type=each.event.type,
            event_id=str(each.event.id),
            kind=type(error).__name__,
            deliveries=deliveries,
            final=final,
        )
        if final:
            await self._bury(each.delivery, each.event.id, each.event.type, dead_letters.reason(error))
        else:
            await each.delivery.retry(delay(deliveries))

    async def _bury(self, delivery: Delivery, event_id: UUID | None, type_: str, reason: str) -> None:
        await dead_letters.bury(
            self._database,
            self._kind,
            event_id,
            type_,
            delivery.body.decode(errors="replace"),
            reason,
            delivery.deliveries,
        )
        if event_id:
            self._outages.pop(event_id, None)
        await delivery.drop()

    async def _give_back(self, batch: Sequence[Delivery], error: Exception) -> None:
        log.warning("inbox_lost_database", service=self._service, kind=type(error).__name__, events=len(batch))
        for delivery in batch:
            if event_id := _id_of(delivery):
                self._outages[event_id] += 1
            await delivery.retry(delay(min(delivery.deliveries, 3)))

    async def _starts(self, event_id: UUID) -> int:
        # What we lived through ourselves (the database went away meanwhile) did not end the process.
        anew = event_id in self._survived
        self._survived.discard(event_id)
        async with self._database.sessions.begin() as session:
            values = {"consumer": self._kind, "id": event_id, "anew": anew}
            return int(await session.scalar(_STARTED, values) or 0)

    async def _ended(self, event_id: UUID) -> None:
        async with self._database.sessions.begin() as session:
            await session.execute(_ENDED, {"consumer": self._kind, "id": event_id})


def delay(deliveries: int) -> float:
    """Seconds to wait before the next try: 1, 2, 4 ... up to a minute, with jitter so that a crowd spreads."""
    return min(2.0 ** (deliveries - 1), _MAX_DELAY_SECONDS) * random.uniform(0.8, 1.2)


def _type_of(delivery: Delivery) -> str:
    subject = delivery.subject
    if subject.startswith("newstart.vault."):
        return str(json.loads(delivery.body)["type"])
    return subject.removeprefix("newstart.")


def _id_of(delivery: Delivery) -> UUID | None:
    """The id of what could not be read as an event, if it has one."""
    try:
        return UUID(json.loads(delivery.body)["id"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


@asynccontextmanager
async def _kept(batch: Sequence[Delivery]) -> AsyncIterator[None]:
    """While inside, the server hears now and then that what is not settled yet is being worked on."""

    async def tell() -> None:
        while True:
            await asyncio.sleep(_WORKING_EVERY_SECONDS)
            for delivery in batch:
                if not delivery.settled:
                    await delivery.working()

    telling = asyncio.create_task(tell(), name="inbox-working")
    try:
        yield
    finally:
        telling.cancel()


class Consumer:
    """The loop of one durable: pull, take, pull again; stops without losing what it holds."""

    def __init__(self, pull: Pull, inbox: Inbox, stop: asyncio.Event) -> None:
        self._pull = pull
        self._inbox = inbox
        self._stop = stop
        self._turned = time.monotonic()

    @property
    def heartbeat(self) -> float:
        """When it last got on (monotonic seconds): took a batch, or committed a part of one."""
        return max(self._turned, self._inbox.progress)

    async def run(self) -> None:
        stopping = asyncio.ensure_future(self._stop.wait())
        held: list[Delivery] = []
        try:
            while not self._stop.is_set():
                self._turned = time.monotonic()
                coming = asyncio.ensure_future(self._pull.next())
                await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if self._stop.is_set():
                    # It may have come in this very moment: then it is given back too.
                    coming.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        held = await coming
                    break
                batch = coming.result()
                if batch and not await self._inbox.take(batch):
                    await asyncio.wait({stopping}, timeout=1.0)
        finally:
            stopping.cancel()
            for delivery in [*held, *await self._pull.stop()]:
                await delivery.retry(0)
