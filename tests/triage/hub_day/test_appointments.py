"""Appointments: one room, one worker, separated people apart, reminders by safe route, missed and followed up."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.contracts.catalogue import CATALOGUE
from kit.events.effects import dispatch
from kit.events.handlers import KINDS, NotYet, handled
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from services.triage.app import SERVICE
from tests.triage.desk import events, know, looks
from tests.triage.hub_day.day import (
    APPOINTMENTS,
    FRIDAY,
    HUBS,
    Day,
    add_room,
    appointment,
    booked,
    on_the_rota,
    problem,
    put_hub,
    separate,
    step,
)
from tests.triage.signals import envelope

MONDAY = FRIDAY + timedelta(days=3)


def said(day: Day, event: str) -> list[dict[str, Any]]:
    return [each["data"] for each in events(day.store) if each["type"] == f"triage.{event}"]


def messages(day: Day) -> list[tuple[str, dict[str, str]]]:
    asked = said(day, "message.requested")
    return [(each["template"], {code["code"]: code["value"] for code in each["codes"]}) for each in asked]


@pytest.mark.full
async def test_an_appointment_is_announced_without_a_word(day: Day) -> None:
    person = uuid4()
    know(day.store, person)
    made = await booked(day, appointment(person, MONDAY, about="money", minutes=45))
    assert (made["state"], made["ends_at"]) == ("booked", "2026-12-07T10:45:00Z")
    (told,) = said(day, "appointment.booked")
    assert (told["person_id"], told["hub"], told["state"]) == (str(person), "heath", "booked")
    assert ("triage.appointment.book", f"appointment/{made['id']}", [person]) in looks(day.store)
    assert (await day.desk.get(f"{APPOINTMENTS}/{made['id']}")).json()["unsaid"] is False
    day.at(MONDAY + timedelta(hours=2))
    assert (await day.desk.get(f"{APPOINTMENTS}/{made['id']}")).json()["unsaid"] is True


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"starts_at": (FRIDAY - timedelta(hours=1)).isoformat()}, "not-in-the-past"),
        ({"kind": "home_visit", "starts_at": MONDAY.replace(hour=6).isoformat()}, "visiting-hours"),
        ({"kind": "home_visit", "starts_at": MONDAY.replace(hour=19, minute=45).isoformat()}, "visiting-hours"),
        ({"kind": "room_only"}, "no-name-on-a-room"),
        ({"person_id": None}, "person-needed"),
        ({"hub": "nowhere"}, "known-hub"),
        ({"contact_id": str(uuid4())}, "known-contact"),
    ],
)
@pytest.mark.full
async def test_what_cannot_be_is_refused_by_name(day: Day, more: dict[str, Any], rule: str) -> None:
    refused = problem(await day.desk.post(APPOINTMENTS, appointment(uuid4(), MONDAY) | more), 422, "invalid")
    assert refused["errors"][0]["rule"] == rule


async def refusal(day: Day, body: dict[str, Any]) -> dict[str, Any]:
    """A refusal but for the request's own number."""
    refused = problem(await day.desk.post(APPOINTMENTS, body), 409, "conflict")
    return {name: value for name, value in refused.items() if name != "instance"}


@pytest.mark.full
async def test_every_time_that_is_not_free_is_refused_in_the_same_words(day: Day) -> None:
    her, him, barred = uuid4(), uuid4(), uuid4()
    separate(day.store, her, him)
    know(day.store, barred, barred=["tom"])
    room = await add_room(day)
    await booked(day, appointment(her, MONDAY, room_id=room))
    await booked(day, appointment(him, MONDAY.replace(day=8), "farid"))
    refusals = [
        await refusal(day, body)
        for body in (
            appointment(uuid4(), MONDAY),  # the worker
            appointment(uuid4(), MONDAY, "ewa", room_id=room),  # the room
            appointment(her, MONDAY, "ewa"),  # herself
            appointment(her, MONDAY.replace(day=8) + timedelta(hours=2), "ewa"),  # must not meet him
            appointment(barred, MONDAY + timedelta(hours=5)),  # must not be seen by this worker
            appointment(uuid4(), MONDAY.replace(hour=20), "ewa"),  # closed
            appointment(uuid4(), MONDAY.replace(day=25), "ewa"),  # a bank holiday
            appointment(uuid4(), MONDAY, "ewa", room_id=str(uuid4())),  # no such room
        )
    ]
    assert refusals[0]["detail"] == "This time is not free. Please choose another one."
    assert all(each == refusals[0] for each in refusals)


