"""Stays through the doors: scenario 1's dates, overlaps, moves, notices, who may see, what the events say."""

import asyncio
from datetime import date, time
from uuid import UUID, uuid4

import pytest

from services.housing.placements import commands
from tests.housing.doors import Housing
from tests.housing.placements.ground import FLAT, HOTEL, PLACING, home, staying
from tests.service_doors import MANAGER

FRIDAY = date(2026, 12, 4)


@pytest.mark.full
async def test_a_family_in_bed_and_breakfast_from_4_december(housing: Housing) -> None:
    housing.on(FRIDAY, time(18, 10))
    hotel = await home(housing, HOTEL, council="E09000026")
    said = staying(hotel)
    without = {name: value for name, value in said.items() if name != "nothing_else"}
    refused = await housing.refused(422, "POST", "/placements", without, **PLACING)
    assert (refused["errors"][0]["pointer"], refused["errors"][0]["rule"]) == (
        "/nothing_else",
        "family-not-in-bed-and-breakfast",
    )
    stay = await housing.good("POST", "/placements", said, **PLACING)
    path = f"/placements/{stay['id']}"
    assert [each["rings_on"] for each in stay["alarms"]] == ["2026-12-31", "2027-01-07", "2027-01-14"]
    assert (stay["leave_by"], stay["days_left"], stay["section"]) == ("2027-01-15", 42, "Housing Act 1996 s188(1)")
    (notice,) = [each for each in stay["notices"] if each["kind"] == "out_of_area"]
    assert (notice["due_on"], notice["state"], notice["late"]) == ("2026-12-17", "due", False)
    said = (await housing.good("GET", f"{path}/notices/{notice['id']}/words", **PLACING))["words"]
    assert "Address of the accommodation: A hotel." in said
    assert said[1:3] == [
        "Applicant: {applicant}.",
        "Others who normally live with the applicant, or might reasonably be expected to: "
        "1 child and a child who is expected.",
    ]

    rung = []
    for day in (date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 14), date(2027, 1, 15)):
        housing.on(day, time(0, 1))
        rung.append(await housing.ring())
    assert rung == [0, 1, 1, 1, 1]
    told = housing.announced("placement.started", "placement.alarmed", "placement.breached")
    assert [(each["type"].rpartition(".")[2], each["data"]["alarm_day"]) for each in told] == [
        ("started", None),
        ("alarmed", 28),
        ("alarmed", 35),
        ("alarmed", 42),
        ("breached", 42),
    ]
    assert [each["sequence"] for each in told] == sorted({each["sequence"] for each in told})
    assert told[-1]["data"]["breached_on"] == "2027-01-15"

    ringing = (await housing.good("GET", "/placements/alarms", **PLACING))["items"]
    assert [each["day"] for each in ringing] == [28, 35, 42]
    body = {"answer": "A leased home is ready on Monday"}
    answered = await housing.good("POST", f"{path}/alarms/28/answers", body, **MANAGER)
    assert answered["alarms"][0]["answered_by"] == "manager-1"
    counted = (await housing.good("GET", "/placements/dashboard", **PLACING))["days"][0]
    assert (counted["bed_and_breakfast_past_six_weeks"], counted["cost_pence"]) == (1, 9_500)


@pytest.mark.full
async def test_a_move_to_another_hotel_begins_no_new_six_weeks(housing: Housing) -> None:
    housing.on(FRIDAY)
    first, second = await home(housing, HOTEL), await home(housing, HOTEL, reference="HOTEL-2")
    stay = await housing.good("POST", "/placements", staying(first), **PLACING)
    housing.on(date(2027, 1, 3))
    await housing.ring()
    said = {"home_id": second, "moved_on": "2027-01-03", "nothing_else": "Still nothing for four"}
    moved = await housing.good("POST", f"/placements/{stay['id']}/moves", said, version=2, **PLACING)
    assert [(each["day"], each["rings_on"]) for each in moved["alarms"]] == [(35, "2027-01-07"), (42, "2027-01-14")]
    assert (moved["leave_by"], moved["day_of_bed_and_breakfast"]) == ("2027-01-15", 31)
    old = await housing.good("GET", f"/placements/{stay['id']}", **PLACING)
    assert (old["status"], old["left_on"], old["end_reason"], old["nights"]) == ("ended", "2027-01-03", "moved", 30)
    assert (moved["moved_from"], moved["entered_on"]) == (stay["id"], "2027-01-03")
    # Nor does a stay that is said to be another one, weeks later and without a case.
    gone = {"left_on": "2027-01-05", "reason": "family_or_friends"}
    housing.on(date(2027, 1, 20))
    await housing.good("POST", f"/placements/{moved['id']}/ends", gone, version=1, **PLACING)
    back = {**staying(first), "household_id": moved["household_id"], "entered_on": "2027-01-20"}
    anew = await housing.good("POST", "/placements", back, **PLACING)
    assert (anew["day_of_bed_and_breakfast"], anew["leave_by"]) == (33, "2027-01-30")
    again = await housing.refused(
        409, "POST", f"/placements/{stay['id']}/moves", said, version=old["version"], **PLACING
    )
    assert again["state"] == "ended"


