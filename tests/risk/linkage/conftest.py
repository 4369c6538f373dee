"""Fixtures of the identity layer's tests."""

from collections.abc import AsyncIterator, Callable

import pytest

from kit.testing.databases import ServiceDatabase
from tests.risk.linkage.ground import Risk, opened


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """Risk on a clean database, its vault open to this process."""
    async with opened(database("risk")) as made:
        yield made
