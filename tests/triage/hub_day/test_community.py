"""Food clubs, peer groups, networks; devices lent with lessons."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.triage.desk import events, know
from tests.triage.hub_day.day import FRIDAY, Day, problem, put, step

GROUPS = "/v1/triage/community-groups"
LOANS = "/v1/triage/device-loans"
CLUB = {"kind": "food_club", "name": "Heath food club", "about": "food", "hub": "heath", "led_by": "tom"}


async def formed(day: Day, **changes: Any) -> str:
    answer = await day.desk.post(GROUPS, CLUB | changes)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def test_a_food_club_shops_for_three_pounds_fifty_with_an_adviser_there(day: Day) -> None:
    club = await formed(day)
    person = uuid4()
    member = (await day.desk.post(f"{GROUPS}/{club}/members", {"person_id": str(person), "agreed": True})).json()
    assert (member["agreed_on"], (await day.desk.get(f"{GROUPS}/{club}")).json()["members"]) == ("2026-12-04", 1)
    meeting = (await day.desk.post(f"{GROUPS}/{club}/meetings", {"held_on": "2026-12-04"})).json()
    assert meeting["led_by"] == "tom"
    shops = f"{GROUPS}/{club}/meetings/{meeting['id']}/shops"
    shop = (await day.desk.post(shops, {"membership_id": member["id"], "saw_adviser": True})).json()
    assert (shop["paid_pence"], shop["worth_pence"]) == (350, 2000)
    problem(await day.desk.post(shops, {"membership_id": member["id"]}), 409, "conflict")
    stranger = problem(await day.desk.post(shops, {"membership_id": str(uuid4())}), 422, "invalid")
    assert stranger["errors"][0]["rule"] == "member-of-this-club"
    day.at(FRIDAY + timedelta(days=1))
    assert (
        "2026-12-04" in problem(await day.desk.post(shops, {"membership_id": member["id"]}), 409, "conflict")["detail"]
    )


async def test_a_peer_group_keeps_consent_facilitator_date_and_headcount_and_no_words(day: Day) -> None:
    group = await formed(day, kind="peer_group", name="Women who left", about="women", led_by="priya")
    body = {"person_id": str(uuid4())}
    unasked = problem(await day.desk.post(f"{GROUPS}/{group}/members", body | {"agreed": False}), 422, "invalid")
    assert unasked["errors"][0]["pointer"] == "/agreed"
    member = (await day.desk.post(f"{GROUPS}/{group}/members", body | {"agreed": True})).json()
    problem(await day.desk.post(f"{GROUPS}/{group}/members", body | {"agreed": True}), 409, "conflict")
    meeting = (await day.desk.post(f"{GROUPS}/{group}/meetings", {"held_on": "2026-12-03", "headcount": 7})).json()
    assert (meeting["led_by"], meeting["headcount"]) == ("priya", 7)
    early = problem(
        await day.desk.post(f"{GROUPS}/{group}/meetings", {"held_on": "2026-12-10", "headcount": 7}), 422, "invalid"
    )
    assert early["errors"][0]["rule"] == "counted-afterwards"
    for words in ("message", "notes", "minutes"):
        problem(
            await day.desk.post(f"{GROUPS}/{group}/meetings", {"held_on": "2026-12-02", words: "She said"}),
            422,
            "invalid",
        )
    left = await day.desk.send("DELETE", f"{GROUPS}/{group}/members/{member['id']}", if_match='"1"')
    assert (left.status_code, left.json()["left_on"]) == (200, "2026-12-04")
    assert (await day.desk.get(f"{GROUPS}/{group}/members")).json()["items"] == []
    shop = problem(
        await day.desk.post(f"{GROUPS}/{group}/meetings/{meeting['id']}/shops", {"membership_id": member["id"]}),
        409,
        "conflict",
    )
    assert "food club" in shop["detail"]


@pytest.mark.full
async def test_networks_are_of_organisations_with_a_convenor(day: Day) -> None:
    network = await formed(day, kind="network", name="Food network", about="food", led_by="abena")
    shown = (await day.desk.get(f"{GROUPS}?kind=network")).json()["items"]
    assert [(each["name"], each["leader"], each["led_by"]) for each in shown] == [("Food network", "convenor", "abena")]
    person = problem(
        await day.desk.post(f"{GROUPS}/{network}/members", {"person_id": str(uuid4()), "agreed": True}), 422, "invalid"
    )
    assert person["errors"][0]["rule"] == "organisation-joins"
    unknown = await day.desk.post(f"{GROUPS}/{network}/members", {"organisation_id": str(uuid4()), "agreed": True})
    assert unknown.status_code in (404, 422)


@pytest.mark.full
async def test_a_group_is_changed_as_it_was_read_and_names_are_its_own(day: Day) -> None:
    club = await formed(day)
    problem(await day.desk.post(GROUPS, CLUB), 409, "conflict")
    entry = {name: value for name, value in CLUB.items() if name != "kind"} | {"active": False}
    problem(await put(day.desk, f"{GROUPS}/{club}", entry, if_match='"9"'), 412, "stale")
    assert (await put(day.desk, f"{GROUPS}/{club}", entry, if_match='"1"')).status_code == 200
    over = await day.desk.post(f"{GROUPS}/{club}/members", {"person_id": str(uuid4()), "agreed": True})
    problem(over, 409, "conflict")


@pytest.mark.full
async def test_members_kept_back_are_counted_and_not_shown(day: Day) -> None:
    club, person = await formed(day), uuid4()
    await day.desk.post(f"{GROUPS}/{club}/members", {"person_id": str(person), "agreed": True})
    know(day.store, person, restricted=True)
    assert (await day.desk.get(f"{GROUPS}/{club}/members")).json()["items"] == []
    assert (await day.desk.get(f"{GROUPS}/{club}")).json()["members"] == 1


@pytest.mark.full
async def test_a_tablet_is_lent_with_lessons_and_a_reminder_by_safe_route(day: Day) -> None:
    person = uuid4()
    body = {"device": "TAB-017", "person_id": str(person), "hub": "heath", "due_on": "2026-12-31"}
    loan = (await day.desk.post(LOANS, body)).json()
    assert problem(await day.desk.post(LOANS, body), 409, "conflict")["detail"] == "This device is lent already"
    lesson = {"topic": "video_calls", "held_on": "2026-12-04", "minutes": 45, "can_do_alone": True}
    taught = (await day.desk.post(f"{LOANS}/{loan['id']}/lessons", lesson)).json()
    assert (taught["lessons"], taught["version"]) == ([lesson], 2)
    assert await day.until(FRIDAY.replace(day=24, hour=9)) == 0
    assert await day.until(FRIDAY.replace(day=24, hour=11)) == 1
    (asked,) = [each["data"] for each in events(day.store) if each["type"] == "triage.message.requested"]
    assert (asked["person_id"], asked["template"]) == (str(person), "device_loan.due")
    (out,) = (await day.desk.get(f"{LOANS}?hub=heath")).json()["items"]
    assert out["id"] == loan["id"]
    ended = (await step(day.desk, f"{LOANS}/{loan['id']}/ends", {"ended_as": "kept"}, 2)).json()
    assert (ended["ended_as"], ended["returned_on"]) == ("kept", None)
    assert (await day.desk.post(LOANS, body | {"due_on": "2027-06-30"})).status_code == 201
    problem(await day.desk.post(LOANS, body | {"device": "TAB-018", "due_on": "2028-06-30"}), 422, "invalid")
