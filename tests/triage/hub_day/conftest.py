"""A Friday at the Heath hub, by the business clock."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from kit import clock
from kit.store.db import Database
from kit.store.timers import Timers
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from tests.triage.desk import Desk
from tests.triage.hub_day.day import FRIDAY, Day, put_hub


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


@pytest.fixture
async def day(desk: Desk, store: ServiceDatabase) -> AsyncIterator[Day]:
    """Ten o'clock, the doors are open, nobody has come yet."""
    database = Database(store.url)
    here = Day(desk, store, Timers(database, SERVICE.name, SERVICE.timers))
    here.at(FRIDAY)
    await put_hub(here, "heath")
    yield here
    await database.close()