async def test_stays_do_not_overlap(housing: Housing) -> None:
    housing.on(FRIDAY)
    hotel, flat = await home(housing, HOTEL), await home(housing, FLAT)
    said = staying(hotel)
    stay = await housing.good("POST", "/placements", said, **PLACING)
    elsewhere = await housing.refused(409, "POST", "/placements", {**said, "home_id": flat}, **PLACING)
    assert elsewhere["errors"][0]["rule"] == "no-overlapping-stays"
    before = {**said, "home_id": flat, "entered_on": "2026-12-01"}
    assert (await housing("POST", "/placements", before, **PLACING)).status_code == 409
    taken = await housing.refused(409, "POST", "/placements", staying(hotel), **PLACING)
    assert taken["errors"][0]["rule"] == "home-not-taken"
    early = {"left_on": "2026-12-03", "reason": "contact_lost"}
    refused = await housing.refused(422, "POST", f"/placements/{stay['id']}/ends", early, version=1, **PLACING)
    assert refused["errors"][0]["pointer"] == "/left_on"
    done = {"left_on": "2026-12-04", "reason": "recorded_by_mistake"}
    assert (await housing("POST", f"/placements/{stay['id']}/ends", done, version=9, **PLACING)).status_code == 412
    await housing.good("POST", f"/placements/{stay['id']}/ends", done, version=1, **PLACING)
    # Of a stay that is over and written down late, only its own nights are in the way.
    late = {**said, "home_id": hotel, "entered_on": "2026-11-20", "left_on": "2026-12-04", "end_reason": "contact_lost"}
    over = await housing.good("POST", "/placements", late, **PLACING)
    assert (over["status"], over["nights"]) == ("ended", 14)
    again = {**late, "home_id": flat, "entered_on": "2026-12-03"}
    assert (await housing("POST", "/placements", again, **PLACING)).status_code == 409
    # A day on which one household leaves is the first night of the next.
    await housing.good("POST", "/placements", {**said, "home_id": flat}, **PLACING)
    await housing.good("POST", "/placements", staying(hotel), **PLACING)


@pytest.mark.full
async def test_of_ten_who_place_into_one_home_or_one_household_at_once_one_does(housing: Housing) -> None:
    housing.on(FRIDAY)
    flat = await home(housing, FLAT)
    answers = await asyncio.gather(*(housing("POST", "/placements", staying(flat), **PLACING) for _ in range(10)))
    assert sorted(each.status_code for each in answers) == [201] + [409] * 9
    flats = [await home(housing, FLAT, reference=f"FLAT-{number}") for number in range(2, 12)]
    said = staying(flat)
    answers = await asyncio.gather(
        *(housing("POST", "/placements", {**said, "home_id": each}, **PLACING) for each in flats)
    )
    assert sorted(each.status_code for each in answers) == [201] + [409] * 9


async def test_the_stay_ends_on_the_day_the_letting_starts(housing: Housing) -> None:
    housing.on(FRIDAY)
    flat = await home(housing, FLAT)
    said = staying(flat)
    stay = await housing.good("POST", "/placements", said, **PLACING)
    housing.on(date(2026, 12, 21))
    letting = uuid4()
    async with housing.unit() as unit:
        (ended,) = await commands.end_for_letting(unit, UUID(said["household_id"]), letting, date(2026, 12, 21))
        assert await commands.end_for_letting(unit, uuid4(), letting, date(2026, 12, 21)) == []
    assert str(ended.id) == stay["id"]
    shown = await housing.good("GET", f"/placements/{stay['id']}", **PLACING)
    assert (shown["left_on"], shown["end_reason"], shown["nights"]) == ("2026-12-21", "letting_started", 17)
    assert (shown["letting_id"], shown["cost_pence"]) == (str(letting), 17 * 4_000)
    housing.on(date(2026, 12, 24))
    (void,) = (await housing.good("GET", "/temporary-homes/voids", **PLACING))["items"]
    assert (void["empty_since"], void["nights"], void["lost_pence"]) == ("2026-12-21", 4, 16_000)


