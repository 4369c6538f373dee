"""The worker as a whole: it works, says how it is, and stops without losing what it holds."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from kit import clock
from kit.events.bus import Bus
from kit.events.inbox import Consumer, Inbox
from kit.ids import new_id
from kit.run.embedded.ports import free
from kit.run.worker import Worker, build_worker
from kit.service import Service
from kit.store import business_clock, housekeeping
from kit.store.db import Database
from kit.store.timers import set_alarm
from kit.store.unit import UnitOfWork, unit_of_work
from kit.testing.bus import BusServer
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import FaultProxy
from tests.kit import ground
from tests.kit.child import Children
from tests.kit.ground import CAUSE, COUNTER, MAKER, until
from tests.kit.test_inbox import effects


@asynccontextmanager
async def working(service: Service, database_url: str, nats_url: str | None, **changes: Any) -> AsyncIterator[Worker]:
    """A worker in this process."""
    changes = {"metrics_port": free(1)[0], **changes}
    worker = build_worker(service, ground.settings(database_url, nats_url, **changes))
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop.set()
        await asyncio.wait_for(task, 20)


@pytest.fixture
async def laid_out(bus: BusServer, monkeypatch: pytest.MonkeyPatch) -> BusServer:
    # Longer than these tests last: what comes again was given back, not forgotten.
    monkeypatch.setattr("kit.events.topology._ACK_WAIT_SECONDS", 30)
    await ground.lay_out(bus.url("topology"), ground.counter())
    return bus


async def test_from_one_service_to_another_and_into_the_seals(
    store: Database, maker: ServiceDatabase, counter: ServiceDatabase, laid_out: BusServer
) -> None:
    rang: list[Any] = []

    async def ring(unit: UnitOfWork, key: Any) -> None:
        rang.append(key)

    making = ground.service(routers=(), timers={"ring": ring})
    async with (
        working(making, maker.url, laid_out.url(MAKER)),
        working(ground.counter(), counter.url, laid_out.url(COUNTER)),
    ):
        events = await ground.emit_formed(store, *(new_id() for _ in range(5)))
        person = new_id()
        await ground.emit_registered(store, person)
        async with unit_of_work(store, MAKER, CAUSE) as unit:
            unit.accessed("thing/1", [person])
            await set_alarm(unit, "ring", person, clock.business_now())
        await until(lambda: len(effects(counter)) == 5, "the effects")
        await until(lambda: len(counter.rows("select * from known_person")) == 1, "the projection")
        await until(lambda: len(maker.rows("select * from audit_batch")) == 1, "the seal")
        await until(lambda: rang == [person], "the alarm")
    assert effects(counter) == {str(event): 1 for event in events}


@pytest.mark.full
async def test_a_worker_says_how_it_is(maker: ServiceDatabase, laid_out: BusServer) -> None:
    port = free(1)[0]
    async with (
        working(ground.service(routers=()), maker.url, laid_out.url(MAKER), metrics_port=port) as worker,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):

        async def answers() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return (await client.get("/livez")).status_code == 200
            return False

        end = time.monotonic() + 10
        while not await answers() and time.monotonic() < end:  # noqa: ASYNC110  # no event tells of an open port
            await asyncio.sleep(0.02)
        assert (await client.get("/version")).json()["service"] == MAKER
        assert "newstart_outbox_oldest_seconds" in (await client.get("/metrics")).text
        assert (await client.get("/readyz")).status_code == 503
        missing = await client.get("/nothing")
        assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
        await until(lambda: bool(worker._hearts), "the relay to begin")
        worker._hearts.append(type("Stuck", (), {"heartbeat": time.monotonic() - 61})())
        still = await client.get("/livez")
        assert (still.status_code, still.headers["content-type"]) == (503, "application/problem+json")


async def test_a_worker_without_a_bus_waits_for_it_and_stops_when_told(maker: ServiceDatabase) -> None:
    port = free(1)[0]
    async with working(ground.service(routers=()), maker.url, f"nats://casefile:x@127.0.0.1:{port}") as worker:
        await asyncio.sleep(0.5)
        assert not worker.stop.is_set()
        begun = time.monotonic()
    assert time.monotonic() - begun < 3


async def test_a_worker_starts_while_its_database_is_away(maker: ServiceDatabase, laid_out: BusServer) -> None:
    port = int(maker.url.rpartition(":")[2].partition("/")[0])
    async with FaultProxy(port) as proxy:
        proxy.cut()
        url = maker.url.replace(f":{port}/", f":{proxy.port}/")
        async with working(ground.service(routers=()), url, laid_out.url(MAKER)) as worker:
            await asyncio.sleep(0.7)
            assert not worker.stop.is_set()
            proxy.heal()
            database = Database(maker.url)
            await ground.emit_formed(database, new_id())
            await until(lambda: maker.rows("select * from outbox where published_at is null") == [], "the event to go")
            await database.close()


async def test_a_fault_of_ours_ends_the_worker_and_is_told(maker: ServiceDatabase, laid_out: BusServer) -> None:
    """So that whoever keeps it starts it anew, instead of a worker that lives and does nothing."""
    maker.execute("alter table timer rename column due_at to due")
    try:
        worker = build_worker(
            ground.service(routers=(), timers={"ring": ground.count_effect}),
            ground.settings(maker.url, laid_out.url(MAKER), metrics_port=free(1)[0]),
        )
        with pytest.raises(Exception, match="due_at"):
            await asyncio.wait_for(worker.run(), 15)
    finally:
        maker.execute("alter table timer rename column due to due_at")


# Stopping ---------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_a_stop_finishes_what_is_in_hand_and_gives_back_the_rest(
    store: Database, maker: ServiceDatabase, counter: ServiceDatabase, laid_out: BusServer, children: Children
) -> None:
    """A real process and a real SIGTERM; the durable would wait 30 s for what was neither done nor given back."""
    children.work(MAKER, maker.url, laid_out.url(MAKER))
    worker = children.work(COUNTER, counter.url, laid_out.url(COUNTER), body="slow")
    events = await ground.emit_formed(store, *(new_id() for _ in range(3)))
    await until(lambda: "working" in worker.said(), "work in hand")
    later = await ground.emit_formed(store, *(new_id() for _ in range(300)))
    await asyncio.sleep(0.2)
    begun = time.monotonic()
    worker.terminate()
    assert await worker.ended() == 0, worker.said()
    assert time.monotonic() - begun < 5
    done = effects(counter)
    assert set(done) >= {str(event) for event in events[:1]}
    assert set(done.values()) == {1}
    begun = time.monotonic()
    children.work(COUNTER, counter.url, laid_out.url(COUNTER))
    await until(lambda: len(effects(counter)) == 303, "the rest")
    assert time.monotonic() - begun < 15
    assert effects(counter) == {str(event): 1 for event in [*events, *later]}


async def test_a_stop_does_not_wait_longer_than_it_may(
    store: Database, maker: ServiceDatabase, counter: ServiceDatabase, laid_out: BusServer
) -> None:
    from kit.events.handlers import Handlers

    group = Handlers()
    begun = asyncio.Event()

    @group.reaction(ground.FORMED)
    async def forever(unit: UnitOfWork, event: Any) -> None:
        begun.set()
        await ground.count_effect(unit, event)
        await asyncio.sleep(60)

    worker = build_worker(
        ground.counter(group),
        ground.settings(counter.url, laid_out.url(COUNTER), metrics_port=free(1)[0], drain_seconds=0.3),
    )
    task = asyncio.create_task(worker.run())
    async with working(ground.service(routers=()), maker.url, laid_out.url(MAKER)):
        await ground.emit_formed(store, new_id())
        await asyncio.wait_for(begun.wait(), 10)
        worker.stop.set()
        await asyncio.wait_for(task, 5)
    assert effects(counter) == {}


class PaperPull:
    """Hands over one batch, in the very moment of the stop or not."""

    def __init__(self, *batches: list[Any]) -> None:
        self._batches = list(batches)
        self.left: list[Any] = []

    async def next(self, wait_seconds: float = 10) -> list[Any]:
        if self._batches:
            return self._batches.pop(0)
        await asyncio.sleep(wait_seconds)
        return []

    async def stop(self) -> list[Any]:
        return self.left


async def test_what_was_fetched_in_the_moment_of_the_stop_is_given_back(counted: Database) -> None:
    from kit.events.handlers import handled
    from tests.kit.test_inbox import formed, paper

    stop = asyncio.Event()
    first, late, left = paper(formed()), paper(formed()), paper(formed())
    pull = PaperPull([first], [late])
    pull.left = [left]

    class StopsAfterOne(Inbox):
        async def take(self, batch: Any) -> bool:
            done = await super().take(batch)
            stop.set()
            return done

    made = StopsAfterOne(counted, COUNTER, "reactions", handled([ground.handlers], "reactions"))
    await Consumer(pull, made, stop).run()  # type: ignore[arg-type]  # a pull on paper
    assert (first.said, left.said) == (["ack"], ["retry"])
    stop = asyncio.Event()
    pull = PaperPull([late])

    async def stopping() -> list[Any]:
        stop.set()
        return [late]

    pull.next = lambda wait_seconds=10: stopping()  # type: ignore[method-assign]  # stops as it comes
    inbox = Inbox(counted, COUNTER, "reactions", handled([ground.handlers], "reactions"))
    await Consumer(pull, inbox, stop).run()  # type: ignore[arg-type]  # a pull on paper
    assert late.said == ["retry"]


# The bus under it -------------------------------------------------------------------------------------------


async def test_a_pull_goes_on_after_the_bus_was_away(
    store: Database, maker: ServiceDatabase, counter: ServiceDatabase, laid_out: BusServer
) -> None:
    """At once on reconnecting, not when the heartbeats of the old request are missed."""
    async with (
        working(ground.service(routers=()), maker.url, laid_out.url(MAKER)),
        working(ground.counter(), counter.url, laid_out.url(COUNTER)),
    ):
        await ground.emit_formed(store, new_id())
        await until(lambda: len(effects(counter)) == 1, "the first effect")
        laid_out.stop()
        await ground.emit_formed(store, new_id())
        await asyncio.sleep(0.3)
        laid_out.start()
        begun = time.monotonic()
        await until(lambda: len(effects(counter)) == 2, "the second effect")
        assert time.monotonic() - begun < 5


async def test_a_consumer_that_is_not_there_is_asked_for_gently(bus: BusServer) -> None:
    await ground.lay_out(bus.url("topology"))
    line = await Bus.connect(bus.url(COUNTER), COUNTER)
    pull = await line.pull("CASEFILE", "housing-reactions")
    asked = 0
    original = pull._ask

    async def ask(batch: int) -> None:
        nonlocal asked
        asked += 1
        await original(batch)

    pull._ask = ask  # type: ignore[method-assign]
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        await pull.next(0.5)
    assert 1 <= asked <= 4
    # It comes into being: the pull finds it.
    await ground.lay_out(bus.url("topology"), ground.counter())
    maker_line = await Bus.connect(bus.url(MAKER), MAKER)
    from kit.events.bus import Outgoing

    await maker_line.publish([Outgoing("1", f"newstart.{ground.FORMED}", b"{}")])
    found = await pull.next(2) or await pull.next(2)
    assert found[0].body == b"{}"
    await line.close()
    await maker_line.close()


async def test_a_word_lost_to_the_bus_is_no_failure(
    store: Database, maker: ServiceDatabase, counter: ServiceDatabase, counted: Database, laid_out: BusServer
) -> None:
    from kit.events.handlers import handled
    from tests.kit.test_relay import relaying

    out, into = await Bus.connect(laid_out.url(MAKER), MAKER), await Bus.connect(laid_out.url(COUNTER), COUNTER)
    async with relaying(store, out):
        await ground.emit_formed(store, new_id())
        pull = await into.pull("CASEFILE", "housing-reactions")
        batch = await pull.next(5)
    await into.close()
    inbox = Inbox(counted, COUNTER, "reactions", handled([ground.handlers], "reactions"))
    assert await inbox.take(batch)
    assert len(effects(counter)) == 1
    assert counter.rows("select * from dead_letter") == []
    await out.close()


# The clock and the broom ------------------------------------------------------------------------------------


async def test_the_business_clock_follows_its_row(
    store: Database, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.store.business_clock._EVERY_SECONDS", 0.05)
    async with business_clock.followed(store):
        assert abs(clock.business_now() - clock.now()) < timedelta(seconds=1)
        maker.execute("insert into business_clock values (%s, 1, %s)", [new_id(), 90 * 86_400])
        await until(lambda: clock.offset() == timedelta(days=90), "the clock to move")
        maker.execute("update business_clock set offset_seconds = -60")
        await until(lambda: clock.offset() == timedelta(seconds=-60), "the clock to move back")
    assert abs(clock.now() - clock.business_now() - timedelta(seconds=60)) < timedelta(seconds=1)


async def test_the_broom_takes_what_is_old_and_nothing_else(store: Database, maker: ServiceDatabase) -> None:
    keep, go = timedelta(days=99), timedelta(days=101)
    for age in (keep, go):
        await ground.emit_formed(store, new_id(), new_id())
        maker.execute("update outbox set published_at = now() - %s where published_at is null", [age])
    await ground.emit_formed(store, new_id())
    maker.execute("update outbox set created_at = now() - interval '200 days'")
    async with store.sessions.begin() as session:
        for consumer in ("projections", "reactions"):
            for age in (keep, go):
                await session.execute(
                    text("insert into inbox values (:c, :id, now() - cast(:age as interval))"),
                    {"c": consumer, "id": new_id(), "age": age},
                )
        for hours in (23, 25):
            await session.execute(
                text(
                    "insert into idempotency (principal, key, fingerprint, status, headers, body, created_at)"
                    " values ('a', :key, '', 201, '{}', '', now() - make_interval(hours => :hours))"
                ),
                {"key": str(hours), "hours": hours},
            )
        for days in (29, 31):
            await session.execute(
                text("insert into draft values ('a', 'k', :key, '{}', 1, now() - make_interval(days => :days))"),
                {"key": str(days), "days": days},
            )
        await session.execute(
            text("insert into draft values ('a', 'letter', 'x', '{}', 1, now() - interval '9 years')")
        )
    assert await housekeeping.tidy(store, {"letter"}) == 2 + 1 + 1 + 1
    assert await housekeeping.tidy(store, {"letter"}) == 0
    # A kind of draft that nobody forgets.
    assert await housekeeping.tidy(store) == 1
    # What was never published is never thrown away, nor is the memory of what may not happen twice.
    assert len(maker.rows("select * from outbox where published_at is null")) == 1
    assert len(maker.rows("select * from outbox")) == 3
    assert maker.rows("select consumer, count(*) as n from inbox group by 1 order by 1") == [
        {"consumer": "projections", "n": 1},
        {"consumer": "reactions", "n": 2},
    ]
    assert maker.rows("select key from idempotency") == [{"key": "23"}]
    assert maker.rows("select key from draft") == [{"key": "29"}]
