"""The bus: from the outbox of one service to the committed effect in another, at full speed and at a steady pace."""

import asyncio
import random
import signal
import statistics
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import uvloop
from opentelemetry import trace

from benchmarks import bus_peers
from benchmarks.ground import Child, Failed, Ground, apart
from benchmarks.rounds import Size, in_turn
from benchmarks.small_service import CONSUMER, FORMED, PRODUCER, member_ids, state
from benchmarks.table import Row
from kit.events.bus import Bus
from kit.events.handlers import KINDS, handled
from kit.events.topology import declare, durables
from kit.ids import new_id
from kit.run import telemetry
from kit.run.embedded.environments import ADMIN
from kit.run.embedded.nats import NatsServer
from kit.run.worker import build_worker
from kit.service import Service
from kit.settings import Settings, load
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work

T = TypeVar("T")
_PATIENCE_SECONDS = 60.0
_PACE = 200  # events a second
_EVENTS_AN_AGGREGATE = 10
_SLOWER = 10
_CHANNEL = "bench_effect"
# The database itself says when an effect is committed: a notification leaves with the commit.
_TELL = f"""
create or replace function bench_tell() returns trigger language plpgsql as
$$ begin perform pg_notify('{_CHANNEL}', new.event_id::text); return null; end $$;
create or replace trigger bench_tell after insert on bench_effect for each row execute function bench_tell();
"""
_TELL_NO_MORE = "drop trigger bench_tell on bench_effect"


@dataclass(frozen=True, slots=True)
class _Flood:
    """Events a second, and the processor time of relay and consumer for each, in milliseconds."""

    per_second: float
    relay: float
    consumer: float


def run(size: Size, ground: Ground) -> list[Row]:
    """Events a second with a bus that syncs every write and with one that does not; the time to a visible effect."""
    for name in (PRODUCER.name, CONSUMER.name):
        ground.database(name)
    apart("clean", lambda: _cleaned(ground))
    fewer = max(size.events // _SLOWER, 50)
    with ground.bus(syncs=True) as bus, _workers(ground, bus) as workers:
        slow = _in_turn(size, ground, bus, workers, fewer, fewer)
        paced = apart("paced", lambda: _traced(_paced(ground, size.paced_seconds)))
    with ground.bus(syncs=False) as bus, _workers(ground, bus) as workers:
        fast = _in_turn(size, ground, bus, workers, size.events, fewer)
    _each_once(ground)
    p50, p99 = (statistics.quantiles(paced, n=100)[percent - 1] for percent in (50, 99))
    return [
        _row("Bus: outbox to effect, bus syncs every write", slow, "As deployed on one node: sync_interval always."),
        Row(
            f"Bus: commit to visible at {_PACE}/s, p99",
            p99,
            None,
            None,
            "ms",
            "under 60",
            "From the producer's commit to the consumer's, as PostgreSQL tells it; the bus syncs every write. Median"
            f" {p50:.1f} ms.",
            p99 < 60,
        ),
        _row("Bus: outbox to effect, bus syncs as NATS does", fast, "With NATS's own interval instead."),
    ]


def _in_turn(
    size: Size, ground: Ground, bus: NatsServer, workers: "_Workers", events: int, fewer: int
) -> dict[str, list[Any]]:
    # The first events also wait for imports and first connections.
    _flooded(ground, workers, 50)
    return in_turn(
        size.rounds,
        {
            "ours": lambda: _flooded(ground, workers, events),
            "peer": lambda: bus_peers.faststream(ground, bus.address(ADMIN), fewer),
            "limit": lambda: apart("limit", lambda: uvloop.run(bus_peers.jetstream(bus.address(ADMIN), events))),
        },
    )


def _row(what: str, found: dict[str, list[Any]], how: str) -> Row:
    ours: list[_Flood] = found["ours"]
    limit: list[bus_peers.JetStream] = found["limit"]
    rate = statistics.median(each.per_second for each in ours)
    relay = statistics.median(each.relay for each in ours)
    consumer = statistics.median(each.consumer for each in ours)
    publish = statistics.median(each.publish for each in limit)
    take = statistics.median(each.take for each in limit)
    return Row(
        what,
        rate,
        statistics.median(found["peer"]),
        statistics.median(each.slower for each in limit),
        "events/s",
        "4,000",
        f"{how} Events of one large commit, through one relay and one consumer; that each took effect exactly once is"
        f" counted. Processor time an event: relay {relay:.3f} ms, consumer {consumer:.3f} ms. Limit: the slower of"
        f" JetStream's own publish ({publish:,.0f}/s) and pull + ack ({take:,.0f}/s). Peer: FastStream, one transaction"
        " a message, from the stream alone.",
        rate >= 4000,
    )


@dataclass(frozen=True, slots=True)
class _Workers:
    """The two sides."""

    producer: Child
    consumer: Child


@contextmanager
def _workers(ground: Ground, bus: NatsServer) -> Iterator[_Workers]:
    """The producer's and the consumer's worker as they are deployed, each in its process."""
    apart("topology", lambda: uvloop.run(_declare(bus.address("topology"))))
    with ExitStack() as stack:
        yield _Workers(
            *(
                stack.enter_context(
                    ground.running(f"{service.name}-worker", partial(_work, service), ground.service(service.name))
                )
                for service in (PRODUCER, CONSUMER)
            )
        )


def _work(service: Service) -> None:
    async def work() -> None:
        worker = build_worker(service, load(Settings))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop.set)
        await worker.run()

    telemetry.set_up(service.name, "worker", "bench")
    uvloop.run(work())


