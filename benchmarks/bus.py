"""The bus: from the outbox of one service to the committed effect in another, at full speed and at a steady pace."""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from uuid import UUID

import psycopg
import uvloop

from benchmarks import bus_peers
from benchmarks.ground import Failed, Ground, apart
from benchmarks.rounds import Size, in_turn, middle
from benchmarks.small_service import CONSUMER, FORMED, PRODUCER, member_ids, state
from benchmarks.table import Row
from kit.events.bus import Bus
from kit.events.handlers import KINDS, handled
from kit.events.topology import declare, durables
from kit.ids import new_id
from kit.run import telemetry
from kit.run.worker import build_worker
from kit.service import Service
from kit.settings import Settings, load
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work

_PATIENCE_SECONDS = 60.0
_PACE = 200  # events a second
_EVENTS_AN_AGGREGATE = 10
_PEER_SHARE = 10
_CHANNEL = "bench_effect"
# The database itself says when an effect is committed: a notification leaves with the commit.
_TELL = f"""
create or replace function bench_tell() returns trigger language plpgsql as
$$ begin perform pg_notify('{_CHANNEL}', new.event_id::text); return null; end $$;
create or replace trigger bench_tell after insert on bench_effect for each row execute function bench_tell();
"""
_TELL_NO_MORE = "drop trigger bench_tell on bench_effect"


