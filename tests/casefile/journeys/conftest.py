"""The clock is put back after every test of the journeys."""

from collections.abc import Iterator

import pytest

from tests.casefile.journeys.ground import clock_back


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock_back():
        yield
