"""The clock is put back after every test of the journeys."""

from collections.abc import Iterator

import pytest

from kit.store import business_clock
from kit.store.db import Database
from tests.casefile.doors import Casefile
from tests.casefile.journeys.ground import clock_back


@pytest.fixture
def casefile(casefile: Casefile) -> Casefile:
    """Without the alarms of tests before: a migration sets one, so the table is not emptied between tests."""
    casefile.stored.execute("delete from timer")
    return casefile


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The API follows the clock's row once a second: what it read before a test moved the clock would move it back.
    monkeypatch.setattr(business_clock, "load", _as_it_is)
    with clock_back():
        yield


async def _as_it_is(_: Database) -> None:
    """The clock stands where the test put it."""
