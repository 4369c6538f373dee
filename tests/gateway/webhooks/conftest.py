"""A partner, and the ground to send from."""

from collections.abc import AsyncIterator, Callable

import pytest

from kit.testing.databases import ServiceDatabase
from tests.gateway.webhooks.ground import Ground, partner


@pytest.fixture
async def ground(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Ground]:
    async with partner() as one:
        opened = Ground(database("gateway"), one)
        yield opened
        await opened.close()
