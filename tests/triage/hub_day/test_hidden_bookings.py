"""His side asks a hub about times, rooms, workers and people: whether she has bookings there, no answer tells.

The same questions are asked of two weeks: in one she is booked, in the other nobody is and her worker holds the time
for nobody named. And about two people: him (or her), and a stranger. Ben, his officer, asks; so does a host who has to
do with neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest

from tests.casefile.doors import counted
from tests.triage.desk import Desk, events, know
from tests.triage.hub_day.day import (
    APPOINTMENTS,
    FRIDAY,
    HUBS,
    Day,
    add_room,
    appointment,
    booked,
    put_hub,
    separate,
    step,
)

MONDAY = FRIDAY + timedelta(days=3)
OTHER = MONDAY + timedelta(days=7)
"""The same day of the week in which she has nothing."""
HER_HOUR = 13


@dataclass(frozen=True)
class Town:
    """Kelly, protected from Wayne; Ada works with her, Ben with him; a room where she is seen."""

    day: Day
    her: UUID
    him: UUID
    room: str
    hers: dict[str, Any]

    @property
    def ben(self) -> Desk:
        return self.day.desk.other(worker="ben")

    @property
    def ada(self) -> Desk:
        return self.day.desk.other(worker="ada")


@pytest.fixture
async def town(day: Day) -> Town:
    """She is booked on Monday at one, in a room, with Ada; a week later Ada holds the same time and room."""
    her, him = uuid4(), uuid4()
    await put_hub(day, "thames")
    room = await add_room(day)
    separate(day.store, her, him, barred=["ben"])
    ada = day.desk.other(worker="ada")
    body = appointment(her, MONDAY.replace(hour=HER_HOUR), "ada", room_id=room, about="domestic_abuse", remind=True)
    made = await ada.post(APPOINTMENTS, body)
    held = appointment(None, OTHER.replace(hour=HER_HOUR), "ada", kind="room_only", room_id=room)
    assert (made.status_code, (await ada.post(APPOINTMENTS, held)).status_code) == (201, 201)
    return Town(day, her, him, room, made.json())


def bare(response: httpx.Response, names: Mapping[str, str]) -> Any:
    """Status and words, where whoever was asked about, and the week, go by one name."""
    text = response.text
    for old, new in names.items():
        text = text.replace(old, new)
    body = httpx.Response(200, text=text).json() if text else None
    return response.status_code, _known(body)


def _known(body: Any) -> Any:
    if isinstance(body, dict):
        return {name: _known(value) for name, value in body.items() if name not in _NEW_EACH_TIME}
    return [_known(each) for each in body] if isinstance(body, list) else body


_NEW_EACH_TIME = {"id", "instance", "booked_at", "changed_at"}


async def asks(who: Desk, town: Town, person: UUID, week: datetime, worker: str = "ewa") -> list[Any]:
    """All that can be asked of the hub on that day, and done, beginning with looks."""
    date = week.date().isoformat()
    names = {str(person): "somebody", date: "that-day", worker: "a-worker"}
    free = f"{HUBS}/heath/free-times?day={date}&worker={{}}&person_id={person}"
    answers: list[Any] = []

    async def look(path: str) -> None:
        answers.append((path.partition("?")[0], bare(await who.get(path), names)))

    async def book(**more: Any) -> httpx.Response:
        at = week.replace(hour=more.pop("hour", 13), minute=more.pop("minute", 0))
        answer = await who.post(APPOINTMENTS, appointment(person, at, **more))
        answers.append((at - week, bare(answer, names)))
        return answer

    for each in (worker, "ada", "nobody-yet"):
        await look(free.format(each))
    await look(free.format(worker) + "&private=true")
    await look(free.format(worker) + "&kind=phone")
    await look(free.format(worker).partition("&person_id")[0])
    await look(f"{HUBS}/heath/appointments?day={date}")
    for state in ("booked", "to_rearrange", "cancelled"):
        await look(f"{APPOINTMENTS}?day={date}&state={state}")
    await look(f"{APPOINTMENTS}?day={date}&worker=ada")
    await look(f"{APPOINTMENTS}?day={date}&person_id={person}")
    await book(worker=worker, room_id=town.room)
    await book(worker="ada")
    await book(worker=worker, private=True)
    made = await book(worker=worker, minute=30)
    await book(worker="ewas-colleague", minute=45)
    await book(worker="ewas-colleague", hour=15)
    if made.status_code == 201:
        path = f"{APPOINTMENTS}/{made.json()['id']}"
        answers.append(bare(await who.get(path), names))
        moved = await who.patch(path, {"starts_at": week.replace(hour=14).isoformat()}, if_match='"1"')
        answers.append(bare(moved, names))
    # And what it did: whether anything fell free, or looks otherwise than before.
    await town.day.due()
    for each in (worker, "ada"):
        await look(free.format(each))
    await look(f"{HUBS}/heath/appointments?day={date}")
    await look(f"{APPOINTMENTS}?day={date}&person_id={person}")
    return answers


async def test_with_her_booking_or_without_his_side_gets_the_same_answers_about_him(town: Town) -> None:
    there = await asks(town.ben, town, town.him, MONDAY)
    not_there = await asks(town.ben, town, town.him, OTHER)
    assert there == not_there
    assert [each[1][0] for each in there if isinstance(each[0], timedelta)] == [409, 409, 409, 201, 409, 201]


@pytest.mark.full
async def test_about_him_his_side_gets_what_it_gets_about_a_stranger(town: Town) -> None:
    about_him = await asks(town.ben, town, town.him, MONDAY)
    assert await asks(town.ben, town, uuid4(), OTHER) == about_him


async def test_about_her_his_side_gets_what_it_gets_about_a_stranger(town: Town) -> None:
    """Her own diary, her bars and her home count for nothing; what they book of her is in nobody's diary."""
    about_her = await asks(town.ben, town, town.her, MONDAY)
    assert town.day.store.rows("select state from appointment where id = %s", [town.hers["id"]])[0]["state"] == "booked"
    about_a_stranger = await asks(town.ben, town, uuid4(), OTHER)
    assert about_her == about_a_stranger
    # Nothing of it is told to anybody, and nobody writes to her because of it.
    told = [each for each in events(town.day.store) if each["actor"] == "ben" and str(town.her) in str(each["data"])]
    assert told == []
    # Ada sees what he tried, and that it cannot stand; her own diary is as free as it was.
    tried = [
        each
        for each in (await town.ada.get(f"{APPOINTMENTS}?day=2026-12-07&person_id={town.her}")).json()["items"]
        if each["booked_by"] == "ben"
    ]
    assert {each["state"] for each in tried} == {"to_rearrange"}
    again = appointment(town.her, datetime.fromisoformat(tried[0]["starts_at"]) + timedelta(hours=24), "ada")
    assert (await town.ada.post(APPOINTMENTS, again)).status_code == 201


