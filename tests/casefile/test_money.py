"""Money through casefile's doors: Kelly's debts, her statement, offers and support plan."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from kit import clock
from tests.casefile.doors import Casefile, counted
from tests.casefile.money import (
    ADVISER,
    KEEPER,
    KELLYS_LINES,
    money_of,
    on,
    owes,
    plan_of,
    register,
)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


@pytest.fixture
async def kelly(casefile: Casefile) -> Any:
    """Kelly Pike, and the council in the register."""
    await register(casefile)
    return await casefile.person("Kelly", "Pike")


async def agreed(casefile: Casefile, who: Any, lines: Any = None) -> Any:
    body = {"person_id": who["id"], "lines": KELLYS_LINES if lines is None else lines}
    drafted = await casefile.good("POST", "/money/statements", body, **ADVISER)
    return await casefile.good("POST", f"/money/statements/{drafted['id']}/agreement", {}, version=1, **ADVISER)


# Scenario 2 -----------------------------------------------------------------------------------------------


async def test_the_letter_that_did_not_go(casefile: Casefile) -> None:
    """14 December 2026: the statement to the penny, and Breathing Space with its days."""
    on(casefile, date(2026, 12, 14))
    await register(casefile)
    kelly = await casefile.person("Kelly", "Pike")
    tax = await owes(casefile, kelly, "council_tax", 1_224_00, stage="missed_instalment", stage_on="2026-12-01")
    statement = await agreed(casefile, kelly)
    assert statement["words"] == "£1,842.00 in, £2,011.50 out, minus £169.50"
    totals = (statement["income_pence"], statement["spending_pence"], statement["surplus_pence"])
    assert totals == (1_842_00, 2_011_50, -169_50)
    assert sum(each["month_pence"] for each in statement["lines"]) == 1_842_00 + 2_011_50
    assert (statement["agreed_on"], statement["guidelines"][:23]) == ("2026-12-14", "No guideline figures ar")
    body = {
        "person_id": kelly["id"],
        "certified_by": "Debt and money advice",
        "lives_in_england_or_wales": True,
        "insolvent": False,
    }
    space = await casefile.good("POST", "/money/breathing-spaces", body, **ADVISER)
    assert (space["entered_on"], space["starts_on"], space["ends_on"]) == ("2026-12-14", "2026-12-15", "2027-02-12")
    assert (space["review_from"], space["review_to"]) == ("2027-01-08", "2027-01-18")
    assert space["debt_ids"] == [tax["id"]]


# Statements -----------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_what_was_agreed_stands_until_a_new_one_is(casefile: Casefile, kelly: Any) -> None:
    first = await agreed(casefile, kelly)
    path = f"/money/statements/{first['id']}"
    refused = await casefile("PUT", path, {"lines": []}, version=2, **ADVISER)
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["superseded"])
    draft = await casefile.good("POST", "/money/statements", {"person_id": kelly["id"]}, **ADVISER)
    there = f"/money/statements/{draft['id']}"
    empty = await casefile("POST", f"{there}/agreement", {}, version=1, **ADVISER)
    assert (empty.status_code, empty.json()["errors"][0]["rule"]) == (422, "not-empty")
    wrong = await casefile(
        "PUT", there, {"lines": [{"category": "luck", "item": "x", "amount_pence": 1}]}, version=1, **ADVISER
    )
    assert wrong.json()["errors"] == [
        {"pointer": "/lines/0/category", "rule": "sfs-category", "detail": wrong.json()["errors"][0]["detail"]}
    ]
    await casefile.good("PUT", there, {"lines": KELLYS_LINES[:1]}, version=1, **ADVISER)
    stale = await casefile("PUT", there, {"lines": []}, version=1, **ADVISER)
    assert (stale.status_code, stale.json()["your_version"], stale.json()["current_version"]) == (412, 1, 2)
    await casefile.good("POST", f"{there}/agreement", {}, version=2, **ADVISER)
    listed = (await casefile.good("GET", f"/money/statements?person_id={kelly['id']}", **ADVISER))["items"]
    assert [(each["state"], each["superseded_by"]) for each in listed] == [
        ("agreed", None),
        ("superseded", draft["id"]),
    ]


@pytest.mark.full
async def test_two_agreed_at_once_leave_one(casefile: Casefile, kelly: Any) -> None:
    drafts = [
        await casefile.good("POST", "/money/statements", {"person_id": kelly["id"], "lines": KELLYS_LINES}, **ADVISER)
        for _ in range(3)
    ]
    answers = await asyncio.gather(
        *(casefile("POST", f"/money/statements/{each['id']}/agreement", {}, version=1, **ADVISER) for each in drafts)
    )
    assert {each.status_code for each in answers} == {200}
    states = casefile.stored.rows("select state from money_statement order by state")
    assert [each["state"] for each in states] == ["agreed", "superseded", "superseded"]


async def wayne(casefile: Casefile, kelly: Any) -> Any:
    """Her partner, of her household."""
    him = await casefile.person("Wayne", "Pike")
    path = f"/households/{kelly['household_id']}/members"
    await casefile.good("POST", path, {"person_id": him["id"], "moving": True})
    return him


def shared(kelly: Any, him: Any, **asked: Any) -> dict[str, Any]:
    today = clock.today().isoformat()
    both = [{"person_id": each["id"], "alone_on": today, "agreed": True} for each in (kelly, him)]
    return {"person_id": kelly["id"], "partner_id": him["id"], "asked": both, "lines": KELLYS_LINES, **asked}


@pytest.mark.full
async def test_two_share_one_only_when_both_agreed_asked_alone(casefile: Casefile, kelly: Any) -> None:
    him = await wayne(casefile, kelly)
    one = await casefile("POST", "/money/statements", shared(kelly, him, asked=[]), **ADVISER)
    assert (one.status_code, one.json()["errors"][0]["rule"]) == (422, "asked-in-private")
    both = await casefile.good("POST", "/money/statements", shared(kelly, him), **ADVISER)
    for who in (kelly, him):
        listed = await casefile.good("GET", f"/money/statements?person_id={who['id']}", **ADVISER)
        assert [each["id"] for each in listed["items"]] == [both["id"]]
    # Kept apart from either of them, it is nobody's to see.
    hidden = {"hide": [(kelly["id"], him["id"])]} | ADVISER
    assert (await casefile("GET", f"/money/statements/{both['id']}", **hidden)).status_code == 404
    casefile.restrict(him["id"])
    assert (await casefile.good("GET", f"/money/statements?person_id={kelly['id']}", **ADVISER))["items"] == []


async def test_never_where_abuse_is_known_and_nobody_learns_why(casefile: Casefile, kelly: Any) -> None:
    him = await wayne(casefile, kelly)
    draft = await casefile.good("POST", "/money/statements", shared(kelly, him), **ADVISER)
    no = shared(kelly, him)
    no["asked"][1]["agreed"] = False
    said_no = await casefile("POST", "/money/statements", no, **ADVISER)
    stranger = await casefile.person("Somebody", "Else")
    apart = await casefile("POST", "/money/statements", shared(kelly, stranger), **ADVISER)
    need = {"id": "01900000-0000-7000-8000-00000000abcd", "person": kelly["id"]}
    casefile.stored.execute(
        "insert into known_abuse_need (id, sequence, person_id) values (%s, 1, %s)", [need["id"], need["person"]]
    )
    known = await casefile("POST", "/money/statements", shared(kelly, him), **ADVISER)
    begun = await casefile("POST", f"/money/statements/{draft['id']}/agreement", {}, version=1, **ADVISER)
    answers = [{**each.json(), "instance": ""} for each in (said_no, apart, known, begun)]
    assert answers[0]["status"] == 422
    assert all(each == answers[0] for each in answers)
    # Alone each of them has one.
    await agreed(casefile, him)


@pytest.mark.parametrize(
    "marker",
    [
        "insert into abuse_work (id, version, person_id, perpetrator_person_id, safe_times, safe_words, begun_by,"
        " begun_at, changed_at)"
        " values (gen_random_uuid(), 1, %(other)s, %(him)s, '[]', '', 'w', now(), now())",
        "insert into abuse_assessment (id, version, person_id, incident_on, total, judgement, judgement_why, flags,"
        " reasons, made_by, made_at)"
        " values (gen_random_uuid(), 1, %(kelly)s, '2025-01-01', 3, false, '', '{}', '{}', 'w', now())",
        "insert into separation (id, version, told, protected_person_id, separated_person_id, state, because, also,"
        " people, homes, trusted, names, started_by, started_at, changed_at)"
        " values (gen_random_uuid(), 1, 1, %(kelly)s, %(him)s, 'lifted', '', '{}', '{}', '{}', '{}', '{}', 'w', now(),"
        " now())",
    ],
    ids=["work", "checklist", "lifted-separation"],
)
async def test_every_sign_of_abuse_keeps_them_apart(casefile: Casefile, kelly: Any, marker: str) -> None:
    him = await wayne(casefile, kelly)
    other = await casefile.person("Somebody", "Else")
    names = {"kelly": kelly["id"], "him": him["id"], "other": other["id"]}
    casefile.stored.execute(marker, names)
    refused = await casefile("POST", "/money/statements", shared(kelly, him), **ADVISER)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "one-adult")


async def test_guidelines_are_loaded_by_a_member_and_none_are_shipped(casefile: Casefile, kelly: Any) -> None:
    row = {"first_adult": 300_00, "further_adult": 1, "younger_child": 1, "older_child": 1}
    figures = dict.fromkeys(("communications_and_leisure", "food_and_housekeeping", "personal"), row)
    path = "/money/tables/spending_guidelines/sfs/2026-04-01"
    made = await casefile("PUT", path, {"source": "a made-up table", "figures": figures}, **KEEPER)
    assert made.status_code == 201
    found = await agreed(casefile, kelly)
    assert found["over_guideline_pence"] == {"food_and_housekeeping": 98_67}
    assert found["guidelines"] == "a made-up table, from 2026-04-01"


# Debts and offers -----------------------------------------------------------------------------------------


@pytest.mark.full
async def test_offers_from_what_is_left_and_an_arrangement_kept_to_the_end(casefile: Casefile, kelly: Any) -> None:
    tax = await owes(casefile, kelly, "council_tax", 400_00)
    card, loan = await owes(casefile, kelly, "credit_card", 3_000_00), await owes(casefile, kelly, "loan", 1_000_00)
    statement = await agreed(
        casefile, kelly, [*KELLYS_LINES, {"category": "earnings", "item": "salary", "amount_pence": 269_50}]
    )
    assert statement["surplus_pence"] == 100_00
    body: dict[str, Any] = {"person_id": kelly["id"], "statement_id": statement["id"]}
    unsettled = await casefile("POST", "/money/offers", body, **ADVISER)
    assert unsettled.json()["errors"][0]["pointer"] == f"/first/{tax['id']}"
    found = (await casefile.good("POST", "/money/offers", body | {"first": {tax["id"]: 40_00}}, **ADVISER))["items"]
    assert {each["debt_id"]: each["amount_pence"] for each in found} == {
        tax["id"]: 40_00,
        card["id"]: 45_00,
        loan["id"]: 15_00,
    }
    offer = next(each for each in found if each["debt_id"] == tax["id"])
    path = f"/money/offers/{offer['id']}/steps"
    await casefile.good("POST", path, {"to": "offered"}, version=1, **ADVISER)
    accept = {"to": "accepted", "amount_pence": 42_00, "first_due_on": clock.today().isoformat()}
    accepted = await casefile.good("POST", path, accept, version=2, **ADVISER)
    assert (accepted["state"], accepted["amount_pence"]) == ("accepted", 42_00)
    debt = await casefile.good("GET", f"/money/debts/{tax['id']}", **ADVISER)
    assert (debt["state"], debt["instalment_pence"], debt["every"]) == ("arranged", 42_00, "month")
    by_hand = await casefile("PATCH", f"/money/debts/{tax['id']}", {"state": "owed"}, version=2, **ADVISER)
    assert by_hand.status_code == 409
    await casefile.good("POST", path, {"to": "completed"}, version=3, **ADVISER)
    (event, ended) = casefile.announced("debt.agreed", "debt.changed")
    assert (event["type"], event["data"]["instalment_pence"], event["data"]["state"]) == (
        "casefile.debt.agreed",
        42_00,
        "arranged",
    )
    assert (ended["type"], ended["data"]["state"], ended["data"]["owed_pence"]) == (
        "casefile.debt.changed",
        "settled",
        0,
    )
    assert "creditor" not in event["data"]
    # What is arranged takes its part before the rest is shared anew.
    again = await casefile("POST", path, {"to": "broken", "reason": "x"}, version=4, **ADVISER)
    assert (again.status_code, again.json()["allowed"]) == (409, [])


@pytest.mark.full
async def test_a_broken_arrangement_is_owed_again_and_one_stands_for_a_debt(casefile: Casefile, kelly: Any) -> None:
    rent = await owes(casefile, kelly, "rent_private", 900_00, creditor="J. Landlord", stage="notice")
    made = [
        await casefile.good(
            "POST",
            f"/money/debts/{rent['id']}/offers",
            {"kind": "priority", "amount_pence": 50_00, "words": "Both"},
            **ADVISER,
        )
        for _ in range(2)
    ]
    accept = {"to": "accepted", "first_due_on": clock.today().isoformat()}
    for each in made:
        await casefile.good("POST", f"/money/offers/{each['id']}/steps", {"to": "offered"}, version=1, **ADVISER)
    answers = await asyncio.gather(
        *(casefile("POST", f"/money/offers/{each['id']}/steps", accept, version=2, **ADVISER) for each in made)
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    stands = next(each for each in answers if each.status_code == 200).json()
    path = f"/money/offers/{stands['id']}/steps"
    await casefile.good("POST", path, {"to": "broken", "reason": "Hours were cut"}, version=3, **ADVISER)
    assert (await casefile.good("GET", f"/money/debts/{rent['id']}", **ADVISER))["state"] == "owed"
    await casefile.hear_itself()
    page = (await casefile("GET", f"/households/{kelly['household_id']}/timeline")).text
    assert "Arrangement agreed for rent: £50.00 a month" in page
    assert "Arrangement for rent ended: it is owed again" in page
    assert "Landlord" not in page


async def test_a_write_off_and_a_stage_that_goes_back(casefile: Casefile, kelly: Any) -> None:
    card = await owes(casefile, kelly, "credit_card", 700_00, stage="collection")
    path = f"/money/debts/{card['id']}"
    changed = await casefile.good("PATCH", path, {"stage": "arrears", "owed_pence": 650_00}, version=1, **ADVISER)
    assert [each["stage"] for each in changed["stages"]] == ["collection", "arrears"]
    assert (await casefile("PATCH", path, {"stage": "summons"}, version=2, **ADVISER)).status_code == 422
    asked = await casefile.good("POST", f"{path}/offers", {"kind": "write_off", "words": "Long illness"}, **ADVISER)
    steps = f"/money/offers/{asked['id']}/steps"
    await casefile.good("POST", steps, {"to": "offered"}, version=1, **ADVISER)
    await casefile.good("POST", steps, {"to": "accepted"}, version=2, **ADVISER)
    gone = await casefile.good("GET", path, **ADVISER)
    assert (gone["state"], gone["allowed"]) == ("written_off", [])
    assert (await casefile("PATCH", path, {"owed_pence": 1}, version=3, **ADVISER)).status_code == 409
    assert (await casefile("POST", f"{path}/offers", {"kind": "hold", "words": "x"}, **ADVISER)).status_code == 409


@pytest.mark.full
async def test_the_ways_out_look_at_her_debts_her_statement_and_her_breathing_space(
    casefile: Casefile, kelly: Any
) -> None:
    ids = await money_of(casefile, kelly["id"])
    await casefile.good("POST", f"/money/statements/{ids['statement']}/agreement", {}, version=1, **ADVISER)
    found = await casefile.good("POST", "/money/options", {"person_id": kelly["id"], "owns_home": True}, **ADVISER)
    fits = {each["code"]: each["fits"] for each in found["options"]}
    assert (found["owed_pence"], found["spare_pence"]) == (900_00, -169_50)
    assert (fits["breathing_space"], fits["token_payments"], fits["debt_relief_order"]) == (
        "does_not_fit",
        "fits",
        "does_not_fit",
    )


async def test_a_list_goes_on_behind_what_was_shown(casefile: Casefile, kelly: Any) -> None:
    for pence, kind in (
        (100, "loan"),
        (200, "credit_card"),
        (300, "council_tax"),
        (400, "rent_private"),
        (500, "loan"),
    ):
        await owes(casefile, kelly, kind, pence)
    seen: list[int] = []
    path = f"/money/debts?person_id={kelly['id']}&limit=2"
    page = await casefile("GET", path, **ADVISER)
    while True:
        seen += [each["owed_pence"] for each in page.json()["items"]]
        if page.json()["next"] is None:
            break
        page = await casefile("GET", f"{path}&after={page.json()['next']}", **ADVISER)
    assert seen == [400, 300, 500, 200, 100]
    async with counted(casefile.database) as said:
        await casefile.good("GET", f"/money/debts?person_id={kelly['id']}", **ADVISER)
    assert len(said) < 12


# Support plans --------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_a_support_plan_until_the_eviction_is_prevented(casefile: Casefile, kelly: Any) -> None:
    rent = await owes(casefile, kelly, "rent_private", 900_00)
    plan = await casefile.good("POST", "/money/support-plans", plan_of(kelly["id"], rent["id"]), **ADVISER)
    path = f"/money/support-plans/{plan['id']}"
    today = clock.today().isoformat()
    done = [{**each, "done_on": today} for each in plan["steps"]]
    await casefile.good("PATCH", path, {"steps": done}, version=1, **ADVISER)
    told = {
        "on": today,
        "threat": "notice",
        "how": "arrangement_kept",
        "evidence": "landlord_in_writing",
        "threatened_on": today,
    }
    kept = await casefile.good("POST", f"{path}/eviction-prevented", told, version=2, **ADVISER)
    assert kept["prevented"]["how"] == "arrangement_kept"
    assert (await casefile("POST", f"{path}/eviction-prevented", told, version=3, **ADVISER)).status_code == 409
    ended = await casefile.good("POST", f"{path}/end", {"completed": True}, version=3, **ADVISER)
    assert (ended["state"], ended["allowed"]) == ("completed", [])
    # It counts as a home kept, once, to be checked half a year later.
    (outcome,) = casefile.announced("outcome.recorded")
    check_on = clock.months_after(clock.today(), 6).isoformat()
    assert (outcome["data"]["kind"], outcome["data"]["check_due_on"]) == ("home_kept", check_on)
    (event,) = casefile.announced("support_plan.eviction_prevented")
    assert (event["data"]["threat"], event["data"]["prevented_on"]) == ("notice", today)
    await casefile.hear_itself()
    page = (await casefile("GET", f"/households/{kelly['household_id']}/timeline")).text
    assert "Eviction prevented: arrangement kept" in page
    due = await casefile.good("GET", "/money/support-plans?review_due=true", **ADVISER)
    assert due["items"] == []


async def test_a_plan_is_about_their_own_debts(casefile: Casefile, kelly: Any) -> None:
    other = await casefile.person("Somebody", "Else")
    theirs = await owes(casefile, other, "rent_private", 900_00)
    refused = await casefile("POST", "/money/support-plans", plan_of(kelly["id"], theirs["id"]), **ADVISER)
    assert refused.status_code == 404
