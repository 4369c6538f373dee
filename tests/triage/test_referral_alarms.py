"""Silent partners: asked again, then a manager by name; by the worker's own loop and the business clock."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.triage.partners import PartnerMessage
from kit.events import sealed
from kit.store.db import Database
from kit.store.timers import Timers
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from services.triage.referrals import managers
from tests.triage.desk import SEALING, Desk, events, know, types
from tests.triage.partners import MANAGER, NAME, REFERRALS, SAID, moved, organisation, partner, referred

# A Friday morning.
START = datetime(2026, 12, 4, 10, tzinfo=clock.LONDON)


@dataclass(frozen=True)
class Alarms:
    """The worker's own loop of alarms."""

    timers: Timers
    store: ServiceDatabase


@pytest.fixture
async def alarms(store: ServiceDatabase) -> AsyncIterator[Alarms]:
    database = Database(store.url)
    # The worker seals letters too.
    sealed.use_keys("triage", None, {"gateway": SEALING.as_dict(private=False)})
    yield Alarms(Timers(database, SERVICE.name, SERVICE.timers), store)
    await database.close()


def move_clock(store: ServiceDatabase, moment: datetime) -> None:
    """What the gateway's event would have done: the row too, because a running API follows it."""
    offset = round((moment - clock.now()).total_seconds())
    store.execute(
        "insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)"
        " on conflict (id) do update set offset_seconds = excluded.offset_seconds",
        [UUID(int=1), offset],
    )
    clock.set_offset(timedelta(seconds=offset))


@pytest.fixture(autouse=True)
def _clock(store: ServiceDatabase) -> Iterator[None]:
    move_clock(store, START)
    yield
    clock.set_offset(timedelta(0))


async def at(alarms: Alarms, moment: datetime) -> int:
    """The business clock moves on; how many alarms then fire."""
    move_clock(alarms.store, moment)
    fired = 0
    while await alarms.timers.fire_one():
        fired += 1
    return fired


def day(number: int, hour: int = 0, minute: int = 5) -> datetime:
    return datetime(2026, 12, number, hour, minute, tzinfo=clock.LONDON)


def told(store: ServiceDatabase) -> list[str]:
    return [each.removeprefix("referral.") for each in types(store) if each.startswith("referral.")]


def letters(store: ServiceDatabase) -> list[PartnerMessage]:
    """What the gateway would find inside the sealed letters."""
    ring = sealed.Keyring({"keys": [SEALING.as_dict(private=True)]}, {})
    found = []
    for row in store.rows("select envelope from outbox where type = 'triage.partner_message.addressed' order by id"):
        event = CATALOGUE["triage.partner_message.addressed"].parse(row["envelope"])
        header = {"event": str(event.id), "type": event.type, "subject": str(event.subject)}
        found.append(PartnerMessage.model_validate_json(ring.decrypt(event.data.jwe or "", header)))  # type: ignore[attr-defined]  # Sealed
    return found


