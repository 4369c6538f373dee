"""Fixtures of triage's API tests."""

from collections.abc import AsyncIterator, Callable

import pytest

from kit.testing.databases import ServiceDatabase
from tests.triage.desk import Desk, opened


@pytest.fixture
def store(database: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    """Triage's own database, clean."""
    return database("triage")


@pytest.fixture
async def desk(store: ServiceDatabase) -> AsyncIterator[Desk]:
    """A triage officer."""
    async with opened(store) as officer:
        yield officer
