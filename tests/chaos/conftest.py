"""One platform for all chaos: the real supervisor, every process. Each test leaves it whole."""

from collections.abc import Iterator

import pytest

from kit.testing.platform import Platform, running_platform


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The whole platform, empty at first."""
    with running_platform() as running:
        yield running
