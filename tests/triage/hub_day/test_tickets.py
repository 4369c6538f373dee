"""Tickets: numbers, never names; waits said honestly and measured."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.triage.desk import know, looks
from tests.triage.hub_day.day import (
    FRIDAY,
    HUBS,
    Day,
    appointment,
    booked,
    on_the_rota,
    problem,
    put_hub,
    separate,
    step,
)

TICKETS = f"{HUBS}/heath/tickets"
CALLS = f"{HUBS}/heath/calls"


async def taken(day: Day, **said: Any) -> dict[str, Any]:
    answer = await day.host.post(TICKETS, said)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.full
async def test_a_ticket_has_a_number_and_no_room_for_a_name(day: Day) -> None:
    ticket = await taken(day, about="housing", language="so")
    assert (ticket["number"], ticket["state"]) == (1, "waiting")
    refused = problem(await day.host.post(TICKETS, {"name": "Amina"}), 422, "invalid")
    assert refused["errors"][0]["pointer"] == "/name"
    columns = day.store.rows(
        "select column_name as name from information_schema.columns where table_name = 'hub_ticket'"
    )
    assert not [each["name"] for each in columns if "name" in each["name"]]
    called = (await day.host.post(CALLS, {"desk": "Table 2"})).json()
    board = (await day.host.get(f"{HUBS}/heath/waits")).json()["called"]
    assert board == [{"number": called["number"], "desk": "Table 2"}]


async def test_numbers_have_no_twins_and_start_anew_each_day_and_hub(day: Day) -> None:
    await put_hub(day, "thames")
    many = await asyncio.gather(*(taken(day) for _ in range(8)))
    assert sorted(each["number"] for each in many) == list(range(1, 9))
    assert (await day.host.post(f"{HUBS}/thames/tickets", {})).json()["number"] == 1
    day.at(FRIDAY + timedelta(days=3))
    assert (await taken(day))["number"] == 1


async def test_two_desks_that_ask_at_once_call_two_people(day: Day) -> None:
    for _ in range(3):
        await taken(day)
    called = await asyncio.gather(*(day.host.post(CALLS, {"desk": f"Table {desk}"}) for desk in (1, 2, 3)))
    assert sorted(each.json()["number"] for each in called) == [1, 2, 3]
    assert problem(await day.host.post(CALLS, {"desk": "Table 4"}), 409, "conflict")["detail"] == "Nobody is waiting"


@pytest.mark.full
async def test_a_repeat_of_a_call_calls_nobody_else(day: Day) -> None:
    await taken(day)
    await taken(day)
    first, again = [await day.host.post(CALLS, {"desk": "Table 1"}, key="once") for _ in range(2)]
    assert first.json()["number"] == again.json()["number"] == 1


@pytest.mark.full
async def test_who_must_be_seen_sooner_is(day: Day) -> None:
    for sooner in (None, None, "unwell"):
        await taken(day, **({"sooner": sooner} if sooner else {}))
    assert [(await day.host.post(CALLS, {"desk": "1"})).json()["number"] for _ in range(3)] == [3, 1, 2]


@pytest.mark.full
async def test_the_way_of_a_ticket(day: Day) -> None:
    ticket = await taken(day)
    path = f"{TICKETS}/{ticket['id']}/steps"
    refused = problem(await step(day.host, path, {"step": "end"}, 1), 409, "conflict")
    assert refused["allowed"] == ["call", "leave"]
    await step(day.host, path, {"step": "call", "desk": "Table 1"}, 1)
    day.at(FRIDAY + timedelta(minutes=4))
    missed = (await step(day.host, path, {"step": "not_there"}, 2)).json()
    assert (missed["state"], missed["desk"]) == ("waiting", None)
    again = (await step(day.host, path, {"step": "call", "desk": "Table 2"}, 3)).json()
    # The wait ended when they were called first.
    assert again["first_called_at"] == missed["first_called_at"]
    await step(day.host, path, {"step": "sit_down"}, 4)
    ended = (await step(day.host, path, {"step": "end"}, 5)).json()
    assert ended["state"] == "ended"
    assert (await day.host.get(TICKETS)).json()["items"] == []
    assert [each["number"] for each in (await day.host.get(f"{TICKETS}?everyone=true")).json()["items"]] == [1]
    problem(await step(day.host, path, {"step": "end"}, 5), 412, "stale")


@pytest.mark.full
async def test_a_wait_is_worked_out_from_the_rota_and_said_to_whoever_comes(day: Day) -> None:
    nobody = (await taken(day))["wait"]
    assert (nobody["minutes"], "nobody is on the rota" in nobody["words"]) == (None, True)
    await on_the_rota(day, "sade")
    await on_the_rota(day, "tom", "account_manager")  # not at a desk
    second = await taken(day)
    assert (second["wait"]["minutes"], second["said_minutes"]) == (12, 12)
    assert "not yet measured" in second["wait"]["words"]
    await day.host.post(CALLS, {"desk": "Table 1"})
    third = await taken(day)
    assert third["wait"]["minutes"] == 24


async def conversation(day: Day, start: int, waits: int, takes: int) -> None:
    """Somebody comes at that minute, waits and talks for so long."""
    begin = FRIDAY + timedelta(minutes=start)
    day.at(begin)
    ticket = await taken(day)
    path = f"{TICKETS}/{ticket['id']}/steps"
    for version, (does, minute) in enumerate((("call", waits), ("sit_down", waits), ("end", waits + takes)), 1):
        day.at(begin + timedelta(minutes=minute))
        assert (await step(day.host, path, {"step": does}, version)).status_code == 200


@pytest.mark.full
async def test_what_was_said_is_measured_against_what_then_happened(day: Day) -> None:
    await on_the_rota(day, "sade")
    before = (await day.host.get(f"{HUBS}/heath/waits")).json()["kept"]
    assert (before["tickets"], before["kept_share"]) == (0, None)
    for number in range(10):
        # Told that nobody waits, since the desk is free; two of ten waited half an hour all the same.
        await conversation(day, number * 40, 30 if number >= 8 else 0, 20 if number % 2 else 30)
    waits = (await day.host.get(f"{HUBS}/heath/waits")).json()
    assert waits["kept"]["tickets"] == 10
    assert (waits["kept"]["said_minutes"], waits["kept"]["kept_share"]) == (0.0, 0.8)
    # Conversations take 25 minutes in the middle: that is measured now, and what is said says so.
    assert "about 25 minutes, as the last four weeks here show" in waits["wait"]["words"]
    assert waits["wait"]["no_longer_than"] is not None
    day.at(FRIDAY + timedelta(days=60))
    assert (await day.host.get(f"{HUBS}/heath/waits")).json()["kept"]["tickets"] == 0


async def test_whoever_is_protected_is_offered_a_room_and_his_ticket_tells_nothing_of_her(day: Day) -> None:
    """Whether she is here, was here, is expected or is not: his ticket is a stranger's, and hers changes by nothing."""
    her, him = uuid4(), uuid4()
    separate(day.store, her, him, barred=["bens-desk"])
    ben = day.host.other(worker="bens-desk")
    before = await taken(day, person_id=str(him))
    hers = await taken(day, person_id=str(her))
    await booked(day, appointment(her, FRIDAY + timedelta(minutes=90)))
    assert hers["seat_apart"] is True
    seen = (await ben.get(f"{TICKETS}/{hers['id']}")).json()
    assert (seen["person_id"], seen["seat_apart"]) == (None, False)
    after = await taken(day, person_id=str(him))
    assert (before["seat_apart"], after["seat_apart"]) == (False, False)
    assert (await ben.get(f"{TICKETS}/{hers['id']}")).json() == seen
    assert (await day.host.get(f"{TICKETS}/{hers['id']}")).json()["version"] == hers["version"]


@pytest.mark.full
async def test_a_ticket_of_somebody_restricted_is_a_number_and_nobody(day: Day) -> None:
    person = uuid4()
    know(day.store, person, restricted=True)
    ticket = await taken(day, person_id=str(person))
    # What was typed comes back, as it does of a stranger.
    assert (ticket["number"], ticket["person_id"], ticket["seat_apart"]) == (1, str(person), False)
    (shown,) = (await day.host.get(TICKETS)).json()["items"]
    assert shown["person_id"] == str(person)
    # Still, who put them there is on their record.
    assert ("triage.ticket.work", f"hub_ticket/{ticket['id']}", [person]) in looks(day.store)
