"""The relay: carries committed events from the outbox to the bus, in order for each aggregate.

One relay per service at a time (a session advisory lock on the relay's own connection: lose the connection, lose the
lock). It polls by state, never by "id greater than": a slow transaction commits a lower id later. Within a read it goes
in waves of at most one event of an aggregate, so that a failed publish can't be overtaken by the next.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

import psycopg
import structlog
from prometheus_client import Counter, Gauge

from kit.crash_points import reached
from kit.events.bus import Bus, Outgoing
from kit.store.db import Database
from kit.store.wake import CHANNEL

log = structlog.get_logger(__name__)

_LOCK = 7_105_401
_READ_AT_ONCE = 1000
_MARK_AT_ONCE = 200
_IDLE_POLL_SECONDS = 1.0
_STANDBY_SECONDS = 1.0
_AFTER_FAILURE_SECONDS = 0.5

WAITING_AGE = Gauge("newstart_outbox_oldest_seconds", "Age of the oldest event not yet on the bus", ["service"])
PUBLISHED = Counter("newstart_outbox_published_total", "Events put on the bus", ["service"])
FAILED = Counter("newstart_outbox_failed_total", "Publishes without an acknowledgement", ["service"])

_WAITING = """
    select id, event_id, subject, aggregate_id, envelope, extract(epoch from clock_timestamp() - created_at)
    from outbox where published_at is null order by id limit %s
"""
_MARK = "update outbox set published_at = clock_timestamp() where id = any(%s)"


class Row(NamedTuple):
    """One waiting event."""

    id: int
    event_id: UUID
    subject: str
    aggregate_id: UUID
    envelope: str
    age: float


def waves(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Split rows (in outbox order) into waves: the first event of each aggregate, then the second of each, ..."""
    queues: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        queues[row.aggregate_id].append(row)
    depth = 0
    while True:
        wave = [queue[depth] for queue in queues.values() if len(queue) > depth]
        if not wave:
            return
        yield wave
        depth += 1


class Relay:
    """Runs until told to stop; stands by while another process holds the lock."""

    def __init__(self, database: Database, bus: Bus, service: str) -> None:
        self._database = database
        self._bus = bus
        self._service = service
        self._stop = asyncio.Event()
        self.heartbeat = time.monotonic()

    def stop(self) -> None:
        """Finish the wave in hand, then end."""
        self._stop.set()

    async def run(self) -> None:
        """Lead when the lock is free; start over when the connection breaks."""
        while not self._stop.is_set():
            self.heartbeat = time.monotonic()
            try:
                async with self._database.connection() as connection:
                    if await self._take_lock(connection):
                        await self._lead(connection)
            except psycopg.Error as error:
                log.warning("relay_lost_database", kind=type(error).__name__)
            await self._pause(_STANDBY_SECONDS)

    async def _take_lock(self, connection: psycopg.AsyncConnection) -> bool:
        cursor = await connection.execute("select pg_try_advisory_lock(%s)", (_LOCK,))
        row = await cursor.fetchone()
        return bool(row and row[0])

    async def _lead(self, connection: psycopg.AsyncConnection) -> None:
        await connection.execute(f"listen {CHANNEL}")
        # We only mark here. A mark lost in a crash sends an event twice, which the bus and the inboxes absorb; waiting
        # for the disk would hold up every event behind it.
        await connection.execute("set synchronous_commit = off")
        while not self._stop.is_set():
            self.heartbeat = time.monotonic()
            cursor = await connection.execute(_WAITING, (_READ_AT_ONCE,))
            rows = [Row(*row) for row in await cursor.fetchall()]
            WAITING_AGE.labels(self._service).set(float(rows[0].age) if rows else 0)
            if not rows:
                await self._idle(connection)
            elif not self._bus.connected or not await self._carry(connection, rows):
                await self._pause(_AFTER_FAILURE_SECONDS)

    async def _carry(self, connection: psycopg.AsyncConnection, rows: Sequence[Row]) -> bool:
        blocked: set[UUID] = set()
        stored: list[int] = []
        for wave in waves(rows):
            ready = [row for row in wave if row.aggregate_id not in blocked]
            if not ready or self._stop.is_set():
                break
            outcome = await self._bus.publish([_outgoing(row) for row in ready])
            reached("relay:after-ack-before-mark")
            stored += [row.id for row, ok in zip(ready, outcome, strict=True) if ok]
            if len(stored) >= _MARK_AT_ONCE:
                await self._mark(connection, stored)
            failed = [row for row, ok in zip(ready, outcome, strict=True) if not ok]
            if failed:
                FAILED.labels(self._service).inc(len(failed))
                blocked.update(row.aggregate_id for row in failed)
        await self._mark(connection, stored)
        return not blocked

    async def _mark(self, connection: psycopg.AsyncConnection, stored: list[int]) -> None:
        """Mark what the bus stored, and forget it. Small waves share a mark: each costs a sync of the disk."""
        if stored:
            await connection.execute(_MARK, (stored,))
            PUBLISHED.labels(self._service).inc(len(stored))
            stored.clear()

    async def _idle(self, connection: psycopg.AsyncConnection) -> None:
        """Sleep until a wake-up, a stop, or the safety poll."""
        waiting = asyncio.ensure_future(_notified(connection))
        stopping = asyncio.ensure_future(self._stop.wait())
        done, _ = await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (waiting, stopping):
            if task not in done:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if waiting in done:
            waiting.result()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


async def _notified(connection: psycopg.AsyncConnection) -> None:
    async for _ in connection.notifies(timeout=_IDLE_POLL_SECONDS, stop_after=1):
        pass


def _outgoing(row: Row) -> Outgoing:
    return Outgoing(str(row.event_id), row.subject, row.envelope.encode(), _traceparent(row.envelope))


def _traceparent(envelope: str) -> str | None:
    # The envelope is our own text: the attribute stands before the data, at a known form.
    start = envelope.find('"traceparent":"', 0, envelope.find('"data":'))
    return envelope[start + 15 : envelope.index('"', start + 15)] if start >= 0 else None