async def test_separated_people_are_two_hours_apart_in_one_hub_and_free_elsewhere(day: Day) -> None:
    her, him = uuid4(), uuid4()
    separate(day.store, her, him)
    await put_hub(day, "thames")
    await booked(day, appointment(him, MONDAY.replace(hour=13)))
    near = {MONDAY.replace(hour=10, minute=31), MONDAY.replace(hour=13), MONDAY.replace(hour=15, minute=29)}
    for at in near:
        await refusal(day, appointment(her, at, "ewa"))
    for hour, minute in ((10, 30), (15, 30)):
        await booked(day, appointment(her, MONDAY.replace(hour=hour, minute=minute), "ewa"))
    await booked(day, appointment(her, MONDAY.replace(hour=13), "farid", hub="thames"))
    # A call brings nobody to the hub.
    await booked(day, appointment(her, MONDAY.replace(hour=14), "marcus", kind="phone"))


@pytest.mark.full
async def test_what_is_offered_can_be_booked_and_what_is_not_cannot(day: Day) -> None:
    her, him = uuid4(), uuid4()
    separate(day.store, her, him)
    await booked(day, appointment(him, MONDAY.replace(hour=13)))
    path = f"{HUBS}/heath/free-times?day=2026-12-07&worker=ewa&person_id={her}"
    starts = [datetime.fromisoformat(each) for each in (await day.desk.get(path)).json()["starts"]]
    assert starts[0] == MONDAY.replace(hour=9)
    assert [
        each for each in starts if MONDAY.replace(hour=10, minute=30) < each < MONDAY.replace(hour=15, minute=30)
    ] == []
    assert starts[-1] == MONDAY.replace(hour=16, minute=30)
    await booked(day, appointment(her, starts[6], "ewa"))
    await refusal(day, appointment(her, starts[6] + timedelta(minutes=45), "marcus"))


@pytest.mark.full
async def test_a_separation_holds_under_merged_ids(day: Day) -> None:
    her, her_old_id, him = uuid4(), uuid4(), uuid4()
    separate(day.store, her, him)
    know(day.store, her_old_id, merged_into=her)
    await booked(day, appointment(him, MONDAY))
    await refusal(day, appointment(her_old_id, MONDAY + timedelta(hours=1), "ewa"))


async def test_of_two_separated_people_booked_at_one_moment_one_stands(day: Day) -> None:
    for number in range(3):
        her, him = uuid4(), uuid4()
        separate(day.store, her, him)
        at = MONDAY + timedelta(days=number)
        both = await asyncio.gather(
            day.desk.post(APPOINTMENTS, appointment(her, at, "tom")),
            day.desk.post(APPOINTMENTS, appointment(him, at + timedelta(hours=1), "ewa")),
        )
        # His is made whatever else there is; hers came later and was refused, or came first and gave way.
        assert both[1].status_code == 201
        rows = day.store.rows(
            "select person_id, state from appointment where person_id = any(%s) order by state", [[her, him]]
        )
        assert [(each["person_id"], each["state"]) for each in rows] in (
            [(him, "booked")],
            [(him, "booked"), (her, "to_rearrange")],
        )


@pytest.mark.full
@pytest.mark.parametrize("what", ["worker", "room"])
async def test_of_many_desks_that_want_one_worker_or_room_one_gets_it(day: Day, what: str) -> None:
    await put_hub(day, "thames")
    room = await add_room(day)
    bodies = [
        appointment(uuid4(), MONDAY + timedelta(minutes=5 * number), "tom" if what == "worker" else f"w{number}")
        | ({"room_id": room} if what == "room" else {"hub": "thames" if number % 2 else "heath"})
        for number in range(6)
    ]
    answers = await asyncio.gather(*(day.desk.post(APPOINTMENTS, each) for each in bodies))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 5
    assert {each.json()["detail"] for each in answers if each.status_code == 409} == {
        "This time is not free. Please choose another one."
    }