def run(size: Size, ground: Ground) -> list[Row]:
    """Two rows: events a second, and the time from commit to visible effect at a steady pace."""
    ground.database("casefile"), ground.database("grants")
    apart("topology", lambda: uvloop.run(_declare(ground.nats_url("topology"))))
    fewer = max(size.events // _PEER_SHARE, 50)
    with _workers(ground):
        # The first events also wait for imports and first connections.
        apart("warm", lambda: uvloop.run(_flood(ground, 50)))
        through = in_turn(
            size.rounds,
            {
                "ours": lambda: apart("flood", lambda: uvloop.run(_flood(ground, size.events))),
                "peer": lambda: bus_peers.faststream(ground, fewer),
                "limit": lambda: apart("limit", lambda: uvloop.run(bus_peers.jetstream(ground, size.events))),
            },
        )
        paced = apart("paced", lambda: uvloop.run(_paced(ground, size.paced_seconds)))
    _each_once(ground)
    figures = middle(through, lambda found: found if isinstance(found, float) else found.slower)
    publish, take = (
        statistics.median(figure(each) for each in through["limit"] if isinstance(each, bus_peers.JetStream))
        for figure in (lambda each: each.publish, lambda each: each.take)
    )
    return [
        Row(
            "Bus: outbox to committed effect",
            figures["ours"],
            figures["peer"],
            figures["limit"],
            "events/s",
            "4,000",
            f"{size.events:,} events committed at once, through one relay and one consumer; each took effect exactly"
            " once (counted). JetStream syncs every write (sync_interval always), as deployed. Limit: the slower of"
            f" JetStream's own publish ({publish:,.0f}/s) and pull + ack ({take:,.0f}/s). Peer: FastStream, one"
            f" transaction a message, {fewer:,} events published straight to the stream.",
            figures["ours"] >= 4000,
        ),
        Row(
            f"Bus: commit to visible at {_PACE}/s, p99",
            _percentile(paced, 99),
            None,
            None,
            "ms",
            "under 60",
            f"From the producer's commit to the consumer's, as PostgreSQL tells it. Median {_percentile(paced, 50):.1f}"
            " ms.",
            _percentile(paced, 99) < 60,
        ),
    ]


@contextmanager
def _workers(ground: Ground) -> Iterator[None]:
    """The producer's and the consumer's worker as they are deployed, each in its process."""
    with ExitStack() as stack:
        for service in (PRODUCER, CONSUMER):
            environment = ground.service(service.name)
            stack.enter_context(ground.running(f"{service.name}-worker", partial(_work, service), environment))
        yield


def _work(service: Service) -> None:
    async def work() -> None:
        await build_worker(service, load(Settings)).run()

    telemetry.set_up(service.name, "worker", "bench")
    uvloop.run(work())


async def _declare(nats_url: str) -> None:
    async with asyncio.timeout(15):
        bus = await Bus.connect(nats_url, "topology")
        types = {kind: handled(CONSUMER.handlers, kind) for kind in KINDS}
        await declare(bus, durables(CONSUMER.name, types))
        await bus.close()


async def _flood(ground: Ground, events: int) -> float:
    """Events a second from one large commit to the last effect."""
    database = Database(ground.database("casefile"), pool=2, name="bench")
    async with await psycopg.AsyncConnection.connect(ground.dsn("grants"), autocommit=True) as outside:
        before = await _effects(outside)
        households = [new_id() for _ in range(max(events // _EVENTS_AN_AGGREGATE, 1))]
        rng = random.Random(events)
        versions = dict.fromkeys(households, 0)
        async with unit_of_work(database, "casefile", _cause()) as unit:
            for _ in range(events):
                household = rng.choice(households)
                versions[household] += 1
                _emit(unit, household, versions[household])
        began = time.perf_counter()
        while await _effects(outside) < before + events:
            if time.perf_counter() - began > _PATIENCE_SECONDS:
                raise Failed(f"{await _effects(outside) - before} of {events} events arrived")
            await asyncio.sleep(0.01)
        took = time.perf_counter() - began
    await database.close()
    return events / took


async def _paced(ground: Ground, seconds: float) -> list[float]:
    """Milliseconds from each commit to its visible effect, at a steady pace of commits of one event."""
    database = Database(ground.database("casefile"), pool=10, name="bench")
    committed: dict[UUID, float] = {}
    visible: dict[UUID, float] = {}
    dsn = ground.dsn("grants")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as outside:
        await outside.execute(_TELL)
        await outside.execute(f"listen {_CHANNEL}")

        async def watch() -> None:
            async for told in outside.notifies():
                visible[UUID(told.payload)] = time.perf_counter()

        async def commit() -> None:
            async with unit_of_work(database, "casefile", _cause()) as unit:
                event_id = _emit(unit, new_id(), 1)
            committed[event_id] = time.perf_counter()

        watching = asyncio.create_task(watch())
        began = time.perf_counter()
        commits = []
        for number in range(int(seconds * _PACE)):
            await asyncio.sleep(max(0.0, began + number / _PACE - time.perf_counter()))
            commits.append(asyncio.create_task(commit()))
        await asyncio.gather(*commits)
        limit = time.perf_counter() + _PATIENCE_SECONDS
        while not committed.keys() <= visible.keys():
            if time.perf_counter() > limit:
                raise Failed(f"{len(visible)} of {len(committed)} events arrived")
            await asyncio.sleep(0.05)
        watching.cancel()
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as outside:
        await outside.execute(_TELL_NO_MORE)
    await database.close()
    # Seen before the committing side had its answer: visible at once.
    return [max(0.0, visible[each] - committed[each]) * 1000 for each in committed]


def _emit(unit: UnitOfWork, household: UUID, version: int) -> UUID:
    data = state(household, member_ids(3), date(2026, 4, 1))
    return unit.emit(FORMED, data, aggregate_id=household, sequence=version)


def _cause() -> Cause:
    return Cause(actor="worker-1", purpose="front_door", action="casefile.household.form")


async def _effects(outside: psycopg.AsyncConnection) -> int:
    cursor = await outside.execute("select coalesce(max(number), 0) from bench_effect")
    row = await cursor.fetchone()
    assert row is not None, "an aggregate has a row"
    return int(row[0])


def _each_once(ground: Ground) -> None:
    """Raises Failed unless the effects are exactly the events that were put on the bus."""

    def counted() -> tuple[int, int, int]:
        with psycopg.connect(ground.dsn("grants")) as consumer, psycopg.connect(ground.dsn("casefile")) as producer:
            effects = consumer.execute("select count(*), count(distinct event_id) from bench_effect").fetchone()
            sent = producer.execute("select count(*) from outbox where type = %s", [FORMED]).fetchone()
            assert effects is not None, "an aggregate has a row"
            assert sent is not None, "an aggregate has a row"
            return int(effects[0]), int(effects[1]), int(sent[0])

    effects, different, sent = apart("count", counted)
    if not effects == different == sent:
        raise Failed(f"{sent} events were committed; {effects} effects of {different} events came of them")


def _percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]

