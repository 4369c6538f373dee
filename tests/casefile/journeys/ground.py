"""What the tests of the journeys share: the clock, alarms, people with a worker who stays, and events heard."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

from kit import clock
from kit.store.timers import Timers
from services.casefile.app import SERVICE
from tests.casefile.doors import Casefile

WORKER: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
MANAGER: dict[str, Any] = {"actor": "manager-1", "roles": ("manager",), "purpose": "supervision"}


@contextmanager
def clock_back() -> Iterator[None]:
    """Whatever a test did to the business clock, the next one has today's."""
    before = clock.offset()
    try:
        yield
    finally:
        clock.set_offset(before)


def on(day: str | date) -> None:
    """The business clock stands at noon of that day (nothing follows the clock's row here: see `conftest.py`)."""
    then = datetime.combine(date.fromisoformat(str(day)), time(12), clock.LONDON)
    clock.set_offset(then - clock.now())


async def ring(casefile: Casefile) -> int:
    """Every alarm that is due; how many rang."""
    alarms = Timers(casefile.database, SERVICE.name, SERVICE.timers)
    fired = 0
    while await alarms.fire_one():
        fired += 1
    return fired


async def someone(casefile: Casefile, given: str = "Kelly", family: str = "Pike", *parts: str, **more: Any) -> Any:
    """A person whose worker stays around the household, however far the clock goes, in these compartments too."""
    person = await casefile.person(given, family, **more)
    await casefile.let_in(person["household_id"], "worker-1", *parts)
    return person


def told(casefile: Casefile, kind: str) -> list[str]:
    """What was announced of a kind of aggregate, in order: the event's last word."""
    return [
        each["type"].rpartition(".")[2] for each in casefile.announced() if each["type"].startswith(f"casefile.{kind}.")
    ]


def failures(casefile: Casefile) -> list[str]:
    """Alarms that broke: never any."""
    rows = casefile.stored.rows("select name, failure from timer where failure is not null")
    return [f"{row['name']}: {row['failure']}" for row in rows]
