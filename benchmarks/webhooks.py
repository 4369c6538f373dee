"""Webhooks out: deliveries to healthy partners a second, beside the same posts by the bare client; and whether one
partner that hangs delays the others."""

import asyncio
import json
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import aiohttp
import uvloop
from joserfc.jwk import OKPKey
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from benchmarks.ground import Ground, apart
from benchmarks.rounds import Size
from benchmarks.table import Row
from gateway.webhooks import commands, deliveries, signing
from gateway.webhooks.egress import Egress
from gateway.webhooks.sending import EACH_AT_ONCE, Sending
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event
from kit.events import sealed
from kit.run.embedded.ports import HOST, free
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work

_TYPE: Final = "triage.referral.requested"
_ENDPOINTS: Final = 20
_ADMINISTERS: Final = Cause("bench", "administration", "gateway.webhook.keep", roles=("administrator",))


@dataclass(frozen=True, slots=True)
class Measured:
    """Deliveries a second, and how long each waited from its commit until the partner had it, in milliseconds."""

    per_second: float
    waits: list[float]

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.waits, n=100)[98]


async def partner(scope: Scope, receive: Receive, send: Send) -> None:
    """A partner's system: 204 to everything; a path that ends in `hangs` is answered after a minute."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    if scope["path"].endswith("hangs"):
        await asyncio.sleep(60)
    await send({"type": "http.response.start", "status": 200 if scope["method"] == "GET" else 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def run(size: Size, ground: Ground) -> list[Row]:
    """Two rows."""
    many = int(1500 * size.seconds)
    url = ground.migrated("gateway")
    with ground.serving("partner", lambda: partner, free(1)[0], {}, traced=False) as server:
        address = f"http://{HOST}:{server.port}"
        limit = apart("bare-posts", lambda: uvloop.run(_bare(address, many)))
        ours = apart("webhooks", lambda: uvloop.run(_deliver(url, address, many, hanging=False)))
        held_up = apart("webhooks-hanging", lambda: uvloop.run(_deliver(url, address, many // 4, hanging=True)))
        alone = apart("webhooks-alone", lambda: uvloop.run(_deliver(url, address, many // 4, hanging=False)))
    return [
        Row(
            "Webhooks: deliveries to healthy partners",
            ours.per_second,
            None,
            limit,
            "/s",
            "1,000 a second",
            f"{_ENDPOINTS} endpoints, each delivery claimed, signed, posted, written down with its try, every commit"
            " synced. Limit: the same client posting the same bodies, no database.",
            ours.per_second >= 1000,
        ),
        Row(
            "Webhooks: p99 of the others' wait while one partner hangs",
            held_up.p99,
            alone.p99,
            None,
            "ms",
            "as without it (peer column)",
            f"{many // 4} deliveries, {EACH_AT_ONCE} at once to an endpoint; the wait is from the commit until the"
            " partner has it, all put in line at once.",
            held_up.p99 <= 1.5 * alone.p99,
        ),
    ]


async def _bare(address: str, many: int) -> float:
    body, key = json.dumps({"type": _TYPE, "data": {"id": str(uuid4())}}).encode(), signing.SigningKey.made("v1")
    at = int(time.time())
    hands = asyncio.Semaphore(_ENDPOINTS * EACH_AT_ONCE)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:

        async def post(number: int) -> None:
            async with hands:
                headers = signing.headers(str(number), at, body, [key])
                async with http.post(f"{address}/{number % _ENDPOINTS}", data=body, headers=headers) as answer:
                    await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(post(number) for number in range(many)))
        return many / (time.perf_counter() - began)


async def _deliver(url: str, address: str, many: int, *, hanging: bool) -> Measured:
    key = OKPKey.generate_key("X25519", {"kid": "bench"})
    sealed.use_keys("gateway", {"keys": [key.as_dict(private=True)]}, {"gateway": key.as_dict(private=False)})
    host = address.removeprefix("http://")
    database = Database(url, pool=5, name="bench-webhooks")
    egress = Egress(frozenset({host}))
    organisations = [uuid4() for _ in range(_ENDPOINTS)]
    async with unit_of_work(database, "gateway", _ADMINISTERS) as unit:
        await unit.session.execute(text("delete from webhook_delivery"))
        await unit.session.execute(text("delete from webhook_endpoint"))
        for number, organisation in enumerate(organisations):
            path = "hangs" if hanging and not number else str(number)
            await commands.make(
                unit,
                organisation_id=organisation,
                url=f"{address}/{path}",
                description="bench",
                types=[_TYPE],
                kind="v1",
                allowed=frozenset({host}),
            )
    async with unit_of_work(database, "gateway", _ADMINISTERS) as unit:
        for start in range(0, many, 500):
            events = [_referral(organisations[number % _ENDPOINTS]) for number in range(start, min(start + 500, many))]
            await deliveries.put_in_line(unit, events)
    sender, stop = Sending(database, egress), asyncio.Event()
    began, at = time.perf_counter(), datetime.now(UTC)
    sending = asyncio.create_task(sender.run(stop))
    healthy = many - (len(range(0, many, _ENDPOINTS)) if hanging else 0)
    done = 0
    async with asyncio.timeout(300):
        while done < healthy:
            await asyncio.sleep(0.1)
            if sending.done():
                sending.result()
            async with database.sessions() as session:
                query = text("select count(*) from webhook_delivery where state = 'delivered'")
                done = int(await session.scalar(query) or 0)
    took = time.perf_counter() - began
    async with database.sessions() as session:
        query = text("select extract(epoch from at - :at) * 1000 from webhook_attempt where status = 204 and at >= :at")
        waits = [float(each) for each in await session.scalars(query, {"at": at})]
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await egress.close()
    await database.close()
    return Measured(healthy / took, waits)


def _referral(organisation: UUID) -> Event[Any]:
    now, id_ = datetime.now(UTC).isoformat(), str(uuid4())
    data = {
        "referral_id": id_,
        "organisation_id": str(organisation),
        "person_id": str(uuid4()),
        "household_id": str(uuid4()),
        "domain": "money",
        "urgency": "today",
        "state": "requested",
        "basis": "consent",
        "requested_at": now,
        "changed_at": now,
    }
    envelope = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "urn:newstart:triage",
        "type": _TYPE,
        "subject": id_,
        "time": now,
        "datacontenttype": "application/json",
        "actor": "worker-1",
        "purpose": "front_door",
        "sequence": "1".zfill(20),
        "correlationid": str(uuid4()),
        "data": data,
    }
    return CATALOGUE[_TYPE].parse(json.dumps(envelope))
