"""The service under test, open on a clean database."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from structlog.testing import capture_logs

from kit.testing.databases import ServiceDatabase
from tests.casefile.doors import Casefile


@pytest.fixture
async def casefile(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Casefile]:
    """Casefile's two doors."""
    async with Casefile.opened(database("casefile")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_faults() -> Iterator[None]:
    """Whatever a test sends, the answer is one the service meant to give."""
    with capture_logs() as said:
        yield
    assert [each for each in said if each["event"] == "fault"] == []
