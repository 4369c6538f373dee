"""What the alarms of a concern do, through the worker's own loop and by the business clock."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from kit import clock
from kit.store.db import Database
from kit.store.timers import Timers
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from services.triage.safeguarding import commands
from tests.triage.desk import Desk, events, looks, types

CONCERNS = "/v1/triage/safeguarding-concerns"


@pytest.fixture
async def alarms(store: ServiceDatabase) -> AsyncIterator[Timers]:
    database = Database(store.url)
    # Without the queue's, which follows each change at once.
    yield Timers(database, SERVICE.name, {name: SERVICE.timers[name] for name in (commands.RING, commands.ESCALATE)})
    await database.close()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


async def later(alarms: Timers, minutes: float) -> int:
    """The business clock moves on; how many alarms then fire."""
    clock.set_offset(timedelta(minutes=minutes))
    fired = 0
    while await alarms.fire_one():
        fired += 1
    return fired


async def raised(desk: Desk) -> str:
    body = json.dumps({"kind": "child", "person_ids": []}).encode()
    concern: str = (await desk.send("POST", CONCERNS, body)).json()["concern_id"]
    return f"{CONCERNS}/{concern}"


async def shown(desk: Desk, concern: str) -> dict[str, Any]:
    lead = desk.other(worker="lead-1", role="safeguarding_lead", purpose="safeguarding")
    view: dict[str, Any] = (await lead.get(concern)).json()
    return view


async def taken(desk: Desk, concern: str) -> int:
    lead = desk.other(worker="lead-1", role="safeguarding_lead", purpose="safeguarding")
    # Nothing need be said to take it.
    return (await lead.send("POST", f"{concern}/acknowledgements", idempotency_key=concern)).status_code


async def test_it_rings_and_then_goes_higher(desk: Desk, alarms: Timers, store: ServiceDatabase) -> None:
    concern = await raised(desk)
    assert await later(alarms, 14.9) == 0
    assert await later(alarms, 15.1) == 1
    rung = await shown(desk, concern)
    assert (rung["state"], rung["escalated_at"], rung["version"]) == ("raised", None, 2)
    since = datetime.fromisoformat(rung["rung_at"]) - datetime.fromisoformat(rung["raised_at"])
    assert timedelta(minutes=15) <= since < timedelta(minutes=16)
    assert types(store) == ["safeguarding.raised", "safeguarding.rung"]

    assert await later(alarms, 29.9) == 0
    assert await later(alarms, 30.1) == 1
    assert (await shown(desk, concern))["state"] == "escalated"
    assert types(store) == ["safeguarding.raised", "safeguarding.rung", "safeguarding.escalated"]
    last = events(store)[-1]
    assert (last["data"]["state"], last["actor"], int(last["sequence"])) == ("escalated", "system:triage", 3)
    assert ("triage.safeguarding.escalate", f"safeguarding_concern/{last['subject']}", []) in looks(store)
    assert await later(alarms, 600) == 0
    # Someone may still take it.
    assert await taken(desk, concern) == 201


async def test_a_worker_that_was_away_does_both_in_order(desk: Desk, alarms: Timers) -> None:
    concern = await raised(desk)
    assert await later(alarms, 60) == 2
    late = await shown(desk, concern)
    assert late["rung_at"] < late["escalated_at"]


@pytest.mark.parametrize("after", [0, 20])
async def test_whoever_has_taken_it_is_left_in_peace(
    desk: Desk, alarms: Timers, store: ServiceDatabase, after: float
) -> None:
    concern = await raised(desk)
    await later(alarms, after)
    assert await taken(desk, concern) == 201
    assert await later(alarms, 60) == 0
    rung = ["safeguarding.rung"] if after else []
    assert types(store) == ["safeguarding.raised", *rung, "safeguarding.acknowledged"]


async def test_an_alarm_that_lost_the_race_changes_nothing(desk: Desk, alarms: Timers, store: ServiceDatabase) -> None:
    concern = await raised(desk)
    store.execute("create table kept as select * from timer where name <> 'triage.safeguarding.changed'")
    assert await taken(desk, concern) == 201
    store.execute("insert into timer select * from kept")
    store.execute("drop table kept")
    assert await later(alarms, 60) == 2
    settled = await shown(desk, concern)
    assert (settled["state"], settled["rung_at"], settled["version"]) == ("acknowledged", None, 2)
