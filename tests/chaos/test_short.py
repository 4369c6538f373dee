"""The two outages that must never harm anybody, in short: the ordinary suite runs these, `make test-all` the rest."""

import asyncio
import signal

import pytest

from kit.testing.platform import Platform
from tests.chaos.books import Books
from tests.chaos.desks import Desks
from tests.chaos.hands import without

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("chaos"), pytest.mark.timeout(120)]


async def test_a_moment_without_nats(platform: Platform, books: Books) -> None:
    """Nobody at a desk notices; what was announced meanwhile arrives afterwards, once."""
    # At rest before: what was under way would be given out anew only after half a minute.
    await books.settle()
    async with without(platform, "nats"):
        async with Desks(platform, desks=3) as desks:
            await desks.more(15)
        assert books.waiting_events() > 15
    assert desks.said().keys() == {201}
    await books.settle()
    await books.check(desks)


@pytest.mark.full
async def test_a_moment_without_postgres(platform: Platform, books: Books) -> None:
    """Stopped in the middle of everything: 503 with Retry-After, and nothing half-saved or lost."""
    async with Desks(platform, desks=3, believers=0.5) as desks:
        await desks.more(10)
        async with without(platform, "postgres", signal.SIGQUIT):
            with desks.watched() as meanwhile:
                await asyncio.sleep(2)
        await desks.more(10)
    assert meanwhile.said[503] > 0
    await books.settle()
    await books.check(desks)
