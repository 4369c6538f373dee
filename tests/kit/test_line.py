"""A line that looks well and carries nothing: the wait ends, and the connection counts as lost."""

import asyncio
import time

import psycopg
import pytest

from kit.store.db import Database, is_lost
from kit.store.line import PATIENCE_SECONDS, Line
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import Databases
from kit.testing.faults import FaultProxy


@pytest.mark.parametrize("way", ["up", "down"])
async def test_silence_ends_the_wait(database: Databases, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Line, "patience", 0.3)
    stored = database("grants")
    port = stored.url.rpartition(":")[2].partition("/")[0]
    async with FaultProxy(int(port)) as proxy:
        opened = Database(stored.url.replace(f":{port}/", f":{proxy.port}/"))
        try:
            async with opened.connection() as connection:
                await connection.execute("select 1")
                proxy.drop("up" if way == "up" else "down")
                began = time.monotonic()
                with pytest.raises(psycopg.OperationalError) as lost:
                    await connection.execute("select 1")
                assert 0.2 < time.monotonic() - began < 3
                assert is_lost(lost.value)
                assert connection.closed
        finally:
            proxy.heal()
            await opened.close()


async def test_work_that_takes_its_time_is_waited_for_and_the_next_has_the_usual(
    database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Line, "patience", 0.3)
    opened = Database(database("grants").url, pool=1)
    try:
        async with unit_of_work(opened, "grants", Cause.system("grants", "test")) as unit:
            await unit.take_time(60)
            connection = await unit.session.connection()
            await connection.exec_driver_sql("select pg_sleep(0.6)")
            line = (await connection.get_raw_connection()).driver_connection
            assert line is not None
            assert line.patience == 60 + PATIENCE_SECONDS
        assert line.patience == PATIENCE_SECONDS
        async with unit_of_work(opened, "grants", Cause.system("grants", "test")) as unit:
            shown = await (await unit.session.connection()).exec_driver_sql("show statement_timeout")
            assert shown.scalar_one() == "15s"
    finally:
        await opened.close()
        await asyncio.sleep(0)


async def test_who_gives_up_while_signing_in_leaves_nothing_half_open(database: Databases, postgres: str) -> None:
    """PostgreSQL would keep such a session for a minute, and drop no database meanwhile."""
    stored = database("grants")
    given_up = []
    for attempt in range(60):
        opening = asyncio.create_task(Line.connect(stored.dsn))
        await asyncio.sleep(attempt / 10_000)
        if opening.done():
            await opening.result().close()
        else:
            opening.cancel()
            with pytest.raises(asyncio.CancelledError) as cancelled:
                await opening
            # Whoever keeps the error keeps what was being opened.
            given_up.append(cancelled)
    assert given_up
    await asyncio.sleep(0.5)
    # Who signs in this very moment may be another process's.
    half_open = "state = 'starting' and backend_start < clock_timestamp() - interval '400 ms'"
    with psycopg.connect(postgres) as administrator:
        found = administrator.execute(f"select count(*) from pg_stat_activity where {half_open}").fetchone()
    assert found == (0,)
