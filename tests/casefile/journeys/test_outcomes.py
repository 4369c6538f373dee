"""Outcomes through casefile's doors: evidence, the check half a year later, counted once, sealed where they must be."""

import asyncio
from typing import Any

import pytest

from tests.casefile.doors import Casefile
from tests.casefile.journeys.ground import WORKER, failures, on, ring, someone, told

OUTCOMES = "/outcomes"


def proof(dated: str, **more: Any) -> dict[str, Any]:
    return {"proof": "landlord_confirmed", "dated": dated, **more}


def home_kept(person: Any, since: str = "2027-03-01", **more: Any) -> dict[str, Any]:
    evidence = [proof(since, words="Letter of the landlord")]
    return {"kind": "home_kept", "person_id": person["id"], "achieved_on": since, "evidence": evidence, **more}


@pytest.mark.full
async def test_recorded_on_1_march_and_checked_on_1_september(casefile: Casefile) -> None:
    on("2027-03-01")
    kelly = await someone(casefile)
    made = await casefile("POST", OUTCOMES, home_kept(kelly), **WORKER)
    assert made.status_code == 201, made.text
    outcome = made.json()
    assert (outcome["household_id"], outcome["check_due_on"]) == (kelly["household_id"], "2027-09-01")
    path = f"{OUTCOMES}/{outcome['id']}"
    on("2027-08-31")
    assert (await casefile.good("GET", f"{OUTCOMES}?to_check=true", **WORKER))["items"] == []
    early = await casefile("POST", f"{path}/check", {"result": "sustained"}, version=1, **WORKER)
    assert (early.status_code, early.json()["errors"][0]["rule"]) == (422, "six-months")
    on("2027-09-01")
    waiting = await casefile.good("GET", f"{OUTCOMES}?to_check=true", **WORKER)
    assert [each["id"] for each in waiting["items"]] == [outcome["id"]]
    old = {"result": "sustained", "evidence": [proof("2027-08-31")]}
    refused = await casefile("POST", f"{path}/check", old, version=1, **WORKER)
    assert refused.json()["errors"][0]["rule"] == "evidence-of-the-time"
    body = {"result": "sustained", "evidence": [proof("2027-09-01")]}
    checked = await casefile.good("POST", f"{path}/check", body, version=1, **WORKER)
    assert (checked["state"], checked["checked_on"], checked["allowed"]) == ("sustained", "2027-09-01", ["struck"])
    assert (await casefile("POST", f"{path}/check", body, version=1, **WORKER)).status_code == 412
    assert (await casefile("POST", f"{path}/check", body, version=2, **WORKER)).status_code == 409
    on("2027-12-01")
    await ring(casefile)
    assert (await casefile.good("GET", path, **WORKER))["state"] == "sustained"
    assert told(casefile, "outcome") == ["recorded", "checked"]
    assert failures(casefile) == []


@pytest.mark.full
async def test_what_did_not_last_and_what_nobody_knows_is_said_so(casefile: Casefile) -> None:
    on("2027-03-01")
    kelly, wayne = await someone(casefile), await someone(casefile, "Wayne", "Holt")
    lost = await casefile.good("POST", OUTCOMES, home_kept(kelly), **WORKER)
    unseen = await casefile.good("POST", OUTCOMES, home_kept(wayne), **WORKER)
    on("2027-06-10")
    body = {"result": "not_sustained", "words": "Evicted in June"}
    failed = await casefile.good("POST", f"{OUTCOMES}/{lost['id']}/check", body, version=1, **WORKER)
    assert (failed["state"], failed["checked_on"], failed["check_words"]) == (
        "not_sustained",
        "2027-06-10",
        "Evicted in June",
    )
    # On its last day it still waits; the day after it is not known, which a late answer may mend.
    on("2027-09-28")
    await ring(casefile)
    assert (await casefile.good("GET", f"{OUTCOMES}/{unseen['id']}", **WORKER))["state"] == "recorded"
    on("2027-09-29")
    await ring(casefile)
    left = await casefile.good("GET", f"{OUTCOMES}/{unseen['id']}", **WORKER)
    assert (left["state"], left["checked_by"], left["checked_on"]) == ("not_known", None, "2027-09-29")
    late = {"result": "sustained", "evidence": [proof("2027-09-20")]}
    mended = await casefile.good("POST", f"{OUTCOMES}/{unseen['id']}/check", late, version=2, **WORKER)
    assert mended["state"] == "sustained"
    assert failures(casefile) == []


