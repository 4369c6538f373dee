"""The law of the outbox: whatever falls over, every committed event takes effect exactly once.

Real engines of its own, real worker processes that crash at each of their points in turn or are killed outright, a bus
that is cut off, stalled and killed, a database that stops at once and recovers. Then: what was committed is what took
effect, once, and each projection stands at the last version.
"""

import asyncio
import contextlib
import random
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.exc import SQLAlchemyError

from kit.ids import new_id
from kit.run.embedded.homes import find_home, refuge_path
from kit.run.embedded.ports import free
from kit.run.embedded.postgres import Cluster
from kit.run.embedded.processes import Running
from kit.store.db import Database
from kit.store.unit import CommitUnknown
from kit.testing.bus import BusServer
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import stop_postgres_at_once
from tests.kit import ground
from tests.kit.child import Child, Children
from tests.kit.ground import COUNTER, MAKER, until

POINTS = {
    MAKER: ("relay:after-ack-before-mark",),
    COUNTER: ("inbox:before-commit", "inbox:after-commit-before-ack"),
}
# Ended by its crash point, or killed by us. Anything else ended by a fault of ours.
OUR_DOING = {9, -signal.SIGKILL}


class OwnPostgres:
    """A server that may be stopped without harm to other tests; keeps its data like any other."""

    def __init__(self, folder: Path) -> None:
        self._cluster = Cluster(find_home(folder), free(1)[0], "law", identity="law", log=folder / "pg.log")
        self._cluster.make()
        self._server: Running
        self.start()
        self.databases = {half: self._make(half) for half in (MAKER, COUNTER)}

    def _make(self, half: str) -> ServiceDatabase:
        with psycopg.connect(self._cluster.admin_url, autocommit=True) as admin:
            admin.execute(f"create database law_{half}")
        url = self._cluster.admin_url.replace("postgresql:", "postgresql+psycopg:").replace("/postgres", f"/law_{half}")
        ground.make_tables(url)
        return ServiceDatabase(half, url, self._cluster.admin_url)

    def start(self) -> None:
        self._server = self._cluster.start()
        self._cluster.wait_ready(self._server)

    def crash(self) -> None:
        stop_postgres_at_once(self._server.pid)
        self._server.wait(10)

    def close(self) -> None:
        self._cluster.stop(self._server)


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="newstart-law-"))
    folder.chmod(0o711)
    try:
        made = OwnPostgres(folder)
        yield made
        made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(refuge_path(folder), ignore_errors=True)


class Lives:
    """A worker of one half that is started again whenever it ends; early lives end at a crash point."""

    def __init__(self, children: Children, half: str, database_url: str, nats_url: str) -> None:
        self._begin = partial(children.work, half, database_url, nats_url)
        self.points = list(POINTS[half])
        self.now: Child = self._begin(crash_at=self._next())
        self.ends: list[int] = []

    def _next(self) -> str | None:
        return self.points.pop(0) if self.points else None

    async def keep(self) -> None:
        while True:
            code = await self.now.ended(300)
            assert code in OUR_DOING, f"ended by {code}:\n{self.now.said()[-4000:]}"
            self.ends.append(code)
            self.now = self._begin(crash_at=self._next())


class Writer:
    """Commits events as long as it is asked to, through every outage."""

    def __init__(self, database: Database, aggregates: int) -> None:
        self._database = database
        self._households = [new_id() for _ in range(aggregates)]
        self._people = [new_id() for _ in range(aggregates)]
        self._versions: dict[UUID, int] = {}
        self.unknown = 0

    async def write(self, rounds: int) -> None:
        for _ in range(rounds):
            household, person = random.choice(self._households), random.choice(self._people)
            await self._surely(ground.emit_formed, household)
            await self._surely(ground.emit_registered, person)
            await asyncio.sleep(0.005)

    async def _surely(self, act: Callable[..., Awaitable[object]], id_: UUID) -> None:
        # A version that may have been committed is not used again: its events would be two of one version.
        while True:
            self._versions[id_] = self._versions.get(id_, 0) + 1
            try:
                await act(self._database, id_, sequence=self._versions[id_])
                return
            except CommitUnknown:
                self.unknown += 1
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(0.1)


