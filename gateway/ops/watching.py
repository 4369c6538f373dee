"""The loop that looks: the bus's consumers, from this one place (asking costs the server), and webhooks' backlog."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Final, cast

import structlog
from prometheus_client import Gauge
from sqlalchemy import Table, delete
from sqlalchemy.dialects.postgresql import insert

from gateway.ops.models import BusStanding
from gateway.webhooks import backlog
from kit import clock
from kit.contracts.catalogue import streams
from kit.contracts.envelope import subject_for
from kit.errors import Unavailable
from kit.events.bus import Bus, BusSilent, Waiting
from kit.settings import Settings
from kit.store.db import Database, is_transient

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 5.0
_HERE: Final = "gateway"

LAG = Gauge("newstart_consumer_waiting", "Events a consumer has not been given yet", ["stream", "consumer"])
IN_HAND = Gauge("newstart_consumer_in_hand", "Events given and not acknowledged yet", ["stream", "consumer"])
CONNECTED = Gauge("newstart_bus_answers", "1 while the bus answers questions about itself, else 0", ["service"])
SEEN = Gauge("newstart_bus_seen_timestamp_seconds", "When the bus answered last", ["service"])


async def run(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """The worker's loop. A bus or database that is away is a figure, not a fault."""
    if settings.nats_url is None:
        raise Unavailable("NEWSTART_NATS_URL is not set: a worker needs the bus")
    watcher = Watcher(database, settings.nats_url.get_secret_value())
    try:
        while not stop.is_set():
            await watcher.look()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
    finally:
        await watcher.close()


class Watcher:
    """Keeps a connection of its own: one that waits for a lost bus must not hold up the webhooks' figures."""

    def __init__(self, database: Database, nats_url: str) -> None:
        self._database = database
        self._nats_url = nats_url
        self._bus: Bus | None = None

    async def close(self) -> None:
        """Ends its connection."""
        if self._bus is not None:
            await self._bus.close()

    async def look(self) -> None:
        """Once, at both."""
        found = await self._ask()
        CONNECTED.labels(_HERE).set(found is not None)
        if found is not None:
            SEEN.labels(_HERE).set(time.time())
            for each in found:
                LAG.labels(each.stream, each.consumer).set(each.waiting)
                IN_HAND.labels(each.stream, each.consumer).set(each.in_hand)
        try:
            if found:
                await _keep(self._database, found)
            await backlog.measure(self._database)
        except Exception as error:
            if not is_transient(error):
                raise

    async def _ask(self) -> list[Waiting] | None:
        try:
            if self._bus is None:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    self._bus = await Bus.connect(self._nats_url, "gateway")
            if not self._bus.connected:
                return None
            return [each for stream in streams() for each in await self._bus.standing(stream.name)]
        except (BusSilent, TimeoutError) as error:
            log.warning("bus_gives_no_answer", kind=type(error).__name__)
            return None


async def _keep(database: Database, found: Sequence[Waiting]) -> None:
    now = clock.now()
    rows = [
        {
            "id": subject_for("bus_standing", f"{each.stream}/{each.consumer}"),
            "stream": each.stream,
            "consumer": each.consumer,
            "waiting": each.waiting,
            "in_hand": each.in_hand,
            "seen_at": now,
        }
        for each in found
    ]
    statement = insert(cast(Table, BusStanding.__table__)).values(rows)
    changed = {name: statement.excluded[name] for name in ("waiting", "in_hand", "seen_at")}
    async with database.sessions.begin() as session:
        await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))
        # A consumer that is no more.
        await session.execute(delete(BusStanding).where(BusStanding.seen_at < now))