@pytest.mark.full
async def test_it_is_counted_once_under_either_id_and_by_two_at_once(casefile: Casefile) -> None:
    on("2027-03-01")
    kelly = await someone(casefile)
    double = await casefile.person("Kelley", "Pike")
    answers = await asyncio.gather(
        *(casefile("POST", OUTCOMES, home_kept(kelly), **{**WORKER, "actor": "worker-1"}) for _ in range(3))
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    # Of another record that turns out to be hers: that one is told of first, then both are one.
    other = await casefile.good("POST", OUTCOMES, home_kept(double), **WORKER)
    merge = {"survivor_id": kelly["id"], "reason": "the same"}
    await casefile.good("POST", f"/people/{double['id']}/merge", merge, version=1)
    again = await casefile("POST", OUTCOMES, home_kept(kelly, "2027-02-20"), **WORKER)
    assert (again.status_code, again.json()["allowed"]) == (409, ["checked", "struck"])
    listed = await casefile.good("GET", f"{OUTCOMES}?person_id={kelly['id']}", **WORKER)
    assert len(listed["items"]) == 2
    # A mistake counts no more; what is left is the other one.
    path = f"{OUTCOMES}/{other['id']}/strike"
    struck = await casefile.good("POST", path, {"reason": "Her sister's"}, version=1, **WORKER)
    assert (struck["state"], struck["allowed"]) == ("struck", [])
    assert (await casefile("POST", path, {"reason": "again"}, version=2, **WORKER)).status_code == 409
    on("2027-09-01")
    (mine,) = [
        each
        for each in (await casefile.good("GET", f"{OUTCOMES}?state=recorded", **WORKER))["items"]
        if each["person_id"] == kelly["id"]
    ]
    gone = await casefile.good(
        "POST", f"{OUTCOMES}/{mine['id']}/check", {"result": "not_sustained"}, version=1, **WORKER
    )
    assert gone["state"] == "not_sustained"
    # It was lost; the same may be reached anew from then on.
    on("2027-09-02")
    assert (await casefile("POST", OUTCOMES, home_kept(kelly, "2027-09-02"), **WORKER)).status_code == 201


async def test_what_is_wrong_is_named(casefile: Casefile) -> None:
    on("2027-03-01")
    kelly = await someone(casefile)
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"evidence": []}, "/evidence", "evidence"),
        ({"achieved_on": "2027-03-02"}, "/achieved_on", "not-in-the-future"),
        ({"achieved_on": "2026-02-01"}, "/achieved_on", "not-long-past"),
        ({"evidence": [proof("2027-03-02")]}, "/evidence/0/dated", "not-in-the-future"),
        ({"person_id": None}, "/household_id", "someone-named"),
        ({"kind": "employment", "person_id": None, "household_id": kelly["household_id"]}, "/person_id", "one-person"),
    ]
    for change, pointer, rule in cases:
        answer = await casefile("POST", OUTCOMES, home_kept(kelly) | change, **WORKER)
        assert answer.status_code == 422, answer.text
        (error,) = answer.json()["errors"]
        assert (error["pointer"], error["rule"]) == (pointer, rule)
    assert told(casefile, "outcome") == []


async def test_an_outcome_of_a_compartment_is_for_who_may_open_it_and_never_on_the_page(casefile: Casefile) -> None:
    on("2027-03-01")
    amina = await someone(casefile, "Amina", "Yusuf", "abuse")
    await casefile.let_in(amina["household_id"], "worker-2")
    body = home_kept(amina) | {"kind": "safe_from_domestic_abuse"}
    outside: dict[str, Any] = {"actor": "worker-2", "roles": ("universal_worker",)}
    assert (await casefile("POST", OUTCOMES, body, **outside)).status_code == 404
    sealed = await casefile.good("POST", OUTCOMES, body, **WORKER)
    plain = await casefile.good("POST", OUTCOMES, home_kept(amina), **WORKER)
    assert told(casefile, "sealed_outcome") == ["recorded"]
    seen = {}
    for who in (WORKER, outside):
        listed = await casefile.good("GET", f"{OUTCOMES}?person_id={amina['id']}", **who)
        one = await casefile("GET", f"{OUTCOMES}/{sealed['id']}", **who)
        seen[who["actor"]] = ([each["id"] for each in listed["items"]], one.status_code)
    assert seen["worker-1"] == (sorted([sealed["id"], plain["id"]]), 200)
    assert seen["worker-2"] == ([plain["id"]], 404)
    stranger = await casefile("GET", f"{OUTCOMES}/{amina['id']}", **outside)
    hidden = await casefile("GET", f"{OUTCOMES}/{sealed['id']}", **outside)
    assert stranger.json()["detail"] == hidden.json()["detail"]
    await casefile.hear_itself()
    page = await casefile.good("GET", f"/households/{amina['household_id']}/timeline", **WORKER)
    lines = [entry["title"] for entry in page["items"] if "utcome" in entry["title"]]
    assert lines == ["Outcome: home kept, since 1 March 2027"]


async def test_who_is_hidden_has_no_outcomes(casefile: Casefile) -> None:
    on("2027-03-01")
    amina = await someone(casefile, "Amina", "Yusuf")
    made = await casefile.good("POST", OUTCOMES, home_kept(amina), **WORKER)
    hide = [(amina["id"], amina["household_id"])]
    assert (await casefile("GET", f"{OUTCOMES}/{made['id']}", hide=hide, **WORKER)).status_code == 404
    assert (await casefile.good("GET", OUTCOMES, hide=hide, **WORKER))["items"] == []
    check = await casefile("POST", f"{OUTCOMES}/{made['id']}/check", {"result": "sustained"}, version=1, hide=hide)
    assert check.status_code == 404
    assert (await casefile("POST", OUTCOMES, home_kept(amina), hide=hide, **WORKER)).status_code == 404