async def _declare(nats_url: str) -> None:
    async with asyncio.timeout(15):
        bus = await Bus.connect(nats_url, "topology")
        types = {kind: handled(CONSUMER.handlers, kind) for kind in KINDS}
        await declare(bus, durables(CONSUMER.name, types))
        await bus.close()


def _flooded(ground: Ground, workers: _Workers, events: int) -> _Flood:
    before = [each.busy_seconds() for each in (workers.producer, workers.consumer)]
    rate = apart("flood", lambda: _traced(_flood(ground, events)))
    relay, consumer = (
        (each.busy_seconds() - began) * 1000 / events
        for each, began in zip((workers.producer, workers.consumer), before, strict=True)
    )
    return _Flood(rate, relay, consumer)


def _traced(work: Coroutine[Any, Any, T]) -> T:
    telemetry.set_up("bench", "feeder", "bench")
    return uvloop.run(work)


async def _flood(ground: Ground, events: int) -> float:
    """Events a second from one large commit to the last effect."""
    database = Database(ground.database("casefile"), pool=2, name="bench")
    async with await psycopg.AsyncConnection.connect(ground.dsn("grants"), autocommit=True) as outside:
        before = await _effects(outside)
        households = [new_id() for _ in range(max(events // _EVENTS_AN_AGGREGATE, 1))]
        rng = random.Random(events)
        versions = dict.fromkeys(households, 0)
        async with _unit(database) as unit:
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
            async with _unit(database) as unit:
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


@asynccontextmanager
async def _unit(database: Database) -> AsyncIterator[UnitOfWork]:
    """A unit of work within a span, as a request's is: the events carry its trace."""
    cause = Cause(actor="worker-1", purpose="front_door", action="casefile.household.form")
    with trace.get_tracer("bench").start_as_current_span("commit"):
        async with unit_of_work(database, PRODUCER.name, cause) as unit:
            yield unit


async def _effects(outside: psycopg.AsyncConnection) -> int:
    cursor = await outside.execute("select coalesce(max(number), 0) from bench_effect")
    row = await cursor.fetchone()
    assert row is not None, "an aggregate has a row"
    return int(row[0])


def _cleaned(ground: Ground) -> None:
    # What an earlier benchmark committed must neither be counted here nor be in the relay's way.
    with psycopg.connect(ground.dsn(PRODUCER.name)) as producer:
        producer.execute("truncate outbox")


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
