"""The line between is cut one way, delayed, reset; the stream is full; the clock jumps; each process stands still."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import nats
import pytest
from nats.js.api import DiscardPolicy

from kit.clock import LONDON
from kit.testing.faults import FaultProxy, stalled
from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.chaos.desks import Desks, sign_in
from tests.chaos.hands import APIS, WORKERS, only_worker, run

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(420)]

Fault = Callable[[FaultProxy], Awaitable[None]]


async def cut(line: FaultProxy) -> None:
    line.cut()
    await asyncio.sleep(6)


async def deaf(line: FaultProxy) -> None:
    """What it says arrives; what it is told does not. Both sides believe that they are connected."""
    line.drop("down")
    await asyncio.sleep(12)


async def mute(line: FaultProxy) -> None:
    line.drop("up")
    await asyncio.sleep(12)


async def delayed(line: FaultProxy) -> None:
    line.delay(0.4)
    await asyncio.sleep(8)


async def reset(line: FaultProxy) -> None:
    for _ in range(5):
        line.reset()
        await asyncio.sleep(1)


FAULTS: tuple[Fault, ...] = (cut, deaf, mute, delayed, reset)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.__name__)
async def test_the_line_to_the_bus(platform: Platform, books: Books, fault: Fault) -> None:
    """A worker behind a bad line to the bus: nobody at a desk notices, and nothing is lost or doubled."""
    async with FaultProxy(platform.ports["nats"]) as line:
        url = re.sub(r":\d+$", f":{line.port}", platform.nats_url("casefile"))
        async with only_worker(platform, "casefile", NEWSTART_NATS_URL=url), Desks(platform) as desks:
            await desks.more(10)
            with desks.watched() as meanwhile:
                await fault(line)
            line.heal()
            await desks.more(10)
            await desks.close()
            await books.settle(120)
    assert meanwhile.said.keys() <= {201, 503}
    assert meanwhile.said[201] > 5
    await books.settle()
    await books.check(desks)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.__name__)
async def test_the_line_to_the_database(platform: Platform, books: Books, fault: Fault) -> None:
    """A worker behind a bad line to its database: a lost answer to a commit is found out by the inbox."""
    async with FaultProxy(platform.ports["postgres"]) as line:
        real = platform.environment("casefile")["NEWSTART_DATABASE_URL"]
        url = real.replace(f":{platform.ports['postgres']}/", f":{line.port}/")
        assert url != real
        async with only_worker(platform, "casefile", NEWSTART_DATABASE_URL=url), Desks(platform) as desks:
            await desks.more(10)
            await fault(line)
            line.heal()
            await desks.more(10)
            await desks.close()
            await books.settle(150)
    await books.settle()
    await books.check(desks)


async def test_a_stream_that_is_full(platform: Platform, books: Books) -> None:
    """The bus refuses what triage tells: it waits in the outbox, writes go on, and all arrives once there is room."""
    async with Desks(platform) as desks:
        await desks.more(10)
        admin = await nats.connect(platform.nats_url("admin"))
        try:
            stream = admin.jetstream()
            config = (await stream.stream_info("TRIAGE")).config
            config.max_msgs, config.discard = 1, DiscardPolicy.NEW
            await stream.update_stream(config)
        finally:
            await admin.close()
        before = books.waiting_events()
        with desks.watched() as meanwhile:
            await desks.more(20)
        waiting = books.waiting_events()
        # The one job that says what streams should be, says it again.
        await run(platform, "topology", "kit.run", "topology")
        await desks.more(5)
    assert meanwhile.said.keys() == {201}
    assert waiting > before
    # What the bus dropped to fit in is in the outboxes still.
    await run(platform, "triage", "kit.run.republish", "triage", "--since", "2020-01-01")
    await books.settle(120)
    await books.check(desks)


async def test_the_clock_jumps(platform: Platform, books: Books) -> None:
    """Forwards by hours, and back, in the middle of everything: what is counted in real time goes on."""
    token = await asyncio.to_thread(sign_in, platform, "olu-martins")
    fields = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "system_operations"}
    async with (
        httpx.AsyncClient(base_url=platform.gateway, headers=fields, timeout=20, trust_env=False) as operator,
        Desks(platform) as desks,
    ):
        now = datetime.now(LONDON).replace(tzinfo=None)
        for jump in (timedelta(hours=2), timedelta(hours=-1), timedelta(0)):
            await desks.more(8)
            moved = await operator.post("/demo/clock", json={"to": (now + jump).isoformat(timespec="seconds")})
            assert moved.status_code == 200, moved.text
        await desks.more(8)
    assert desks.said().keys() == {201}
    await books.settle()
    await books.check(desks)


async def test_each_process_stands_still_in_turn(platform: Platform, books: Books) -> None:
    """Four seconds each: nastier than death, for its connections stay open."""
    async with Desks(platform, desks=3) as desks:
        for name in (*WORKERS, *APIS):
            with stalled(platform.pid(name)):
                await asyncio.sleep(4)
            await desks.more(3)
    await books.settle()
    await books.check(desks)
