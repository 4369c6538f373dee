"""Alarms: set with the effect, fired once by the business clock, and never stopped by one that fails."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from kit import clock
from kit.ids import new_id
from kit.store.db import Database
from kit.store.timers import Timers, cancel, set_alarm
from kit.store.unit import UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import FaultProxy
from tests.kit import ground
from tests.kit.ground import CAUSE, MAKER

SOON, PAST = timedelta(hours=1), timedelta(seconds=-1)


async def ring(unit: UnitOfWork, key: UUID) -> None:
    await unit.session.execute(insert(ground.Effect).values(event_id=key, note=unit.cause.actor))


async def fail(unit: UnitOfWork, key: UUID) -> None:
    await ring(unit, key)
    raise KeyError("Ada Lovelace")


async def dawdle(unit: UnitOfWork, key: UUID) -> None:
    await unit.session.execute(text("set local statement_timeout = 20"))
    await unit.session.execute(text("select pg_sleep(1)"))


def timers(store: Database) -> Timers:
    return Timers(store, MAKER, {"ring": ring, "fail": fail, "dawdle": dawdle})


async def alarm(store: Database, name: str = "ring", due: timedelta = PAST, key: UUID | None = None) -> UUID:
    key = key or new_id()
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        await set_alarm(unit, name, key, clock.business_now() + due)
    return key


def rung(maker: ServiceDatabase) -> list[UUID]:
    return [row["event_id"] for row in maker.rows("select event_id from effect order by number")]


async def test_what_is_due_rings_once_in_order(store: Database, maker: ServiceDatabase) -> None:
    later = await alarm(store, due=timedelta(seconds=-1))
    first = await alarm(store, due=timedelta(seconds=-60))
    await alarm(store, due=SOON)
    made = timers(store)
    assert [await made.fire_one() for _ in range(3)] == [True, True, False]
    assert rung(maker) == [first, later]
    assert maker.rows("select distinct note from effect") == [{"note": "system:casefile"}]
    assert len(maker.rows("select * from timer where fired_at is null")) == 1


async def test_several_who_fire_at_once_fire_each_once(store: Database, maker: ServiceDatabase) -> None:
    keys = {await alarm(store) for _ in range(12)}

    async def fire_all() -> None:
        made = timers(store)
        while await made.fire_one():
            pass

    await asyncio.gather(*(fire_all() for _ in range(4)))
    assert sorted(rung(maker)) == sorted(keys)


async def test_an_alarm_set_again_is_moved(store: Database, maker: ServiceDatabase) -> None:
    key = await alarm(store, due=PAST)
    await alarm(store, due=SOON, key=key)
    assert not await timers(store).fire_one()
    await alarm(store, due=PAST, key=key)
    assert await timers(store).fire_one()
    assert rung(maker) == [key]
    # One that has rung may be set anew.
    await alarm(store, due=PAST, key=key)
    assert await timers(store).fire_one()
    assert rung(maker) == [key, key]


async def test_an_alarm_taken_back_does_not_ring(store: Database, maker: ServiceDatabase) -> None:
    key = await alarm(store)
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        await cancel(unit, "ring", key)
        await cancel(unit, "ring", new_id())
    assert not await timers(store).fire_one()


async def test_an_alarm_stands_or_falls_with_its_effect(store: Database, maker: ServiceDatabase) -> None:
    async def act() -> None:
        async with unit_of_work(store, MAKER, CAUSE) as unit:
            await set_alarm(unit, "ring", new_id(), clock.business_now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await act()
    assert maker.rows("select * from timer") == []


async def test_the_business_clock_decides(store: Database, maker: ServiceDatabase) -> None:
    await alarm(store, due=timedelta(days=10))
    assert not await timers(store).fire_one()
    clock.set_offset(timedelta(days=11))
    assert await timers(store).fire_one()
    (row,) = maker.rows("select fired_at < now() + interval '1 minute' as really from timer")
    assert row["really"]


@pytest.mark.parametrize("name", ["fail", "dawdle"])
async def test_one_that_fails_leaves_nothing_and_holds_up_nobody(
    store: Database, maker: ServiceDatabase, name: str
) -> None:
    await alarm(store, name, due=timedelta(hours=-1))
    good = await alarm(store)
    made = timers(store)
    assert [await made.fire_one() for _ in range(3)] == [True, True, False]
    assert rung(maker) == [good]
    (row,) = maker.rows(
        "select attempts, failure, fired_at, retry_at > now() as later from timer where name = %s", [name]
    )
    assert (row["attempts"], row["fired_at"], row["later"]) == (1, None, True)
    assert "Ada" not in row["failure"]


async def test_one_that_fails_is_tried_again_and_given_up_in_the_end(store: Database, maker: ServiceDatabase) -> None:
    key = await alarm(store, "fail")
    made = timers(store)
    for attempt in range(1, 11):
        assert await made.fire_one()
        assert not await made.fire_one()
        assert maker.rows("select attempts from timer") == [{"attempts": attempt}]
        maker.execute("update timer set retry_at = now()")
    assert not await made.fire_one()
    # Set anew, it starts afresh.
    await alarm(store, "fail", key=key)
    assert await made.fire_one()


async def test_a_name_that_nobody_handles_waits(store: Database, maker: ServiceDatabase) -> None:
    await alarm(store, "of a later version")
    assert not await timers(store).fire_one()
    assert len(maker.rows("select * from timer where fired_at is null")) == 1


async def test_the_loop_lives_through_an_outage_and_leaves_no_tasks(
    maker: ServiceDatabase, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.store.timers._EVERY_SECONDS", 0.01)
    port = int(maker.url.rpartition(":")[2].partition("/")[0])
    async with FaultProxy(port) as proxy:
        database = Database(maker.url.replace(f":{port}/", f":{proxy.port}/"))
        stop = asyncio.Event()
        running = asyncio.create_task(timers(database).run(stop))
        await asyncio.sleep(0.2)
        before = len(asyncio.all_tasks())
        proxy.cut()
        await asyncio.sleep(0.3)
        assert len(asyncio.all_tasks()) <= before + 3
        proxy.heal()
        key = await alarm(store)
        await ground.until(lambda: rung(maker) == [key], "the alarm to ring")
        stop.set()
        await asyncio.wait_for(running, 5)
        await database.close()
