"""Warnings: a dated incident, a senior's decision, told or why not, a review, a removal; all of it stays on record."""

from datetime import timedelta
from typing import Any

import pytest

from kit import clock
from tests.casefile.doors import Casefile
from tests.casefile.work import STRANGER, case_of, worker
from tests.service_doors import MANAGER

W1 = worker("w1")


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def body(person: str, **change: Any) -> dict[str, Any]:
    return {
        "person_id": person,
        "kind": "threat",
        "incident_on": day(-3),
        "incident": "He shouted that he would come to the office.",
        "guidance": "Two of you, at the hub, never at home.",
        **change,
    }


async def standing(casefile: Casefile) -> Any:
    case = await case_of(casefile)
    made = await casefile.good("POST", "/warnings", body(case["person_id"]), **W1)
    decision = {"stands": True, "reason": "I rang the school", "review_on": day(90)}
    made = await casefile.good("POST", f"/warnings/{made['id']}/decision", decision, version=1, **MANAGER)
    return {**made, "home": case["household_id"]}


@pytest.mark.full
async def test_from_an_incident_to_its_removal(casefile: Casefile) -> None:
    case = await case_of(casefile)
    person = case["person_id"]
    made = await casefile.good("POST", "/warnings", body(person), **W1)
    path = f"/warnings/{made['id']}"
    assert (made["state"], made["told"], made["remarks"][0]["act"]) == ("proposed", None, "proposed")
    # Nothing stands before a senior has decided.
    assert (await casefile.good("GET", "/warnings", params={"person_id": person}, **STRANGER))["items"] == []
    assert (await casefile.good("GET", "/my-work", **MANAGER))["warnings_to_decide"] == 1
    decision = {"stands": True, "reason": "I rang the school", "review_on": day(90)}
    stands = await casefile.good("POST", f"{path}/decision", decision, version=1, **MANAGER)
    assert (stands["state"], stands["decided_by"], stands["review_on"]) == ("standing", "manager-1", day(90))
    because = {"told": False, "because": "It would tell him where she is"}
    untold = await casefile.good("POST", f"{path}/telling", because, version=2, **W1)
    assert (untold["told"], untold["not_told_because"]) == (False, "It would tell him where she is")
    told = await casefile.good("POST", f"{path}/telling", {"told": True, "told_on": day(0)}, version=3, **W1)
    assert (told["told"], told["told_on"], told["not_told_because"]) == (True, day(0), None)
    review = {"words": "Nothing since", "review_on": day(180)}
    kept = await casefile.good("POST", f"{path}/reviews", review, version=4, **MANAGER)
    assert kept["review_on"] == day(180)
    gone = await casefile.good("POST", f"{path}/removal", {"words": "He has moved"}, version=5, **MANAGER)
    assert (gone["state"], gone["allowed"]) == ("removed", [])
    acts = [each["act"] for each in gone["remarks"]]
    assert acts == ["proposed", "confirmed", "not_told", "told", "kept", "removed"]
    assert (await casefile.good("GET", "/warnings", params={"person_id": person}, **STRANGER))["items"] == []
    assert [each["state"] for each in (await casefile.good("GET", "/warnings", **W1))["items"]] == ["removed"]
    events = casefile.announced(*(f"warning.{each}" for each in ("proposed", "decided", "told", "reviewed", "removed")))
    assert [int(each["sequence"]) for each in events] == [1, 2, 3, 4, 5, 6]
    assert not {"shouted", "hub", "school"} & set(str(events).replace("'", " ").split())


async def test_whoever_may_meet_them_is_told_how_and_not_what_happened(casefile: Casefile) -> None:
    made = await standing(casefile)
    person = made["person_id"]
    (seen,) = (await casefile.good("GET", "/warnings", params={"person_id": person}, **STRANGER))["items"]
    assert (seen["kind"], seen["guidance"], seen["inside"]) == (
        "threat",
        "Two of you, at the hub, never at home.",
        False,
    )
    assert [seen[name] for name in ("incident", "proposed_by", "decided_by", "told")] == [None] * 4
    assert seen["remarks"] == []
    (same,) = (await casefile.good("GET", "/warnings", params={"household_id": made["home"]}, **STRANGER))["items"]
    assert same == seen
    casefile.restrict(person)
    assert (await casefile.good("GET", "/warnings", params={"person_id": person}, **STRANGER))["items"] == []
    assert (await casefile("GET", f"/warnings/{made['id']}", **STRANGER)).status_code == 404
    assert (await casefile("POST", "/warnings", body(person), **STRANGER)).status_code == 404


async def test_somebody_else_decides_and_a_refusal_is_an_end(casefile: Casefile) -> None:
    case = await case_of(casefile)
    made = await casefile.good("POST", "/warnings", body(case["person_id"]), **MANAGER)
    path = f"/warnings/{made['id']}/decision"
    refuse = {"stands": False, "reason": "Hearsay"}
    assert (await casefile("POST", path, refuse, version=1, **MANAGER)).status_code == 403
    other = {**MANAGER, "actor": "manager-2"}
    refused = await casefile.good("POST", path, refuse, version=1, **other)
    assert (refused["state"], refused["allowed"]) == ("refused", [])
    again = await casefile("POST", path, {**refuse, "stands": True, "review_on": day(9)}, version=2, **other)
    assert (again.status_code, again.json()["allowed"]) == (409, [])


@pytest.mark.full
@pytest.mark.parametrize(
    ("where", "change", "rule"),
    [
        ("", {"incident_on": day(1)}, "incident-day"),
        ("", {"incident_on": day(-3 * 365 - 1)}, "incident-day"),
        ("decision", {"stands": True, "reason": "x"}, "review-day"),
        ("decision", {"stands": True, "reason": "x", "review_on": day(365)}, "review-day"),
        ("telling", {"told": True}, "told-day"),
        ("telling", {"told": True, "told_on": day(1)}, "told-day"),
        ("telling", {"told": False}, "reason-given"),
        ("telling", {"told": True, "told_on": day(0), "because": "x"}, "reason-given"),
        ("reviews", {"words": "x", "review_on": day(0)}, "review-day"),
    ],
)
async def test_what_a_warning_must_say(casefile: Casefile, where: str, change: Any, rule: str) -> None:
    if where in ("", "decision"):
        case = await case_of(casefile)
        if not where:
            refused = await casefile("POST", "/warnings", body(case["person_id"], **change), **W1)
        else:
            made = await casefile.good("POST", "/warnings", body(case["person_id"]), **W1)
            refused = await casefile("POST", f"/warnings/{made['id']}/decision", change, version=1, **MANAGER)
    else:
        made = await standing(casefile)
        refused = await casefile("POST", f"/warnings/{made['id']}/{where}", change, version=2, **MANAGER)
    assert [each["rule"] for each in refused.json()["errors"]] == [rule]


async def test_an_overdue_review_is_seen(casefile: Casefile) -> None:
    made = await standing(casefile)
    assert (await casefile.good("GET", "/warnings", params={"review_overdue": "true"}, **MANAGER))["items"] == []
    casefile.stored.execute("update warning set review_on = %s", [day(-1)])
    (late,) = (await casefile.good("GET", "/warnings", params={"review_overdue": "true"}, **MANAGER))["items"]
    assert (late["id"], late["review_overdue"]) == (made["id"], True)
    assert (await casefile.good("GET", "/my-work", **MANAGER))["warnings_to_review"] == 1
