"""One platform for all chaos: the real supervisor, every process. Each test leaves it whole."""

from collections.abc import Iterator

import pytest

from kit.testing.platform import Platform, running_platform
from tests.chaos.books import Books


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The whole platform, empty at first."""
    with running_platform(durable=True) as running:
        yield running


@pytest.fixture(scope="session")
def books(platform: Platform) -> Books:
    """Its books; they remember what tests published by hand."""
    return Books(platform)