@pytest.mark.full
async def test_a_letting_that_falls_through_gives_the_stay_back_unless_the_home_is_taken(housing: Housing) -> None:
    housing.on(FRIDAY)
    flat = await home(housing, FLAT)
    first, second = staying(flat), staying(flat)
    stay = await housing.good("POST", "/placements", first, **PLACING)
    letting = uuid4()
    async with housing.unit() as unit:
        await commands.end_for_letting(unit, UUID(first["household_id"]), letting, FRIDAY)
    async with housing.unit() as unit:
        assert len(await commands.undo_letting(unit, letting)) == 1
    assert (await housing.good("GET", f"/placements/{stay['id']}", **PLACING))["status"] == "placed"
    async with housing.unit() as unit:
        await commands.end_for_letting(unit, UUID(first["household_id"]), letting, FRIDAY)
    await housing.good("POST", "/placements", second, **PLACING)
    async with housing.unit() as unit:
        assert await commands.undo_letting(unit, letting) == []
    ended = await housing.good("GET", f"/placements/{stay['id']}", **PLACING)
    assert (ended["status"], ended["end_reason"]) == ("ended", "letting_started")


async def test_notices_wait_for_agreement_and_a_sealed_stay_tells_no_body(housing: Housing) -> None:
    housing.on(FRIDAY)
    flat = await home(housing, FLAT)
    stay = await housing.good("POST", "/placements", staying(flat), **PLACING)
    path = f"/placements/{stay['id']}"
    (school,) = [each for each in stay["notices"] if each["kind"] == "school"]
    sent = {"sent_on": "2026-12-04", "sent_to": "Heath Primary"}
    answer = f"{path}/notices/{school['id']}/answers"
    assert (await housing("POST", answer, sent, version=1, **PLACING)).status_code == 422
    await housing.good("PATCH", path, {"agreed_by_parent": True}, version=1, **PLACING)
    done = await housing.good("POST", answer, sent, version=2, **PLACING)
    assert {each["kind"]: each["state"] for each in done["notices"]} == {
        "school": "sent",
        "gp": "due",
        "health_visitor": "due",
    }
    sealed = await housing.good("PATCH", path, {"sealed": True}, version=3, **PLACING)
    assert {each["state"] for each in sealed["notices"]} == {"sent", "withheld"}
    (gp,) = [each for each in sealed["notices"] if each["kind"] == "gp"]
    await housing.refused(409, "GET", f"{path}/notices/{gp['id']}/words", **PLACING)
    last = housing.announced("placement.changed")[-1]["data"]
    assert (last["kind"], last["out_of_area"]) == (None, None)


async def test_whoever_may_not_see_one_of_them_sees_nothing_of_the_stay(housing: Housing) -> None:
    housing.on(FRIDAY)
    flat = await home(housing, FLAT)
    said = staying(flat, children=0)
    child = uuid4()
    said["person_ids"] = [*said["person_ids"], str(child)]
    stay = await housing.good("POST", "/placements", said, **PLACING)
    assert ("housing.placement.work", f"placement/{stay['id']}", sorted([UUID(said["person_id"]), child])) in (
        housing.looks()
    )
    housing.know(child, barred=["officer-2"])
    other = {**PLACING, "actor": "officer-2"}
    hidden = {**PLACING, "hide": [(child, uuid4())]}
    for caller in (other, hidden):
        assert (await housing("GET", f"/placements/{stay['id']}", **caller)).status_code == 404
        assert (await housing.good("GET", "/placements", **caller))["items"] == []
    assert len((await housing.good("GET", "/placements", **PLACING))["items"]) == 1
    overseen = {"roles": ("board_member",), "purpose": "oversight"}
    few = await housing.good("GET", "/placements/dashboard", **overseen)
    assert (few["rounded"], few["days"][0]["households"], few["days"][0]["cost_pence"]) == (True, 0, 0)
    # The counters name nobody and count everybody.
    counted = (await housing.good("GET", "/placements/dashboard", **other))["days"][0]
    assert counted["households"] == 1


async def test_a_refuge_is_sealed_and_its_address_is_on_no_list(housing: Housing) -> None:
    housing.on(FRIDAY)
    refuge = await home(
        housing, HOTEL, reference="R-1", kind="hostel", managed_by="voluntary", refuge=True, address="PO box 12"
    )
    stay = await housing.good("POST", "/placements", staying(refuge), **PLACING)
    assert stay["sealed"]
    assert not stay["bed_and_breakfast"]
    assert stay["alarms"] == []
    (shown,) = (await housing.good("GET", "/temporary-homes", **PLACING))["items"]
    assert shown["address"] is None
    assert "PO box" not in str(housing.announced())
