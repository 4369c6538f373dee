"""PostgreSQL and NATS go away under load: what is answered meanwhile, and what stands afterwards."""

import asyncio
import contextlib
import signal

import httpx
import psutil
import pytest

from kit.settings import GatewaySettings
from kit.testing.faults import stalled
from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.chaos.desks import Desks, check, sign_in
from tests.chaos.hands import killed, whole, without

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(420)]


async def test_half_a_minute_without_nats(platform: Platform, books: Books) -> None:
    """Writes succeed as if nothing had happened; their effects arrive later."""
    async with Desks(platform) as desks:
        await desks.more(20)
        async with without(platform, "nats"):
            with desks.watched() as meanwhile:
                await asyncio.sleep(30)
            waiting = books.waiting_events()
        await desks.more(20)
    assert meanwhile.said.keys() == {201}
    assert waiting > meanwhile.said[201] > 30
    await books.settle()
    await books.check(desks)


async def test_nats_killed_again_and_again(platform: Platform, books: Books) -> None:
    """A wave in flight is lost or stored, nobody knows which: it is sent again, and takes effect once."""
    async with Desks(platform) as desks:
        with desks.watched() as meanwhile:
            for _ in range(3):
                await desks.more(15)
                await killed(platform, "nats")
    assert meanwhile.said.keys() == {201}
    await books.settle()
    await books.check(desks)


async def test_postgres_stopped_at_once_and_back_later(platform: Platform, books: Books) -> None:
    """Every session breaks off in the middle. 503 until it is back; nothing half-saved, nothing lost."""
    async with Desks(platform, desks=6, believers=0.5) as desks:
        await desks.more(30)
        async with without(platform, "postgres", signal.SIGQUIT):
            with desks.watched() as meanwhile:
                await asyncio.sleep(8)
        await desks.more(30)
    assert meanwhile.said[503] > 5
    assert any(write.denied for write in desks.writes), "nobody was told that nothing was saved"
    await books.settle()
    await books.check(desks)


async def test_postgres_killed_again_and_again(platform: Platform, books: Books) -> None:
    """The shortest outage: commits break in the very moment of saving, and the desks find out by their keys."""
    async with Desks(platform, desks=6, believers=0.5) as desks:
        for _ in range(4):
            await desks.more(20)
            await killed(platform, "postgres")
    assert desks.said()[503] > 0
    await books.settle()
    await books.check(desks)


async def test_nats_stands_still(platform: Platform, books: Books) -> None:
    """Connections stay open and nothing is answered: publishes run out of time, and go out again with the same id."""
    async with Desks(platform) as desks:
        await desks.more(10)
        with stalled(platform.pid("nats")), desks.watched() as meanwhile:
            await asyncio.sleep(12)
        await desks.more(10)
    assert meanwhile.said.keys() == {201}
    await books.settle()
    await books.check(desks)


async def test_postgres_stands_still(platform: Platform, books: Books) -> None:
    """Longer than the gateway waits. What was told to have run out of time goes on afterwards, and is not doubled."""
    async with Desks(platform, desks=6, believers=0.5) as desks:
        await desks.more(30)
        server = psutil.Process(platform.pid("postgres"))
        with contextlib.ExitStack() as still, desks.watched() as meanwhile:
            for process in (server, *server.children(recursive=True)):
                with contextlib.suppress(ProcessLookupError):
                    still.enter_context(stalled(process.pid))
            await asyncio.sleep(25)
        await desks.more(30)
    assert meanwhile.said[504] > 0, meanwhile.said
    await books.settle()
    await books.check(desks)


async def test_a_concern_is_received_whatever_is_down(platform: Platform, books: Books) -> None:
    """Nothing but triage's own database stands between someone who is worried and the team."""
    token = await asyncio.to_thread(sign_in, platform, "gloria")
    numbers = GatewaySettings.model_fields["duty_numbers"].get_default(call_default_factory=True)
    async with httpx.AsyncClient(
        base_url=platform.gateway, headers={"Authorization": f"Bearer {token}"}, timeout=20, trust_env=False
    ) as volunteer:

        async def raise_concern() -> httpx.Response:
            return await volunteer.post("/v1/triage/safeguarding-concerns", content=b"the boy in the red coat")

        for name in ("nats", "casefile-api", "casefile-worker", "triage-worker"):
            async with without(platform, name):
                answer = await raise_concern()
                assert answer.status_code == 201, (name, answer.text)
                assert answer.json()["received"] is True

        # Only triage's database is closed: all other doors stay open.
        books.change("postgres", "alter database newstart_triage allow_connections false")
        try:
            books.change("postgres", _END_SESSIONS, ["newstart_triage"])
            refused = await raise_concern()
            assert refused.status_code == 503, refused.text
            detail = check(refused)
            assert detail.startswith("Not received. Phone")
            assert all(number in detail for number in numbers.values())
            other = await volunteer.get("/openapi.json")
            assert other.status_code == 200
        finally:
            books.change("postgres", "alter database newstart_triage allow_connections true")
        await whole(platform)
        assert (await raise_concern()).status_code == 201

        async with without(platform, "triage-api"):
            refused = await raise_concern()
            assert refused.status_code == 503
            assert check(refused).startswith("Not received. Phone")
    concerns = books.one("triage", "select count(*) from safeguarding_concern where as_sent is not null")
    assert concerns >= 5
    await books.settle()


_END_SESSIONS = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