@pytest.mark.full
async def test_the_database_itself_refuses_two_bookings_of_one_room(day: Day) -> None:
    """The rule stands in the table, whatever code comes before it."""
    import psycopg

    made = await booked(day, appointment(uuid4(), MONDAY, room_id=await add_room(day)))
    copy = (
        "insert into appointment select {id}, version, kind, person_id, household_id, contact_id, hub, room_id,"
        " {worker}, about, starts_at + interval '10 minutes', ends_at, state, remind, missed_because,"
        " follow_up_due_at, follow_up,"
        " follow_up_late_at, booked_by, booked_at, changed_at from appointment where id = %s"
    )
    for worker in ("'somebody else'", "worker"):
        with pytest.raises(psycopg.errors.ExclusionViolation):
            day.store.execute(copy.format(id="gen_random_uuid()", worker=worker), [made["id"]])


@pytest.mark.full
async def test_any_private_room_is_the_smallest_that_is_free(day: Day) -> None:
    await add_room(day, name="Hall", private=False)
    big = (await day.host.post(f"{HUBS}/heath/rooms", {"name": "Ash", "private": True, "seats": 8})).json()["id"]
    small = await add_room(day, name="Oak")
    first = await booked(day, appointment(uuid4(), MONDAY, "tom", private=True))
    second = await booked(day, appointment(None, MONDAY, "ewa", kind="room_only"))
    assert (first["room_id"], second["room_id"]) == (small, big)
    await refusal(day, appointment(uuid4(), MONDAY, "farid", private=True))
    # A room held without a name is nobody's case.
    assert len(said(day, "appointment.booked")) == 1


async def outcome(day: Day, made: dict[str, Any], version: int, **body: Any) -> Any:
    return await step(day.desk, f"{APPOINTMENTS}/{made['id']}/outcomes", body, version)


@pytest.mark.full
async def test_a_move_frees_what_it_leaves_and_never_clashes_with_itself(day: Day) -> None:
    made = await booked(day, appointment(uuid4(), MONDAY, private=False, room_id=await add_room(day)))
    path = f"{APPOINTMENTS}/{made['id']}"
    later = {"starts_at": (MONDAY + timedelta(minutes=15)).isoformat()}
    moved = await day.desk.patch(path, later, if_match='"1"')
    assert moved.status_code == 200, moved.text
    assert (moved.json()["room_id"], moved.json()["version"]) == (made["room_id"], 2)
    await booked(day, appointment(uuid4(), MONDAY - timedelta(minutes=15), minutes=30))
    problem(await day.desk.patch(path, later, if_match='"1"'), 412, "stale")
    problem(await day.desk.patch(path, {"starts_at": MONDAY.isoformat()}, if_match='"2"'), 409, "conflict")
    assert (await day.desk.get(path)).json()["version"] == 2


async def test_whoever_agreed_is_told_reminded_and_told_again_by_codes_alone(day: Day) -> None:
    person = uuid4()
    made = await booked(day, appointment(person, MONDAY, remind=True))
    at = {"date": "2026-12-07", "time": "10:00", "hub": "heath"}
    assert messages(day) == [("appointment.booked", at)]
    later = {"starts_at": (MONDAY + timedelta(hours=1)).isoformat()}
    await day.desk.patch(f"{APPOINTMENTS}/{made['id']}", later, if_match='"1"')
    assert messages(day)[1:] == [("appointment.changed", at | {"time": "11:00"})]
    assert await day.until(MONDAY - timedelta(hours=23, minutes=1)) == 0
    assert await day.until(MONDAY - timedelta(hours=22)) == 1
    assert messages(day)[2:] == [("appointment.reminder", at | {"time": "11:00"})]
    assert said(day, "message.requested")[-1]["about_id"] == made["id"]
    await outcome(day, made, 2, outcome="cancelled")
    assert messages(day)[3:] == [("appointment.cancelled", {"date": "2026-12-07"})]


@pytest.mark.full
async def test_nobody_is_told_who_did_not_agree(day: Day) -> None:
    made = await booked(day, appointment(uuid4(), MONDAY, kind="home_visit"))
    assert await day.until(MONDAY + timedelta(hours=1)) == 0
    await outcome(day, made, 1, outcome="missed", because="nobody_at_home")
    assert messages(day) == []


@pytest.mark.full
async def test_a_cancelled_appointment_reminds_nobody(day: Day) -> None:
    made = await booked(day, appointment(uuid4(), MONDAY, remind=True))
    await outcome(day, made, 1, outcome="cancelled")
    assert await day.until(MONDAY) == 0


