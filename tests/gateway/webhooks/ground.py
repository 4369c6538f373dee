"""A partner's system on a loopback port, and what it takes to send to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web
from joserfc.jwk import OKPKey

from gateway.webhooks import commands, deliveries, sending
from gateway.webhooks.egress import Egress
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event
from kit.events import sealed
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.triage.signals import envelope

ORGANISATION = UUID("0192f7a0-0000-7000-8000-00000000aaaa")
TYPE = "triage.referral.requested"
_KEY = OKPKey.generate_key("X25519", {"kid": "gateway-test"})


@dataclass
class Partner:
    """What a partner's system got, and how it answers: by the path it was asked at."""

    address: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, Callable[[], Awaitable[web.Response]]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")

    def ids(self, path: str) -> list[str]:
        """The webhook-ids that came to this path, in order."""
        return [headers["webhook-id"] for at, headers, _ in self.got if at == path]

    def says(self, path: str, status: int, **headers: str) -> None:
        async def answer() -> web.Response:
            return web.Response(status=status, headers={key.replace("_", "-"): text for key, text in headers.items()})

        self.answers[path] = answer

    def hangs(self, path: str) -> None:
        async def answer() -> web.Response:
            await asyncio.sleep(60)
            return web.Response()

        self.answers[path] = answer


@asynccontextmanager
async def partner() -> AsyncIterator[Partner]:
    """A system that says 204 to everything unless told otherwise."""
    one = Partner()

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        one.got.append((request.path, {key.lower(): text for key, text in request.headers.items()}, body))
        if request.path in one.answers:
            return await one.answers[request.path]()
        return web.Response(status=204)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    one.address = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]  # asyncio's own
    try:
        yield one
    finally:
        await runner.cleanup()


class Ground:
    """The gateway's database, and one sender beside it."""

    def __init__(self, stored: ServiceDatabase, one: Partner) -> None:
        sealed.use_keys("gateway", {"keys": [_KEY.as_dict(private=True)]}, {"gateway": _KEY.as_dict(private=False)})
        self.stored = stored
        self.partner = one
        self.database = Database(stored.url, pool=5, name="test-webhooks")
        self.allowed = frozenset({one.host})
        self.egress = Egress(self.allowed)
        self.sending = sending.Sending(self.database, self.egress)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        cause = Cause("ada", "administration", "gateway.webhook.keep", roles=("administrator",))
        async with unit_of_work(self.database, "gateway", cause) as unit:
            yield unit

    async def endpoint(self, path: str = "/hook", types: Sequence[str] = (TYPE,), **more: Any) -> commands.Made:
        values: dict[str, Any] = {
            "organisation_id": ORGANISATION, "url": self.partner.address + path, "description": "Harbour's system",
            "types": types, "kind": "v1", "allowed": self.allowed, **more,
        }  # fmt: skip
        async with self.unit() as unit:
            return await commands.make(unit, **values)

    async def happens(self, *events: Event[Any]) -> None:
        async with self.unit() as unit:
            await deliveries.put_in_line(unit, events)

    async def until_quiet(self, seconds: float = 20) -> None:
        """Send until nothing is due and nothing is in hand."""
        async with asyncio.timeout(seconds):
            going_on = True
            while going_on:
                going_on = await self.sending.step() or self.sending.in_hand > 0
                await asyncio.sleep(0.005)

    def due_now(self) -> None:
        """As if the time for the next try had come."""
        self.stored.execute("update webhook_delivery set next_try_at = now() where state in ('waiting', 'sending')")

    def states(self) -> list[tuple[str, int]]:
        rows = self.stored.rows("select state, tries from webhook_delivery order by position")
        return [(row["state"], row["tries"]) for row in rows]

    async def close(self) -> None:
        for hand in list(self.sending._hands):
            hand.cancel()
        await asyncio.gather(*self.sending._hands, return_exceptions=True)
        await self.egress.close()
        await self.database.close()


def referral(household: UUID | None = None, organisation: UUID = ORGANISATION, type_: str = TYPE) -> Event[Any]:
    """A referral to that organisation, about somebody of that household."""
    now, id_ = datetime.now(UTC).isoformat(), uuid4()
    data = {
        "referral_id": str(id_), "organisation_id": str(organisation), "person_id": str(uuid4()),
        "household_id": str(household) if household else None, "domain": "money", "urgency": "today",
        "state": "requested", "basis": "consent", "requested_at": now, "changed_at": now,
    }  # fmt: skip
    return CATALOGUE[type_].parse(json.dumps(envelope(type_, data, subject=id_)))
