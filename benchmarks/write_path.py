"""The write path: a POST that saves, audits, emits and keeps its answer, beside an endpoint that only saves."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from uuid import uuid4

import psycopg
import uvloop

from benchmarks import peers
from benchmarks.callers import internal_tokens
from benchmarks.door_load import Measured, cost, measure, per_second
from benchmarks.ground import Ground, Server, apart
from benchmarks.http_load import NextRequest, request
from benchmarks.rounds import Size, in_turn, middle
from benchmarks.small_service import FORMED, member_ids, producer
from benchmarks.table import Row
from kit.ids import new_id
from kit.run.embedded.ports import free

_CONNECTIONS = peers.POOL
_BODY = {
    "kind": "family",
    "formed_on": "2026-04-01",
    "member_ids": [str(each) for each in member_ids(3)],
    "note": "Came with a letter about the rent",
}
_ROW = (
    "insert into bench_household (id, kind, formed_on, member_ids, note) values (%(id)s, %(kind)s, %(formed_on)s,"
    " %(member_ids)s::json, %(note)s)"
)
_OUTBOX = (
    "insert into outbox (event_id, type, subject, aggregate_id, sequence, envelope)"
    " values (%(event_id)s, %(type)s, %(subject)s, %(id)s, 1, %(envelope)s)"
)


def run(size: Size, ground: Ground) -> list[Row]:
    """One row."""
    dsn = ground.dsn("casefile")
    environment = ground.service("casefile", NEWSTART_DATABASE_POOL=str(_CONNECTIONS))
    with (
        ground.serving("casefile", producer, ground.ports["casefile"], environment) as ours,
        ground.serving("bare", peers.bare_endpoint, free(1)[0], environment, ready="/ready", traced=False) as bare,
    ):
        contenders: dict[str, Callable[[], Measured | float]] = {
            "ours": lambda: _post(ours, _kept(ground.secrets.internal_signing), size.seconds),
            "peer": lambda: _post(bare, _plain, size.seconds),
            "limit": lambda: apart("limit", lambda: uvloop.run(_limit(dsn, size.seconds))),
        }
        doors = in_turn(size.rounds, contenders)
    figures = middle(doors, lambda found: found if isinstance(found, float) else per_second(found))
    costs = {name: cost([each for each in doors[name] if isinstance(each, Measured)]) for name in ("ours", "peer")}
    return [
        Row(
            "Write: POST that saves, audits, emits, keeps its key",
            figures["ours"],
            figures["peer"],
            figures["limit"],
            "req/s",
            "0.60 of peer",
            f"{_CONNECTIONS} connections to the door and to PostgreSQL, which syncs every commit. Peer: FastAPI +"
            " SQLAlchemy endpoint that inserts the same row and nothing else. Limit: row and outbox row in one"
            f" transaction, bare psycopg, no HTTP. Processor time a request: ours {costs['ours']}, the peer"
            f" {costs['peer']}.",
            figures["ours"] >= 0.60 * figures["peer"],
        )
    ]


def _post(server: Server, requests: NextRequest, seconds: float) -> Measured:
    return measure(server, requests, connections=_CONNECTIONS, seconds=seconds)


def _plain() -> bytes:
    return request("POST", "/households", {}, json.dumps(_BODY).encode())


def _kept(signing_key: Mapping[str, object]) -> Callable[[], bytes]:
    tokens = internal_tokens(dict(signing_key), "casefile.household.form")
    body = json.dumps(_BODY).encode()
    made = 0

    def following() -> bytes:
        nonlocal made
        made += 1
        fields = {"authorization": f"Bearer {tokens[made % len(tokens)]}", "idempotency-key": str(uuid4())}
        return request("POST", "/v1/casefile/households", fields, body)

    return following


async def _limit(dsn: str, seconds: float) -> float:
    """Transactions a second over as many connections."""
    async with asyncio.timeout(seconds + 30):
        lines = [await psycopg.AsyncConnection.connect(dsn, autocommit=True) for _ in range(_CONNECTIONS)]
        envelope = json.dumps({"id": str(new_id()), "data": _BODY, "padding": "x" * 600})
        began = time.perf_counter()
        end = began + seconds

        async def write(line: psycopg.AsyncConnection) -> int:
            done = 0
            while time.perf_counter() < end:
                values = {
                    **_BODY,
                    "id": new_id(),
                    "member_ids": json.dumps(_BODY["member_ids"]),
                    "event_id": new_id(),
                    "type": FORMED,
                    "subject": f"newstart.{FORMED}",
                    "envelope": envelope,
                }
                async with line.transaction():
                    await line.execute(_ROW, values)
                    await line.execute(_OUTBOX, values)
                done += 1
            return done

        done = sum(await asyncio.gather(*map(write, lines)))
        took = time.perf_counter() - began
        for line in lines:
            await line.close()
        return done / took