async def test_a_missed_visit_is_followed_up_or_a_manager_hears(day: Day) -> None:
    made = await booked(day, appointment(uuid4(), MONDAY, kind="home_visit", remind=True))
    too_soon = problem(await outcome(day, made, 1, outcome="missed", because="nobody_at_home"), 409, "conflict")
    assert too_soon["allowed"] == ["arrived", "cancelled", "kept"]
    await day.until(MONDAY + timedelta(minutes=20))
    missed = (await outcome(day, made, 1, outcome="missed", because="nobody_at_home")).json()
    # By the end of the next working day.
    assert missed["follow_up_due_at"] == "2026-12-09T00:00:00Z"
    assert messages(day)[-1] == ("appointment.missed", {"date": "2026-12-07"})
    assert said(day, "appointment.missed")[0]["missed_because"] == "nobody_at_home"
    assert await day.until(MONDAY.replace(day=9, hour=1)) == 1
    (late,) = (await day.manager.get(f"{APPOINTMENTS}?late=true")).json()["items"]
    assert late["id"] == made["id"]
    path = f"{APPOINTMENTS}/{made['id']}/follow-ups"
    done = (await step(day.desk, path, {"what": "went_round"}, late["version"])).json()
    assert done["follow_up"] == "went_round"
    assert (await day.manager.get(f"{APPOINTMENTS}?late=true")).json()["items"] == []
    problem(await step(day.desk, path, {"what": "went_round"}, done["version"]), 409, "conflict")


@pytest.mark.full
async def test_where_harm_may_be_they_are_looked_after_within_four_hours(day: Day) -> None:
    made = await booked(day, appointment(uuid4(), MONDAY, about="domestic_abuse"))
    day.at(MONDAY + timedelta(minutes=15))
    missed = (await outcome(day, made, 1, outcome="missed", because="they_did_not_come")).json()
    due = datetime.fromisoformat(missed["follow_up_due_at"])
    assert timedelta(hours=4, minutes=14) < due - MONDAY < timedelta(hours=4, minutes=16)
    path = f"{APPOINTMENTS}/{made['id']}/follow-ups"
    await step(day.desk, path, {"what": "spoke_to_them"}, missed["version"])
    assert await day.until(MONDAY + timedelta(days=2)) == 0


@pytest.mark.full
async def test_who_is_absent_leaves_appointments_that_say_so(day: Day) -> None:
    shift = await on_the_rota(day, "tom", "account_manager")
    made = await booked(day, appointment(uuid4(), FRIDAY + timedelta(hours=2)))
    await step(day.host, f"{HUBS}/heath/rota/{shift['id']}/absences", {}, 1)
    assert (await day.desk.get(f"{APPOINTMENTS}/{made['id']}")).json()["worker_absent"] is True
    moved = await day.desk.patch(f"{APPOINTMENTS}/{made['id']}", {"worker": "ewa"}, if_match='"1"')
    assert moved.json()["worker_absent"] is False


async def told(
    day: Day,
    person: UUID,
    *,
    apart: tuple[UUID, ...],
    sequence: int,
    first: str = "projections",
    barred: tuple[str, ...] = (),
) -> None:
    """Casefile says of a person from whom they are separated."""
    data = {
        "person_id": str(person),
        "separated_from": [str(each) for each in apart],
        "barred_workers": list(barred),
        "changed_at": MONDAY.isoformat(),
    }
    body = envelope("casefile.person.changed", data, subject=person, sequence=sequence)
    event = CATALOGUE["casefile.person.changed"].parse(json.dumps(body))
    database = Database(day.store.url)
    try:
        for kind in KINDS if first == "projections" else KINDS[::-1]:
            async with unit_of_work(database, "triage", Cause.system("triage", "test")) as unit:
                await dispatch(unit, handled(SERVICE.handlers, kind), [event])
    finally:
        await database.close()


