"""An analyst and a manager at the door of the ward index."""

from collections.abc import AsyncIterator, Callable

import pytest

from kit import clock
from kit.testing.databases import ServiceDatabase
from tests.risk.ground import TODAY, Risk, open_risk


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Monday 7 December 2026."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
async def analyst(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """Keeps the index."""
    async with open_risk(database) as opened:
        yield opened.other(role="analyst", worker="analyst-1", purpose="research_statistics")


@pytest.fixture
def manager(analyst: Risk) -> Risk:
    """Publishes it."""
    return analyst.other(role="manager", worker="manager-1")
