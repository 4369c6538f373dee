"""The service under test, open on a clean database."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from structlog.testing import capture_logs

from kit import clock
from kit.testing.databases import ServiceDatabase
from tests.housing.doors import Housing


@pytest.fixture
async def housing(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Housing]:
    """Housing's two doors."""
    async with Housing.opened(database("housing")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_faults() -> Iterator[None]:
    """Whatever a test sends, the answer is one the service meant to give; and the clock is nobody's afterwards."""
    with capture_logs() as said:
        yield
    clock.set_offset(clock.offset() * 0)
    assert [each for each in said if each["event"] in {"fault", "timer_failed"}] == []