async def test_a_separation_undoes_her_booking_and_his_stands(day: Day) -> None:
    her, him = uuid4(), uuid4()
    his = await booked(day, appointment(him, MONDAY, remind=True))
    hers = await booked(day, appointment(her, MONDAY + timedelta(hours=1), "ewa", remind=True))
    with_him = await booked(day, appointment(her, MONDAY.replace(day=9), "ben"))
    with pytest.raises(NotYet):
        await told(day, her, apart=(him,), barred=("ben", str(him)), sequence=2, first="reactions")
    await told(day, him, apart=(), sequence=1)
    for sequence, person, other in ((2, her, him), (2, him, her), (3, her, him)):
        barred = ("ben", str(him)) if person == her else ()
        await told(day, person, apart=(other,), barred=barred, sequence=sequence)
    shown = [(await day.desk.get(f"{APPOINTMENTS}/{made['id']}")).json() for made in (his, hers, with_him)]
    # What she had with somebody who is barred from her now cannot stand either.
    assert [each["state"] for each in shown] == ["booked", "to_rearrange", "to_rearrange"]
    assert [each["version"] for each in shown] == [1, 2, 2]
    assert [each["must_move"] for each in shown] == [False, True, True]
    # She hears of it by her safe way; her reminder does not go out, his does; another time puts it right.
    assert messages(day)[-1] == ("appointment.cancelled", {"date": "2026-12-07"})
    move = {"starts_at": (MONDAY + timedelta(hours=3)).isoformat()}
    again = await day.desk.patch(f"{APPOINTMENTS}/{hers['id']}", move, if_match='"2"')
    assert (again.json()["state"], again.json()["must_move"]) == ("booked", False)


@pytest.mark.full
async def test_an_appointment_of_somebody_kept_back_looks_like_time_that_is_held(day: Day) -> None:
    person = uuid4()
    made = await booked(day, appointment(person, MONDAY, about="money", remind=True))
    held = await booked(day, appointment(None, MONDAY, "ewa", kind="time_only"))
    know(day.store, person, restricted=True)
    (hers, ewas) = (await day.desk.get(f"{APPOINTMENTS}?hub=heath")).json()["items"]
    own = {"id", "worker", "booked_at", "version"}
    assert {name: hers[name] for name in hers.keys() - own} == {name: ewas[name] for name in ewas.keys() - own}
    assert (hers["id"], hers["worker"], ewas["id"]) == (made["id"], "tom", held["id"])
    assert (await day.desk.get(f"{APPOINTMENTS}/{made['id']}")).json() == hers
    assert (await day.desk.get(f"{APPOINTMENTS}?person_id={person}")).json()["items"] == []
    # Neither is anybody's to change but whose it is.
    other = day.desk.other(worker="somebody")
    words = []
    for each in (made, held):
        path = f"{APPOINTMENTS}/{each['id']}"
        for answer in (
            await step(other, f"{path}/outcomes", {"outcome": "cancelled"}, 1),
            await other.patch(path, {"minutes": 45}, if_match='"1"'),
        ):
            words.append(problem(answer, 409, "conflict")["detail"])
    assert words == ["Somebody holds this time. Whoever holds it, or booked it, can change it."] * 4
    await step(day.desk, f"{APPOINTMENTS}/{held['id']}/outcomes", {"outcome": "cancelled"}, 1)
    # And the time is taken, in the usual words.
    await refusal(day, appointment(uuid4(), MONDAY))


@pytest.mark.full
async def test_the_list_pages_in_order_of_time(day: Day) -> None:
    for number in (3, 1, 2):
        await booked(day, appointment(uuid4(), MONDAY + timedelta(hours=number)))
    first = await day.desk.get(f"{APPOINTMENTS}?day=2026-12-07&limit=2")
    more = await day.desk.get(f"{APPOINTMENTS}?day=2026-12-07&limit=2&after={first.json()['next']}")
    starts = [each["starts_at"] for each in first.json()["items"] + more.json()["items"]]
    assert starts == sorted(starts)
    assert len(starts) == 3
    assert more.json()["next"] is None


async def test_the_appointments_of_a_household_are_those_of_whoever_lives_there_and_may_be_known(day: Day) -> None:
    home, mother, son, hidden, gone, before = (uuid4() for _ in range(6))
    here = [(home, "2026-01-01", None)]
    know(day.store, mother, households=here)
    know(day.store, son, households=here)
    know(day.store, hidden, households=here, restricted=True)
    know(day.store, gone, households=[(home, "2026-01-01", "2026-06-01")])
    # Merged into the mother since: the appointment keeps the id it was booked with.
    know(day.store, before, merged_into=mother)
    made = {}
    for hours, who in enumerate((mother, son, gone, before)):
        made[who] = (await booked(day, appointment(who, MONDAY + timedelta(hours=hours))))["id"]
    day.store.execute("update appointment set person_id = %s where id = %s", [hidden, made[son]])
    found = (await day.desk.get(f"{APPOINTMENTS}?household_id={home}")).json()["items"]
    assert [each["id"] for each in found] == [made[mother], made[before]]
    assert (await day.desk.get(f"{APPOINTMENTS}?household_id={uuid4()}")).json()["items"] == []
