"""The relay: every committed event reaches the bus, in order for each aggregate, whoever falls over meanwhile."""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import nats
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.events.bus import Bus, Outgoing
from kit.events.relay import Relay, Row, _outgoing, waves
from kit.ids import new_id
from kit.store.db import Database
from kit.store.unit import unit_of_work
from kit.testing.bus import BusServer
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import FaultProxy
from tests.kit import ground
from tests.kit.child import Children
from tests.kit.ground import MAKER, until

pytestmark = pytest.mark.timeout(60)


def rows(aggregates: Sequence[int]) -> list[Row]:
    return [Row(number, uuid4(), "s", UUID(int=each), "{}", 0.0) for number, each in enumerate(aggregates, start=1)]


@given(st.lists(st.integers(0, 5), max_size=60))
def test_waves_keep_every_row_once_and_the_order_of_each_aggregate(aggregates: list[int]) -> None:
    given_rows = rows(aggregates)
    made = list(waves(given_rows))
    assert sorted(row.id for wave in made for row in wave) == [row.id for row in given_rows]
    for wave in made:
        assert wave
        assert max(Counter(row.aggregate_id for row in wave).values()) == 1
    for aggregate in set(aggregates):
        own = [row.id for wave in made for row in wave if row.aggregate_id == UUID(int=aggregate)]
        assert own == sorted(own)
    # As few as can be.
    assert len(made) == max(Counter(aggregates).values(), default=0)


# Without a bus --------------------------------------------------------------------------------------------


class PaperBus:
    """Takes what is published, and refuses some aggregates."""

    def __init__(self, refused: set[UUID]) -> None:
        self.connected = True
        self.refused = refused
        self.taken: list[tuple[UUID, int]] = []

    async def publish(self, wave: Sequence[Outgoing]) -> list[bool]:
        answers = []
        for message in wave:
            envelope = json.loads(message.body)
            subject = UUID(envelope["subject"])
            if subject not in self.refused:
                self.taken.append((subject, int(envelope["sequence"])))
            answers.append(subject not in self.refused)
        return answers


@asynccontextmanager
async def relaying(database: Database, bus: Any) -> AsyncIterator[Relay]:
    relay = Relay(database, bus, MAKER)
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        relay.stop()
        await asyncio.wait_for(task, 10)


def waiting(maker: ServiceDatabase) -> int:
    return int(maker.rows("select count(*) as n from outbox where published_at is null")[0]["n"])


async def test_a_refused_publish_holds_up_its_own_aggregate_only(store: Database, maker: ServiceDatabase) -> None:
    bad, good = new_id(), new_id()
    for sequence in (1, 2, 3):
        await ground.emit_formed(store, bad, good, sequence=sequence)
    bus = PaperBus({bad})
    async with relaying(store, bus):
        await until(lambda: waiting(maker) == 3, "the good ones to go")
        assert bus.taken == [(good, 1), (good, 2), (good, 3)]
        bus.refused = set()
        await until(lambda: waiting(maker) == 0, "the bad ones to go")
    assert bus.taken[3:] == [(bad, 1), (bad, 2), (bad, 3)]


async def test_what_was_refused_once_is_not_overtaken(store: Database, maker: ServiceDatabase) -> None:
    household = new_id()
    for sequence in (1, 2, 3):
        await ground.emit_formed(store, household, sequence=sequence)

    class RefusesTheFirst(PaperBus):
        async def publish(self, wave: Sequence[Outgoing]) -> list[bool]:
            answers = await super().publish(wave)
            self.refused = set()
            return answers

    bus = RefusesTheFirst({household})
    async with relaying(store, bus):
        await until(lambda: waiting(maker) == 0, "all to go")
    assert bus.taken == [(household, 1), (household, 2), (household, 3)]


async def test_nothing_is_tried_while_the_bus_is_away(store: Database, maker: ServiceDatabase) -> None:
    await ground.emit_formed(store, new_id())
    bus = PaperBus(set())
    bus.connected = False
    async with relaying(store, bus):
        await asyncio.sleep(0.3)
        assert bus.taken == []
        bus.connected = True
        await until(lambda: waiting(maker) == 0, "it to go")
    assert len(bus.taken) == 1


