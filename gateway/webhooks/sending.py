"""The loop that delivers: claims what is due, sends many at once, and writes down what came of them together.

Each endpoint has a few places of its own, so a partner that hangs holds those and nobody else's. Who dies with
deliveries in hand leaves them `sending`; when their lease is over they are tried again, under the same webhook-id.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import structlog

from gateway.webhooks import backlog, commands, deliveries, signing
from gateway.webhooks.deliveries import Claimed, Tried
from gateway.webhooks.egress import Egress
from gateway.webhooks.models import WebhookEndpoint
from gateway.webhooks.signing import SigningKey
from kit import clock, crash_points
from kit.settings import GatewaySettings, Settings
from kit.store.db import Database, is_transient
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

AT_ONCE: Final = 512
EACH_AT_ONCE: Final = 32
"""Of one endpoint."""
_EVERY_SECONDS: Final = 0.5
_TOGETHER_SECONDS: Final = 0.02
"""How long answers gather before they are written down."""
_TIDY_EVERY_SECONDS: Final = 600.0
_SERVICE: Final = "gateway"


class Sending:
    """What one process has in hand."""

    def __init__(self, database: Database, egress: Egress) -> None:
        self._database = database
        self._egress = egress
        self._keys: dict[UUID, tuple[int, list[SigningKey]]] = {}
        self._hands: set[asyncio.Task[None]] = set()
        self._busy: Counter[UUID] = Counter()
        self._tried: list[Tried] = []
        self._wake = asyncio.Event()

    @property
    def in_hand(self) -> int:
        """How many are on their way, or back and not yet written down."""
        return len(self._hands) + len(self._tried)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then what is in hand is finished."""
        tidied = clock.now().timestamp()
        while not stop.is_set():
            try:
                did = await self.step()
                if clock.now().timestamp() - tidied > _TIDY_EVERY_SECONDS:
                    tidied = clock.now().timestamp()
                    async with _unit(self._database) as unit:
                        await deliveries.tidy(unit)
            except Exception as error:
                if not is_transient(error):
                    raise
                did = False
            await self._rest(stop, did)
        if self._hands:
            await asyncio.wait(self._hands)
        await self._write_down()

    async def step(self) -> bool:
        """Write down what came back, take up what is due; whether there was anything to do."""
        wrote = await self._write_down()
        room = AT_ONCE - len(self._hands)
        if room <= 0:
            return wrote
        async with _unit(self._database) as unit:
            claimed = await deliveries.claim(unit, self._busy, each=EACH_AT_ONCE, most=room)
            await self._open_keys(unit, claimed)
        crash_points.reached("webhook-after-claim")
        for each in claimed:
            self._busy[each.endpoint_id] += 1
            hand = asyncio.create_task(self._deliver(each))
            self._hands.add(hand)
            hand.add_done_callback(self._hands.discard)
        return wrote or bool(claimed)

    async def _rest(self, stop: asyncio.Event, did: bool) -> None:
        if did:
            # Others' answers come in while these are on their way: they are written down together.
            await asyncio.sleep(_TOGETHER_SECONDS)
            return
        self._wake.clear()
        if self._tried:
            return
        waits = [asyncio.create_task(self._wake.wait()), asyncio.create_task(stop.wait())]
        await asyncio.wait(waits, timeout=_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()

    async def _open_keys(self, unit: UnitOfWork, claimed: list[Claimed]) -> None:
        for each in claimed:
            known = self._keys.get(each.endpoint_id)
            if known is None or known[0] != each.endpoint_version:
                endpoint = await unit.session.get_one(WebhookEndpoint, each.endpoint_id)
                keys = commands.keys_of(unit, endpoint, clock.now())
                self._keys[each.endpoint_id] = (each.endpoint_version, keys)

    async def _deliver(self, claimed: Claimed) -> None:
        at = clock.now()
        body = claimed.body.encode()
        keys = self._keys[claimed.endpoint_id][1]
        headers = signing.headers(str(claimed.event_id), int(at.timestamp()), body, keys)
        answer = await self._egress.post(claimed.url, headers, body, at)
        crash_points.reached("webhook-after-send")
        backlog.ATTEMPTS.labels(str(claimed.endpoint_id), backlog.outcome(answer)).inc()
        self._tried.append(Tried(claimed, at, answer))
        self._wake.set()

    async def _write_down(self) -> bool:
        tried, self._tried = self._tried, []
        if not tried:
            return False
        try:
            async with _unit(self._database) as unit:
                await deliveries.settle(unit, tried)
        except BaseException:
            # The database is away: they are written down when it is back, or tried again after their lease.
            self._tried = [*tried, *self._tried]
            raise
        for each in tried:
            self._busy[each.claimed.endpoint_id] -= 1
            if not self._busy[each.claimed.endpoint_id]:
                del self._busy[each.claimed.endpoint_id]
        return True


async def run(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """The worker's loop."""
    assert isinstance(settings, GatewaySettings)
    egress = Egress(frozenset(settings.webhook_hosts))
    try:
        await Sending(database, egress).run(stop)
    finally:
        with contextlib.suppress(Exception):
            await egress.close()


@asynccontextmanager
async def _unit(database: Database) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(database, _SERVICE, Cause.system(_SERVICE, "gateway.webhook.send")) as unit:
        yield unit
