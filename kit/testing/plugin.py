"""The pytest plugin of this repository: tests/conftest.py loads it.

Fixtures: `database("casefile")` gives a clean migrated database, `bus` a NATS server without streams, `postgres` the
administrator's address of the shared server. All are real engines, started when first asked for.
"""

import gc
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from kit.testing import cluster, network

if TYPE_CHECKING:
    # Imported by the fixtures that need them: tests of pure rules should start at once.
    from kit.testing.bus import BusServer
    from kit.testing.databases import Databases, ServiceDatabase


def pytest_configure(config: pytest.Config) -> None:
    """Names the run for all its processes; shuts the door to other machines."""
    gc.disable()
    cluster.name_run()
    network.keep_local()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stays together in one process is long, and goes first: begun last, it would be waited for alone."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_collection_finish() -> None:
    """What is imported by now stays for the run: looking through all of it for garbage took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run clears up after all have ended."""
    if not hasattr(config, "workerinput"):
        cluster.clear()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The administrator's address of the run's own PostgreSQL 18."""
    with cluster.joined() as admin_url:
        yield admin_url


@pytest.fixture(scope="session")
def _databases(postgres: str) -> "Iterator[Databases]":
    from kit.testing.databases import Databases

    made = Databases(postgres, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield made
    made.close()


@pytest.fixture
def database(_databases: "Databases", monkeypatch: pytest.MonkeyPatch) -> "Iterator[Callable[[str], ServiceDatabase]]":
    """A function from a service's name to its database, clean at the start of the test."""
    from kit.store import business_clock, db
    from kit.testing import engines

    monkeypatch.setattr(db, "create_async_engine", engines.kept)
    # A test moves its process's clock by hand: no application in it may put it back in the midst of the test.
    monkeypatch.setattr(business_clock, "_EVERY_SECONDS", 3600.0)
    yield _databases.get
    _databases.empty()


@pytest.fixture(scope="session")
def _bus() -> "Iterator[BusServer]":
    from kit.testing.bus import BusServer

    made = BusServer()
    yield made
    made.close()


@pytest.fixture
def bus(_bus: "BusServer") -> "BusServer":
    """A NATS server with the platform's users and no streams yet."""
    _bus.fresh()
    return _bus
