"""Fixtures of the associations' tests: an analyst at risk's door, on the day after the demo borough's history."""

from collections.abc import AsyncIterator, Callable
from datetime import date

import pytest

from kit import clock
from kit.testing.databases import ServiceDatabase
from tests.risk.cohorts.borough import Borough
from tests.risk.ground import Risk, open_risk

TODAY = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """An analyst who counts."""
    async with open_risk(database) as opened:
        yield opened.other(role="analyst", worker="analyst-1", purpose="research_statistics")


@pytest.fixture
def borough(risk: Risk) -> Borough:
    """An empty borough to put households into."""
    return Borough(risk.ground.connection)
