"""The service under test, open on a clean database."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from structlog.testing import capture_logs

from kit.testing.databases import ServiceDatabase
from tests.grants.doors import Grants


@pytest.fixture
async def grants(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Grants]:
    """The two doors of grants."""
    async with Grants.opened(database("grants")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_faults() -> Iterator[None]:
    """Whatever a test sends, the answer is one the service meant to give."""
    with capture_logs() as said:
        yield
    assert [each for each in said if each["event"] == "fault"] == []