@pytest.mark.full
async def test_with_himself_as_her_worker_ben_gets_a_strangers_answer(town: Town) -> None:
    theirs = await asks(town.ben, town, town.her, MONDAY, worker="ben")
    assert theirs == await asks(town.ben, town, uuid4(), OTHER, worker="ben")


async def test_he_signed_in_for_an_organisation_or_by_another_desk_learns_no_more(town: Town) -> None:
    """Two desks, one barred and one that has to do with neither: about him they are told the same."""
    date = MONDAY.date().isoformat()
    path = f"{HUBS}/heath/free-times?day={date}&worker=ewa&person_id={town.him}"
    somebody = town.day.desk.other(worker="somebody")
    answers = [(await desk.get(path)).json() for desk in (town.ben, somebody, town.ada)]
    assert answers == [answers[0]] * 3
    assert len(answers[0]["starts"]) == 31


async def test_never_are_both_booked_in_one_hub_within_two_hours(town: Town) -> None:
    """His stands; hers cannot, keeps its place unseen until it is moved, and her side hears of it at once."""
    ewa = await booked(town.day, appointment(town.him, MONDAY.replace(hour=14), "ewa"))
    assert ewa["state"] == "booked"
    path = f"{APPOINTMENTS}/{town.hers['id']}"
    before = (await town.ada.get(path)).json()
    assert (before["state"], before["must_move"]) == ("to_rearrange", True)
    await town.day.due()
    hers = (await town.ada.get(path)).json()
    told = [each for each in events(town.day.store) if each["subject"] == town.hers["id"]][-1]
    assert (told["data"]["state"], told["actor"]) == ("to_rearrange", "system:triage")
    asked = [each["data"]["template"] for each in events(town.day.store) if each["type"].endswith("message.requested")]
    assert asked[-1] == "appointment.cancelled"
    # Her worker and the room stay taken, for everybody, and are free for her when it is moved.
    body = appointment(uuid4(), MONDAY.replace(hour=HER_HOUR), "ada")
    assert (await town.ben.post(APPOINTMENTS, body)).status_code == 409
    assert (await town.ben.post(APPOINTMENTS, body | {"worker": "x", "room_id": town.room})).status_code == 409
    too_near = await town.ada.patch(
        path, {"starts_at": MONDAY.replace(hour=12).isoformat()}, if_match=f'"{hers["version"]}"'
    )
    assert too_near.status_code == 409
    moved = await town.ada.patch(
        path, {"starts_at": MONDAY.replace(hour=10).isoformat()}, if_match=f'"{hers["version"]}"'
    )
    assert (moved.status_code, moved.json()["state"], moved.json()["must_move"]) == (200, "booked", False)
    assert (await town.ben.post(APPOINTMENTS, body)).status_code == 201


