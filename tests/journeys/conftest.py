"""One platform for all journeys: the real supervisor, every process, on free ports."""

from collections.abc import Iterator

import pytest

from kit.testing.platform import Platform, running_platform


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The whole platform, empty."""
    with running_platform() as running:
        yield running