async def test_a_slow_transaction_with_a_low_number_is_not_passed_over(store: Database, maker: ServiceDatabase) -> None:
    """What a reader of "id greater than the last seen" would lose for ever."""
    bus = PaperBus(set())
    slow, quick = new_id(), new_id()
    async with relaying(store, bus):
        async with unit_of_work(store, MAKER, ground.CAUSE) as unit:
            ground.announce(unit, slow)
            await unit._write(unit._outbox, [])
            unit._outbox.clear()
            await ground.emit_formed(store, quick)
            await until(lambda: bus.taken == [(quick, 1)], "the quick one to go")
        await until(lambda: len(bus.taken) == 2, "the slow one to go")
    ids = {row["aggregate_id"]: row["id"] for row in maker.rows("select id, aggregate_id from outbox")}
    assert ids[slow] < ids[quick]
    assert bus.taken[1] == (slow, 1)


async def test_a_commit_wakes_the_relay(store: Database, maker: ServiceDatabase) -> None:
    bus = PaperBus(set())
    async with relaying(store, bus):
        await asyncio.sleep(0.2)
        delays: list[float] = []
        for number in range(5):
            await asyncio.sleep(0.1)
            begun = asyncio.get_running_loop().time()
            await ground.emit_formed(store, new_id())
            await until(lambda number=number: len(bus.taken) > number, "it to go")  # type: ignore[misc]  # default bound
            delays.append(asyncio.get_running_loop().time() - begun)
        # The safety poll alone, a second after the one before, would take nine tenths.
        assert sorted(delays)[2] < 0.5, delays


async def test_one_relay_leads_and_another_takes_over(
    store: Database, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.events.relay._STANDBY_SECONDS", 0.05)
    port = int(maker.url.rpartition(":")[2].partition("/")[0])
    async with FaultProxy(port) as proxy:
        cut_off = Database(maker.url.replace(f":{port}/", f":{proxy.port}/"), name="leader")

        class Slow(PaperBus):
            """Leaves time for another to see what is not marked yet."""

            async def publish(self, wave: Sequence[Outgoing]) -> list[bool]:
                await asyncio.sleep(0.3)
                return await super().publish(wave)

        first, second = Slow(set()), PaperBus(set())
        async with relaying(cut_off, first):
            await ground.emit_formed(store, new_id())
            await until(lambda: len(first.taken) == 1, "the first relay to lead")
            async with relaying(store, second):
                await ground.emit_formed(store, *(new_id() for _ in range(20)))
                await until(lambda: waiting(maker) == 0, "all to go")
                await asyncio.sleep(0.2)
                assert second.taken == []
                holders = maker.rows(
                    "select count(*) as n from pg_locks join pg_database on pg_database.oid = pg_locks.database"
                    " where locktype = 'advisory' and granted and datname = current_database()"
                )
                assert holders[0]["n"] == 1
                proxy.cut()
                households = [new_id() for _ in range(5)]
                await ground.emit_formed(store, *households)
                await until(lambda: waiting(maker) == 0, "the second relay to take over")
                assert {household for household, _ in second.taken} == set(households)
        await cut_off.close()


async def test_a_stop_finishes_the_wave_in_hand(store: Database, maker: ServiceDatabase) -> None:
    household = new_id()
    for sequence in range(1, 6):
        await ground.emit_formed(store, household, sequence=sequence)

    class Slow(PaperBus):
        async def publish(self, wave: Sequence[Outgoing]) -> list[bool]:
            await asyncio.sleep(0.3)
            return await super().publish(wave)

    bus = Slow(set())
    async with relaying(store, bus) as relay:
        await asyncio.sleep(0.2)
        relay.stop()
    assert len(bus.taken) == 1
    assert waiting(maker) == 4


async def test_the_wake_up_survives_its_own_connection(store: Database, maker: ServiceDatabase) -> None:
    await ground.emit_formed(store, new_id())
    await asyncio.sleep(0.1)
    with psycopg.connect(maker.dsn, autocommit=True) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and query = 'notify outbox'"
        )
    bus = PaperBus(set())
    async with relaying(store, bus):
        for _ in range(3):
            await ground.emit_formed(store, new_id())
            await asyncio.sleep(0.05)
        await until(lambda: waiting(maker) == 0, "all to go")


def test_the_trace_is_read_from_our_own_text() -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with_trace = f'{{"specversion":"1.0","traceparent":"{parent}","data":{{"traceparent":"no"}}}}'
    without = '{"specversion":"1.0","data":{"x":1,"traceparent":"no"}}'
    assert _outgoing(Row(1, uuid4(), "s", uuid4(), with_trace, 0)).traceparent == parent
    assert _outgoing(Row(1, uuid4(), "s", uuid4(), without, 0)).traceparent is None


# With a bus -------------------------------------------------------------------------------------------------


