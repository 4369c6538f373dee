"""One platform for all journeys: the real supervisor, every process, on free ports."""

import json
from collections.abc import Iterator

import pytest

from kit.run.embedded.ports import HOST, free
from kit.testing.platform import Platform, running_platform

NOTIFY_TOKEN = "what-we-gave-notify-for-its-callback"


@pytest.fixture(scope="package")
def partner_port() -> int:
    """Where a partner's system may listen: the one place inside that webhooks go to."""
    return free(1)[0]


@pytest.fixture(scope="package")
def platform(partner_port: int) -> Iterator[Platform]:
    """The whole platform, empty."""
    also = {
        "NEWSTART_WEBHOOK_HOSTS": json.dumps([f"{HOST}:{partner_port}"]),
        "NEWSTART_NOTIFY_CALLBACK_TOKEN": NOTIFY_TOKEN,
    }
    with running_platform(also) as running:
        yield running
