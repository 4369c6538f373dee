"""The clock is put back after every test of the journeys."""

from collections.abc import Iterator

import pytest

from tests.casefile.doors import Casefile
from tests.casefile.journeys.ground import clock_back


@pytest.fixture
def casefile(casefile: Casefile) -> Casefile:
    """Without the alarms of tests before: a migration sets one, so the table is not emptied between tests."""
    casefile.stored.execute("delete from timer")
    return casefile


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock_back():
        yield
