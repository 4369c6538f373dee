"""The inbox: each event takes effect once, in batches, and is acknowledged only after the commit.

A batch is one transaction: the event ids enter the inbox, the handlers of the new ones run, all commits, then all are
acknowledged. A lost acknowledgement costs one skipped duplicate. If anything in the batch fails, each event is tried
alone in a transaction of its own, so that one bad event never holds up the others.
"""

import asyncio
import json
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from opentelemetry import propagate, trace
from opentelemetry.trace import Link, SpanKind
from prometheus_client import Counter, Histogram
from pydantic import ValidationError
from sqlalchemy import text

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event
from kit.crash_points import reached
from kit.errors import DomainError
from kit.events import dead_letters
from kit.events.bus import Delivery, Pull
from kit.events.effects import claim, dispatch
from kit.events.handlers import Handler, Kind, NotYet
from kit.store.db import Database, is_transient
from kit.store.unit import Cause, unit_of_work

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
    " on conflict (consumer, event_id) do update set starts = inbox_attempt.starts + 1 returning starts"
)
_ENDED = text("delete from inbox_attempt where consumer = :consumer and event_id = :id")

# A prerequisite on another stream may be late by an outage; a fault of ours is unlikely to heal itself.
_DELIVERIES_FOR_NOT_YET = 12
_DELIVERIES_FOR_A_FAULT = 5
# An event that was started this often and never came back has probably ended the process each time.
_STARTS_BEFORE_POISON = 3
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

    async def take(self, batch: Sequence[Delivery]) -> bool:
        """Commit the batch's effects and acknowledge it. False when the database is away and nothing was taken."""
        incoming = [each for delivery in batch if (each := await self._read(delivery)) is not None]
        if not incoming:
            return True
        # Redelivered ones go alone: one of them may be what ended the process the last time.
        fresh = [each for each in incoming if each.delivery.deliveries <= 2]
        again = [each for each in incoming if each.delivery.deliveries > 2]
        try:
            if fresh:
                await self._commit(fresh)
        except Exception as error:
            if is_transient(error):
                await self._give_back(incoming, error)
                return False
            again = incoming
        for each in again:
            if not await self._alone(each):
                return False
        return True

    async def _read(self, delivery: Delivery) -> Incoming | None:
        try:
            type_ = _type_of(delivery)
            return Incoming(delivery, CATALOGUE[type_].parse(delivery.body))
        except (ValidationError, KeyError, ValueError) as error:
            await self._bury(delivery, None, type(error).__name__, f"It can't be read: {_plain(error)}")
            return None

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
            await each.delivery.ack()
        now = clock.now()
        TAKEN.labels(self._service, self._kind).inc(len(fresh))
        SKIPPED.labels(self._service, self._kind).inc(len(incoming) - len(fresh))
        for event in fresh:
            LAG.labels(self._service, self._kind).observe(max(0.0, (now - event.time).total_seconds()))

    def _span(self, incoming: Sequence[Incoming]) -> ExitStack:
        """One event: a child of the act that caused it. A batch: its own span, linked to each."""
        stack = ExitStack()
        parents = [each.event.traceparent for each in incoming if each.event.traceparent]
        contexts = [propagate.extract({"traceparent": parent}) for parent in parents]
        one = len(incoming) == 1 and contexts
        links = () if one else [Link(trace.get_current_span(each).get_span_context()) for each in contexts]
        stack.enter_context(
            _tracer.start_as_current_span(
                f"{self._service} {self._kind}",
                context=contexts[0] if one else None,
                kind=SpanKind.CONSUMER,
                links=links,
                attributes={"messaging.system": "nats", "messaging.batch.message_count": len(incoming)},
            )
        )
        return stack

    async def _alone(self, each: Incoming) -> bool:
        """One event in its own transaction, with the failure policy. False when the database is away."""
        event, delivery = each.event, each.delivery
        try:
            if delivery.deliveries > 2 and await self._starts(event.id) > _STARTS_BEFORE_POISON:
                await self._bury(delivery, event.id, event.type, "It was started several times and never came back")
                return True
            await self._commit([each])
        except Exception as error:
            if is_transient(error):
                await self._give_back([each], error)
                return False
            await self._refused(each, error)
        if delivery.deliveries > 2:
            await self._ended(event.id)
        return True

    async def _refused(self, each: Incoming, error: Exception) -> None:
        deliveries = each.delivery.deliveries
        patience = _DELIVERIES_FOR_NOT_YET if isinstance(error, NotYet) else _DELIVERIES_FOR_A_FAULT
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
            await self._bury(each.delivery, each.event.id, each.event.type, _plain(error))
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
        await delivery.drop()

    async def _give_back(self, incoming: Sequence[Incoming], error: Exception) -> None:
        log.warning("inbox_lost_database", service=self._service, kind=type(error).__name__, events=len(incoming))
        for each in incoming:
            await each.delivery.retry(delay(min(each.delivery.deliveries, 3)))

    async def _starts(self, event_id: UUID) -> int:
        async with self._database.sessions.begin() as session:
            return int(await session.scalar(_STARTED, {"consumer": self._kind, "id": event_id}) or 0)

    async def _ended(self, event_id: UUID) -> None:
        async with self._database.sessions.begin() as session:
            await session.execute(_ENDED, {"consumer": self._kind, "id": event_id})


def delay(deliveries: int) -> float:
    """Seconds to wait before the next try: 1, 2, 4 ... up to a minute, with jitter so that a crowd spreads."""
    return min(2.0 ** (deliveries - 1), _MAX_DELAY_SECONDS) * random.uniform(0.8, 1.2)


def _type_of(delivery: Delivery) -> str:
    subject = delivery.message.subject
    if subject.startswith("newstart.vault."):
        return str(json.loads(delivery.body)["type"])
    return subject.removeprefix("newstart.")


def _plain(error: Exception) -> str:
    """A reason fit to store: fields and rules, never the values that broke them."""
    if isinstance(error, ValidationError):
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(str(p) for p in f['loc'])}: {f['msg']}" for f in faults[:5])
    if isinstance(error, DomainError):
        return f"{error.slug}: {error.detail}"
    return type(error).__name__


class Consumer:
    """The loop of one durable: pull, take, pull again; stops without losing what it holds."""

    def __init__(self, pull: Pull, inbox: Inbox, stop: asyncio.Event) -> None:
        self._pull = pull
        self._inbox = inbox
        self._stop = stop
        self.heartbeat = time.monotonic()

    async def run(self) -> None:
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            while not self._stop.is_set():
                self.heartbeat = time.monotonic()
                coming = asyncio.ensure_future(self._pull.next())
                await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    break
                batch = coming.result()
                if batch and not await self._inbox.take(batch):
                    await asyncio.wait({stopping}, timeout=1.0)
        finally:
            stopping.cancel()
            for delivery in await self._pull.stop():
                await delivery.retry(0)
