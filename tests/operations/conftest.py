"""One platform that tells a collector of everything it does: the real supervisor, every process."""

import json
from collections.abc import Iterator

import pytest

from kit.run.embedded.ports import HOST, free
from kit.testing.platform import Platform, running_platform
from tests.operations.collector import Collector, collecting


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Where the traces go."""
    with collecting() as opened:
        yield opened


@pytest.fixture(scope="session")
def partner_port() -> int:
    """Where nobody listens: a partner's system that is away."""
    return free(1)[0]


@pytest.fixture(scope="session")
def platform(collector: Collector, partner_port: int) -> Iterator[Platform]:
    """The whole platform, empty, with tracing on."""
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "NEWSTART_WEBHOOK_HOSTS": json.dumps([f"{HOST}:{partner_port}"]),
        "NEWSTART_OPERATIONS_EMAILS": json.dumps(["operations@newstart.example"]),
    }
    with running_platform(settings) as running:
        yield running
