"""Processes die, stand still, come twice and are told to stop, while the desks write."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from kit.events import relay
from kit.run.embedded.ports import DEFAULTS
from kit.testing.faults import stalled
from kit.testing.platform import SUPERVISOR, Platform, running_platform
from tests.chaos.books import Books
from tests.chaos.desks import Desks
from tests.chaos.hands import APIS, ROOT, WORKERS, killed, second_worker, until, whole

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(420)]

STANDSTILL_SECONDS = 40  # longer than the server waits for an acknowledgement (30 s)
STOP_SECONDS = 25


async def test_every_process_killed_in_turn(platform: Platform, books: Books) -> None:
    """The supervisor starts each again; who was signed in stays signed in; nothing happens twice."""
    async with Desks(platform) as desks:
        for name in (*WORKERS, *APIS):
            await desks.more(4)
            await killed(platform, name)
        await desks.more(10)
    assert desks.said()[201] > 50
    await books.settle()
    await books.check(desks)


async def test_workers_killed_while_they_are_behind(platform: Platform, books: Books) -> None:
    """Killed with a batch in hand, again and again: before the commit, or between commit and acknowledgement."""
    async with Desks(platform, desks=6) as desks:
        for _ in range(4):
            with stalled(platform.pid("casefile-worker")):
                await desks.more(40)
            # It wakes up to a full plate.
            await asyncio.sleep(0.2)
            await killed(platform, "casefile-worker")
    await books.settle()
    await books.check(desks)


async def test_a_worker_that_stands_still_longer_than_the_server_waits(platform: Platform, books: Books) -> None:
    """When it goes on, what it held has been given out anew: to itself. No effect is doubled.

    A desk that needs the household it stopped in is told so; the others go on.
    """
    async with Desks(platform) as desks:
        await desks.more(20)
        with stalled(platform.pid("casefile-worker")), desks.watched() as meanwhile:
            await asyncio.sleep(STANDSTILL_SECONDS)
        await desks.more(20)
    assert meanwhile.said[201] > 40
    assert meanwhile.said.keys() <= {201, 503}
    await books.settle()
    await books.check(desks)


async def test_two_workers_of_one_service(platform: Platform, books: Books) -> None:
    """They share the events, and one relay leads. Stalled, one of them holds things up but doubles nothing."""
    async with Desks(platform) as desks:
        with second_worker(platform, "casefile") as second:
            leaders = []
            for _ in range(20):
                await desks.more(2)
                leaders.append(_leader(books))
            assert len(set(leaders)) == 1, leaders
            with stalled(second.pid):
                await asyncio.sleep(STANDSTILL_SECONDS)
            await desks.more(10)
            # The supervisor's own is killed: its successor or the second leads, and nobody else.
            await killed(platform, "casefile-worker")
            await until(lambda: _leader(books), "a relay to lead again")
            await desks.more(10)
    await until(lambda: _leader(books), "a relay to lead again")
    await books.settle()
    await books.check(desks)


async def test_a_stop_under_load_ends_in_time_and_keeps_what_was_answered() -> None:
    """SIGTERM: what is in hand is finished, nothing runs on, and the next start finds every answered write."""
    with running_platform(durable=True) as platform:
        async with Desks(platform, desks=6, believers=1.0) as desks:
            await desks.more(40)
            everyone = _family(platform.supervisor.pid)
            began = time.monotonic()
            platform.supervisor.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(platform.supervisor.wait, STOP_SECONDS + 20)
            took = time.monotonic() - began
            assert code == 0, platform.output
            assert took < STOP_SECONDS, platform.output
            assert "is killed" not in platform.output
            assert psutil.wait_procs(everyone, timeout=1)[1] == []
            # The desks go on trying, and the next start finds them at it.
            with _started_again(platform):
                await whole(platform, 60)
                await desks.more(20)
                books = Books(platform)
                await desks.close()
                await books.settle()
                await books.check(desks)


def _leader(books: Books) -> int | None:
    """The connection that holds the lock of casefile's relay: the port it comes from, or None."""
    rows = books.rows("casefile", _LEADERS, [relay._LOCK])
    assert len(rows) <= 1, rows
    return int(rows[0]["client_port"]) if rows else None


_LEADERS = """
    select client_port from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and objid = %s and granted and datname = current_database()
"""


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


@contextmanager
def _started_again(platform: Platform) -> Iterator[None]:
    variables = {port.variable: str(platform.ports[port.name]) for port in DEFAULTS}
    with (platform.state / "supervisor-again.out").open("wb") as output:
        again = subprocess.Popen(
            [sys.executable, "-m", SUPERVISOR, "--state", str(platform.state)],
            env={**os.environ, **variables},
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        again.terminate()
        assert again.wait(60) == 0