async def shown(desk: Desk, referral: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = (await desk.get(f"{REFERRALS}/{referral['id']}")).json()
    return view


async def test_a_silent_partner_is_asked_again_and_then_a_manager_hears(
    desk: Desk, alarms: Alarms, store: ServiceDatabase
) -> None:
    referral = await referred(desk, organisation(store, answers_by="link"))
    assert await at(alarms, day(8, 23, 55)) == 0, "two working days end with Tuesday"
    assert await at(alarms, day(9)) == 1
    assert await at(alarms, day(11, 23, 55)) == 0, "to ask once more would meet the manager's hour"
    assert (await shown(desk, referral))["escalated_to"] is None
    assert await at(alarms, day(12)) == 1
    late = await shown(desk, referral)
    assert (late["chases"], late["escalated_to"], late["state"]) == (1, MANAGER, "requested")
    assert told(store) == ["requested", "chased", "escalated"]
    assert [each["kind"] for each in late["steps"]] == ["moved", "chased", "escalated"]
    assert [int(each["sequence"]) for each in events(store) if ".referral." in each["type"]] == [1, 2, 3]
    mine = (await desk.get(f"{REFERRALS}?escalated_to={MANAGER}")).json()["items"]
    assert [each["id"] for each in mine] == [referral["id"]]
    # From here on only the queue's clock rings, where it waits for the manager.
    assert await at(alarms, day(31)) == 1
    assert told(store) == ["requested", "chased", "escalated"]
    # Asked, and asked again: two links, none of which says anything about anybody.
    assert [each.link_target for each in letters(store)] == [UUID(referral["id"])] * 2
    for letter in letters(store):
        assert letter.to == "team@harbour.example"
        assert not [word for word in (SAID, NAME, "money", "debt") if word in letter.text + letter.subject]
        assert letter.link_until is not None
    # Who answers late answers all the same, and the manager is left in peace.
    await moved(desk, referral, "accepted", heard_by="phone")
    assert ((await shown(desk, referral))["escalated_to"], (await shown(desk, referral))["chases"]) == (None, 0)


@pytest.mark.full
async def test_an_urgent_one_counts_minutes(desk: Desk, alarms: Alarms, store: ServiceDatabase) -> None:
    await referred(desk, organisation(store), urgency="immediate")
    assert await at(alarms, START + timedelta(minutes=29)) == 0
    assert await at(alarms, START + timedelta(minutes=31)) == 1
    assert await at(alarms, START + timedelta(minutes=61)) == 1
    assert told(store) == ["requested", "chased", "escalated"]


@pytest.mark.full
async def test_a_worker_that_was_away_does_both_once(desk: Desk, alarms: Alarms, store: ServiceDatabase) -> None:
    await referred(desk, organisation(store))
    assert await at(alarms, day(30)) == 2
    assert told(store) == ["requested", "chased", "escalated"]


async def test_to_have_it_is_no_answer_and_an_answer_begins_another_wait(
    desk: Desk, alarms: Alarms, store: ServiceDatabase
) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour, urgency="today")
    await moved(partner(desk, harbour), referral, "received")
    assert await at(alarms, START + timedelta(minutes=121)) == 1
    await moved(partner(desk, harbour), referral, "accepted")
    # One working day to begin, two until a manager hears: Monday's end and Tuesday's end.
    assert await at(alarms, day(7, 23, 55)) == 0
    assert await at(alarms, day(8)) == 1
    await moved(partner(desk, harbour), referral, "on_hold", reason="waiting_list", until="2026-12-18")
    assert await at(alarms, day(18, 12)) == 0
    assert await at(alarms, day(22)) == 1, "asked the working day after their own day"
    await moved(partner(desk, harbour), referral, "in_progress")
    await moved(partner(desk, harbour), referral, "completed", reason="need_met")
    assert store.rows("select 1 from timer where fired_at is null") == []


async def test_nobody_is_asked_about_what_has_ended(desk: Desk, alarms: Alarms, store: ServiceDatabase) -> None:
    referral = await referred(desk, organisation(store))
    store.execute("create table kept as select * from timer")
    await moved(desk, referral, "cancelled", reason="helped_otherwise")
    # Alarms that lost the race.
    store.execute("insert into timer select * from kept")
    store.execute("drop table kept")
    assert await at(alarms, day(31)) == 2
    assert told(store) == ["requested", "cancelled"]


@pytest.mark.full
async def test_alarms_know_no_secrets_of_who_may_look(desk: Desk, alarms: Alarms, store: ServiceDatabase) -> None:
    person = uuid4()
    await referred(desk, organisation(store), person_id=str(person))
    know(store, person, restricted=True)
    assert await at(alarms, day(31)) == 2
    assert told(store)[-1] == "escalated"


# Who it goes to -------------------------------------------------------------------------------------------------


def line(store: ServiceDatabase, worker: str | None, **parts: Any) -> None:
    row = {
        "id": uuid4(), "sequence": 1, "worker_id": worker, "manager": None, "manages": False, "active": True,
        "absent_from": None, "absent_until": None, "covered_by": None, "members": "[]", **parts,
    }  # fmt: skip
    store.execute(
        f"insert into known_manager ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})", list(row.values())
    )


async def goes_to(store: ServiceDatabase, first: tuple[str | None, ...] = ()) -> str | None:
    database = Database(store.url)
    try:
        async with unit_of_work(database, "triage", Cause.system("triage", "test")) as unit:
            return await managers.answering_for(unit, "officer-1", START.date(), first)
    finally:
        await database.close()


async def test_it_goes_to_somebody_who_is_there(store: ServiceDatabase) -> None:
    assert await goes_to(store) is None
    line(store, "any-manager", manages=True)
    assert await goes_to(store) == "any-manager"
    team = '[{"worker_id": "officer-1", "role": "triage_officer", "from": "2026-01-05", "to": null}]'
    line(store, None, manager="team-manager", members=team)
    assert await goes_to(store) == "team-manager"
    line(store, "officer-1", manager="own-manager")
    assert await goes_to(store) == "own-manager"
    assert await goes_to(store, ("partners-manager",)) == "partners-manager"
    line(store, "partners-manager", active=False)
    assert await goes_to(store, ("partners-manager",)) == "own-manager"
    line(store, "own-manager", absent_from="2026-12-01", absent_until="2026-12-08", covered_by="stand-in")
    assert await goes_to(store) == "stand-in"
    line(store, "stand-in", absent_from="2026-12-01", covered_by="own-manager")
    assert await goes_to(store) == "team-manager", "two who stand in for each other and are both away"