async def stored(bus: BusServer, stream: str = "CASEFILE") -> list[dict[str, Any]]:
    """What the stream holds, in its order."""
    client = await nats.connect(bus.url("admin"))
    try:
        context = client.jetstream()
        last = (await context.stream_info(stream)).state.last_seq
        found = [await context.get_msg(stream, number) for number in range(1, last + 1)]
        return [json.loads(message.data or b"") for message in found]
    finally:
        await client.close()


async def test_events_reach_their_stream_in_order(store: Database, maker: ServiceDatabase, bus: BusServer) -> None:
    await ground.lay_out(bus.url("topology"))
    households = [new_id() for _ in range(6)]
    for sequence in range(1, 6):
        await ground.emit_formed(store, *households, sequence=sequence)
    line = await Bus.connect(bus.url(MAKER), MAKER)
    async with relaying(store, line):
        await until(lambda: waiting(maker) == 0, "all to go")
    await line.close()
    messages = await stored(bus)
    assert len(messages) == 30
    for household in households:
        sequences = [int(each["sequence"]) for each in messages if each["subject"] == str(household)]
        assert sequences == [1, 2, 3, 4, 5]


async def test_a_bus_that_was_away_gets_everything(store: Database, maker: ServiceDatabase, bus: BusServer) -> None:
    await ground.lay_out(bus.url("topology"))
    line = await Bus.connect(bus.url(MAKER), MAKER)
    household = new_id()
    async with relaying(store, line):
        await ground.emit_formed(store, household)
        await until(lambda: waiting(maker) == 0, "the first to go")
        bus.stop()
        for sequence in range(2, 12):
            await ground.emit_formed(store, household, sequence=sequence)
        await asyncio.sleep(0.5)
        assert waiting(maker) == 10
        bus.start()
        await until(lambda: waiting(maker) == 0, "the others to go")
    await line.close()
    assert [int(each["sequence"]) for each in await stored(bus)] == list(range(1, 12))


async def test_what_the_bus_never_takes_does_not_use_up_the_line(store: Database, bus: BusServer) -> None:
    """nats-py keeps a place for each publish that raised; with no place left it would publish no more."""
    await ground.lay_out(bus.url("topology"))
    line = await Bus.connect(bus.url(MAKER), MAKER)
    line._jetstream._publish_async_pending_semaphore = asyncio.Semaphore(3)
    large = Outgoing("1", "newstart.casefile.household.formed", b"x" * 2_000_000)
    for _ in range(5):
        assert await line.publish([large]) == [False]
    small = Outgoing("2", "newstart.casefile.household.formed", b"{}")
    assert await asyncio.wait_for(line.publish([small]), 3) == [True]
    await line.close()


async def test_a_service_may_not_speak_for_another(bus: BusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.events.bus._ACK_TIMEOUT_SECONDS", 0.3)
    await ground.lay_out(bus.url("topology"))
    line = await Bus.connect(bus.url("triage"), "triage")
    assert await line.publish([Outgoing("1", "newstart.casefile.household.formed", b"{}")]) == [False]
    assert await line.publish([Outgoing("2", "newstart.vault.risk.casefile", b"{}")]) == [False]
    assert await line.publish([Outgoing("3", "newstart.triage.contact.received", b"{}")]) == [True]
    assert await line.publish([Outgoing("4", "newstart.vault.risk.triage", b"{}")]) == [True]
    await line.close()


@pytest.mark.full
async def test_a_crash_between_the_bus_and_the_mark_repeats_nothing(
    store: Database, maker: ServiceDatabase, bus: BusServer, children: Children
) -> None:
    await ground.lay_out(bus.url("topology"))
    households = [new_id() for _ in range(10)]
    await ground.emit_formed(store, *households)
    first = children.work(MAKER, maker.url, bus.url(MAKER), crash_at="relay:after-ack-before-mark")
    assert await first.ended() == 9, first.said()
    assert waiting(maker) == 10
    assert len(await stored(bus)) == 10
    second = children.work(MAKER, maker.url, bus.url(MAKER))
    await until(lambda: waiting(maker) == 0, "the second to mark them")
    assert second.code is None
    assert {UUID(each["subject"]) for each in await stored(bus)} == set(households)
    assert len(await stored(bus)) == 10


@pytest.mark.parametrize(("environment", "code"), [("test", 9), ("production", 0), ("demo", 0), ("", 0)])
def test_crash_points_are_for_tests_alone(environment: str, code: int) -> None:
    variables = {**os.environ, "NEWSTART_CRASH_AT": "here", "NEWSTART_ENVIRONMENT": environment}
    program = "from kit.crash_points import reached; reached('there'); reached('here')"
    assert subprocess.run([sys.executable, "-c", program], env=variables, check=False).returncode == code