async def test_what_nobody_rearranged_in_time_stands_in_a_managers_list(town: Town) -> None:
    await booked(town.day, appointment(town.him, MONDAY.replace(hour=14), "ewa"))
    await town.day.until(FRIDAY + timedelta(hours=3))
    assert (await town.day.manager.get(f"{APPOINTMENTS}?late=true")).json()["items"] == []
    await town.day.until(FRIDAY + timedelta(hours=5))
    (late,) = (await town.day.manager.get(f"{APPOINTMENTS}?late=true")).json()["items"]
    assert (late["id"], late["must_move"]) == (town.hers["id"], True)
    # Not in a manager's who may not know of her.
    barred = town.day.manager.other(worker="ben")
    assert (await barred.get(f"{APPOINTMENTS}?late=true")).json()["items"] == []


@pytest.mark.full
async def test_who_is_in_the_building_stays_and_a_manager_sees_it_at_once(town: Town) -> None:
    town.day.at(MONDAY.replace(hour=HER_HOUR))
    await step(town.ada, f"{APPOINTMENTS}/{town.hers['id']}/outcomes", {"outcome": "arrived"}, 1)
    his = appointment(town.him, MONDAY.replace(hour=14), "ewa")
    assert (await town.ben.post(APPOINTMENTS, his)).status_code == 201
    await town.day.due()
    (late,) = (await town.day.manager.get(f"{APPOINTMENTS}?late=true")).json()["items"]
    assert (late["id"], late["state"], late["must_move"]) == (town.hers["id"], "arrived", True)


async def test_a_booking_costs_the_same_statements_whether_she_is_booked_or_he_is_anybody(town: Town) -> None:
    database = cast(Any, town.day.desk.client)._transport.app.state.database
    stranger = uuid4()
    know(town.day.store, stranger)
    said: list[list[str]] = []
    for person, at in ((town.him, MONDAY), (town.him, OTHER), (stranger, OTHER), (uuid4(), OTHER), (town.her, OTHER)):
        worker = f"worker-{len(said)}"
        free = f"{HUBS}/heath/free-times?day={at.date().isoformat()}&worker={worker}&person_id={person}"
        async with counted(database) as statements:
            assert (await town.ben.get(free)).status_code == 200
            body = appointment(person, at.replace(hour=14), worker)
            assert (await town.ben.post(APPOINTMENTS, body)).status_code == 201
        said.append([each for each in statements if "business_clock" not in each])
    assert said[:4] == [said[0]] * 4
    # What is booked of her blindly announces nothing: one row less in the last statement, and no statement less.
    assert (len(said[4]), said[4][:-1]) == (len(said[0]), said[0][:-1])