@asynccontextmanager
async def kept(*lives: Lives) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each.keep()) for each in lives]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def in_a_thread(work: Callable[[], None]) -> None:
    await asyncio.get_running_loop().run_in_executor(None, work)


async def law(postgres: OwnPostgres, bus: BusServer, children: Children, *, rounds: int, aggregates: int) -> None:
    maker, counter = postgres.databases[MAKER], postgres.databases[COUNTER]
    await ground.lay_out(bus.url("topology"), ground.counter())
    database = Database(maker.url, name="writer")
    writer = Writer(database, aggregates)
    relaying = Lives(children, MAKER, maker.url, bus.url(MAKER))
    counting = Lives(children, COUNTER, counter.url, bus.url(COUNTER))

    async def faults() -> None:
        # Each crash point is reached in the first lives, before anything else goes wrong.
        await until(lambda: len(relaying.ends) >= 1 and len(counting.ends) >= 2, "the crash points to be reached", 30)
        await in_a_thread(bus.kill)
        await asyncio.sleep(0.3)
        await in_a_thread(bus.start)
        await asyncio.sleep(0.3)
        relaying.now.kill()
        counting.now.kill()
        await in_a_thread(postgres.crash)
        await asyncio.sleep(0.3)
        await in_a_thread(postgres.start)
        await asyncio.sleep(0.3)
        bus.signal(signal.SIGSTOP)
        await asyncio.sleep(0.5)
        bus.signal(signal.SIGCONT)
        await asyncio.sleep(0.2)
        await in_a_thread(postgres.crash)
        counting.now.kill()
        await in_a_thread(bus.stop)
        await in_a_thread(postgres.start)
        await in_a_thread(bus.start)

    async def write() -> None:
        while not wrecking.done():
            await writer.write(rounds)

    def done() -> bool:
        (waiting,) = maker.rows("select count(*) as n from outbox where published_at is null")
        (committed,) = maker.rows("select count(*) as n from outbox")
        (taken,) = counter.rows("select count(*) as n from inbox")
        return bool(waiting["n"] == 0 and taken["n"] >= committed["n"])

    async with kept(relaying, counting):
        wrecking = asyncio.create_task(faults())
        await asyncio.gather(wrecking, write())
        await until(done, "every committed event to arrive", 60)
        # What comes again now must be skipped.
        await asyncio.sleep(1.5)
    await database.close()

    committed = maker.rows("select event_id, type, aggregate_id, sequence from outbox")
    formed = {row["event_id"] for row in committed if row["type"] == ground.FORMED}
    effects = counter.rows("select event_id, count(*) as n from effect group by 1")
    assert len(formed) >= rounds
    assert {row["event_id"]: row["n"] for row in effects} == dict.fromkeys(formed, 1)
    last: dict[UUID, int] = {}
    for row in committed:
        if row["type"] == ground.REGISTERED:
            last[row["aggregate_id"]] = max(last.get(row["aggregate_id"], 0), row["sequence"])
    assert {row["id"]: row["sequence"] for row in counter.rows("select id, sequence from known_person")} == last
    assert counter.rows("select * from dead_letter") == []
    assert set(relaying.ends) | set(counting.ends) <= OUR_DOING


@pytest.mark.timeout(120)
async def test_every_committed_event_takes_effect_once(
    own_postgres: OwnPostgres, bus: BusServer, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.events.topology._ACK_WAIT_SECONDS", 1)
    await law(own_postgres, bus, children, rounds=30, aggregates=5)


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_every_one_of_many_committed_events_takes_effect_once(
    own_postgres: OwnPostgres, bus: BusServer, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.events.topology._ACK_WAIT_SECONDS", 2)
    await law(own_postgres, bus, children, rounds=3000, aggregates=200)
