"""The gateway: what a GET costs that goes through it, beside the same route called directly and a plain proxy."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from benchmarks import peers
from benchmarks.callers import AUDIENCE, COUNT, ISSUER, PURPOSE, Issuer, internal_tokens
from benchmarks.door_load import Measured, cost, measure, p50, per_second
from benchmarks.ground import Ground, Server, apart
from benchmarks.http_load import request
from benchmarks.rounds import Size, in_turn, middle
from benchmarks.small_service import HOUSEHOLD, member_ids, producer
from benchmarks.table import Row
from gateway.app import Gateway
from kit.run.embedded.ports import HOST, free
from kit.settings import GatewaySettings, load

_CONNECTIONS = 32
_LIGHT = ("casefile.known.read", f"/v1/casefile/known?person_id={HOUSEHOLD}")
_RECORD = ("casefile.household.read", f"/v1/casefile/households/{HOUSEHOLD}")


def run(size: Size, ground: Ground) -> list[Row]:
    """Three rows: throughput with the lightest route, the time added to a lone request, a record as it is read."""
    _fill(ground.dsn("casefile"))
    with _doors(ground) as doors:
        busy = in_turn(size.rounds, doors.ways(*_LIGHT, _CONNECTIONS, size.seconds))
        lone = middle(in_turn(size.rounds, doors.ways(*_LIGHT, 1, size.seconds / 2)), p50)
        read = in_turn(size.rounds, doors.ways(*_RECORD, _CONNECTIONS, size.seconds))
    light, record = middle(busy, per_second), middle(read, per_second)
    added = lone["ours"] - lone["limit"]
    return [
        Row(
            "Gateway: light GET through it",
            light["ours"],
            light["peer"],
            light["limit"],
            "req/s",
            "0.40 of limit, 6 x peer",
            f"{_CONNECTIONS} connections, {COUNT} signed-in callers in turn. Limit: the same kit route called directly"
            " with a ready internal token. Peer: FastAPI + httpx proxy without identity, policy or limits. Processor"
            f" time a request: gateway {cost(busy['ours'])}, the service itself {cost(busy['limit'])}, the peer"
            f" {cost(busy['peer'])}.",
            light["ours"] >= 0.40 * light["limit"] and light["ours"] >= 6 * light["peer"],
        ),
        Row(
            "Gateway: p50 added to a lone GET",
            added,
            lone["peer"] - lone["limit"],
            None,
            "ms",
            "under 1.5",
            f"One connection. Directly {lone['limit']:.2f} ms, through the gateway {lone['ours']:.2f} ms.",
            added < 1.5,
        ),
        Row(
            "Gateway: a record read through it",
            record["ours"],
            record["peer"],
            record["limit"],
            "req/s",
            "-",
            "As above, with a route that reads rows and puts the reader on record; the service itself needs"
            f" {cost(read['limit'])} of processor time.",
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Doors:
    """The three ways to the same route."""

    gateway: Server
    service: Server
    proxy: Server
    callers: Sequence[str]
    signing_key: dict[str, object]

    def ways(self, action: str, path: str, connections: int, seconds: float) -> dict[str, Callable[[], Measured]]:
        """A measurement of each."""

        def get(server: Server, tokens: Sequence[str]) -> Measured:
            ready = [
                request("GET", path, {"authorization": f"Bearer {token}", "newstart-purpose": PURPOSE})
                for token in tokens
            ]
            return measure(server, itertools.cycle(ready).__next__, connections=connections, seconds=seconds)

        return {
            "ours": lambda: get(self.gateway, self.callers),
            # Minted anew each time: they last a minute.
            "limit": lambda: get(self.service, internal_tokens(self.signing_key, action)),
            "peer": lambda: get(self.proxy, internal_tokens(self.signing_key, action)),
        }


@contextmanager
def _doors(ground: Ground) -> Iterator[_Doors]:
    """The service, the gateway and the proxy, each in its process."""
    issuer = Issuer()
    ports = ground.ports
    proxy, keys = free(2)
    at = f"http://{HOST}:{ports['casefile']}"
    trusted = [{"issuer": ISSUER, "audience": AUDIENCE, "jwks_url": f"http://{HOST}:{keys}/jwks"}]
    environment = ground.service("gateway", NEWSTART_ISSUERS=json.dumps(trusted), NEWSTART_DEMO_ISSUER="false")
    with ExitStack() as stack:
        enter = stack.enter_context
        enter(ground.serving("keys", lambda: peers.key_set(issuer.key_set), keys, {}, ready="/jwks", traced=False))
        yield _Doors(
            service=enter(ground.serving("casefile", producer, ports["casefile"], ground.service("casefile"))),
            gateway=enter(ground.serving("gateway", _gateway, ports["gateway"], environment)),
            proxy=enter(
                ground.serving("proxy", lambda: peers.httpx_proxy(at), proxy, {}, ready="/ready", traced=False)
            ),
            callers=issuer.tokens(),
            signing_key=ground.secrets.internal_signing,
        )


def _gateway() -> Gateway:
    return Gateway(load(GatewaySettings))


def _fill(dsn: str) -> None:
    def work() -> None:
        members = [{"person_id": str(each), "from": "2026-04-01", "to": None} for each in member_ids(4)]
        with psycopg.connect(dsn) as inside:
            inside.execute(
                "insert into known_household (id, sequence, members) values (%s, 1, %s) on conflict do nothing",
                [HOUSEHOLD, json.dumps(members)],
            )

    apart("fill", work)
