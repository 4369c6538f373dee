"""The case at work: its team, ratings, reviews; what of it is whose to see."""

from datetime import timedelta
from typing import Any

import pytest

from kit import clock
from services.casefile.cases import domain
from tests.casefile.doors import Casefile
from tests.casefile.work import STRANGER, case_of, cases, known_worker, nobody, worker
from tests.service_doors import MANAGER

W1, W2 = worker("w1"), worker("w2")


def soon(days: int = 30) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


async def test_an_account_manager_takes_a_case_over(casefile: Casefile) -> None:
    case = await case_of(casefile, holder=None)
    await casefile.let_in(case["household_id"], "w2")
    taken = await casefile.good("POST", f"/cases/{case['id']}/allocations", {"account_manager": "w2"}, version=1, **W2)
    assert taken["account_manager"] == "w2"
    assert taken["next_review_on"] == soon(28)
    assert [(each["worker"], each["role"]) for each in taken["team"]] == [("w2", "account_manager")]
    (told,) = [each for each in casefile.announced("caseload.changed") if each["data"]["worker_id"] == "w2"]
    assert set(told["data"]) == {"worker_id", "changed_at"}


async def test_a_transfer_ends_the_old_workers_place_and_their_sight(casefile: Casefile) -> None:
    case = await case_of(casefile)
    path = f"/cases/{case['id']}"
    assert (await casefile.good("GET", path, **W1))["inside"] is True
    await casefile.good("POST", f"{path}/allocations", {"account_manager": "w2"}, version=2, **MANAGER)
    before, after = [await casefile.good("GET", path, **each) for each in (W1, W2)]
    assert (before["inside"], after["inside"]) == (False, True)
    history = (await casefile.good("GET", f"{path}/members", **W2))["items"]
    assert [(each["worker"], each["until"] is None) for each in history] == [("w2", True), ("w1", False)]


@pytest.mark.full
async def test_who_has_no_part_in_it_sees_that_there_is_a_case_and_who_works_on_it(casefile: Casefile) -> None:
    case = await case_of(casefile, outcome="statutory", statutory_service="adult_social_care")
    path = f"/cases/{case['id']}"
    body = {"rag": "red", "reason": "Her brother is back"}
    await casefile.good("POST", f"{path}/rating", body, version=2, **W1)
    seen = await casefile.good("GET", path, **STRANGER)
    assert (seen["account_manager"], seen["inside"]) == ("w1", False)
    assert [seen[name] for name in ("layer", "rag", "rag_reason", "next_review_on")] == [None] * 4
    assert seen["workstreams"] == seen["decision_ids"] == seen["episodes"] == []
    for method, where, what in (
        ("POST", f"{path}/rating", {"rag": "green"}),
        ("POST", f"{path}/members", {"worker": "stranger-1", "role": "friend"}),
        ("POST", f"{path}/close", {"reason": "died"}),
        ("GET", f"{path}/reviews", None),
    ):
        version = 3 if method == "POST" else None
        assert (await casefile(method, where, what, version=version, **STRANGER)).status_code == 404, where
    (listed,) = (await casefile.good("GET", "/cases", **STRANGER))["items"]
    assert listed == seen


@pytest.mark.full
async def test_the_team_around_the_household(casefile: Casefile) -> None:
    case = await case_of(casefile)
    path = f"/cases/{case['id']}/members"
    joined = await casefile.good("POST", path, {"worker": "h1", "role": "housing"}, version=2, **W1)
    assert ("h1", "housing") in [(each["worker"], each["role"]) for each in joined["team"]]
    assert (await casefile.good("GET", f"/cases/{case['id']}", **worker("h1", "housing_officer")))["inside"] is True
    again = await casefile("POST", path, {"worker": "h1", "role": "housing"}, version=3, **W1)
    assert again.status_code == 409
    holder = await casefile("POST", path, {"worker": "h1", "role": "lead"}, version=3, **W1)
    assert holder.json()["errors"][0]["rule"] == "not-a-holder"
    (place,) = [each for each in joined["team"] if each["role"] == "housing"]
    left = await casefile.good("POST", f"{path}/{place['id']}/end", version=3, **W1)
    assert [each["worker"] for each in left["team"]] == ["w1"]
    assert (await casefile.good("GET", f"/cases/{case['id']}", **worker("h1", "housing_officer")))["inside"] is False
    assert (await casefile("POST", f"{path}/{place['id']}/end", version=4, **W1)).status_code == 404
    (manager,) = left["team"]
    refused = await casefile("POST", f"{path}/{manager['id']}/end", version=4, **W1)
    assert refused.json()["errors"][0]["rule"] == "not-a-holder"
    states = [each["data"]["team"] for each in casefile.announced("case.changed")]
    assert [len(each) for each in states] == [2, 1]


async def test_red_says_why_and_the_words_stay_here(casefile: Casefile) -> None:
    case = await case_of(casefile)
    path = f"/cases/{case['id']}/rating"
    refused = await casefile("POST", path, {"rag": "red"}, version=2, **W1)
    assert [(each["pointer"], each["rule"]) for each in refused.json()["errors"]] == [("/reason", "reason-for-red")]
    red = await casefile.good("POST", path, {"rag": "red", "reason": "Wayne is out"}, version=2, **W1)
    assert (red["rag"], red["rag_reason"]) == ("red", "Wayne is out")
    assert "Wayne" not in str(casefile.announced())
    (event,) = casefile.announced("case.changed")
    assert event["data"]["rag"] == "red"
    assert [each["id"] for each in await cases(casefile, rag="red")] == [case["id"]]
    assert await cases(casefile, rag="green") == []
    late = await casefile("POST", path, {"rag": "green"}, version=2, **W1)
    assert late.status_code == 412
    assert late.json()["current_version"] == 3


async def test_a_review_names_the_next_one_within_twelve_weeks(casefile: Casefile) -> None:
    case = await case_of(casefile)
    path = f"/cases/{case['id']}/reviews"
    for day in (0, 85):
        body = {"words": "Going well", "next_review_on": soon(day)}
        refused = await casefile("POST", path, body, version=2, **W1)
        assert refused.json()["errors"][0]["rule"] == "next-review", day
    body = {"words": "Rent is paid", "rag": "green", "next_review_on": soon(84)}
    reviewed = await casefile.good("POST", path, body, version=2, **W1)
    assert (reviewed["rag"], reviewed["next_review_on"]) == ("green", soon(84))
    (kept,) = (await casefile.good("GET", path, **W1))["items"]
    assert (kept["words"], kept["by"], kept["episode"]) == ("Rent is paid", "w1", 1)


async def test_a_review_is_overdue_the_day_after(casefile: Casefile) -> None:
    case = await case_of(casefile)
    due = domain.first_review(clock.today())
    assert not domain.review_is_overdue(due, due)
    assert domain.review_is_overdue(due, due + timedelta(days=1))
    casefile.stored.execute("update case_file set next_review_on = %s", [clock.today()])
    assert await cases(casefile, review_overdue="true") == []
    casefile.stored.execute("update case_file set next_review_on = %s", [clock.today() - timedelta(days=1)])
    (late,) = await cases(casefile, review_overdue="true")
    assert (late["id"], late["review_overdue"]) == (case["id"], True)


@pytest.mark.full
@pytest.mark.parametrize("why", ["suspended", "left", "conflict"])
async def test_a_case_is_given_to_nobody_who_may_not_have_it(casefile: Casefile, why: str) -> None:
    case = await case_of(casefile)
    if why == "conflict":
        casefile.stored.execute(
            "insert into conflict (id, version, person_id, worker, kind, relation, note, recorded_by, recorded_at)"
            " values (gen_random_uuid(), 1, %s, 'w9', 'declared', 'relative', '', 'w9', now())",
            [case["person_id"]],
        )
    else:
        await known_worker(
            casefile, "w9", **({"suspended_at": "2026-01-01T00:00:00Z"} if why == "suspended" else {"active": False})
        )
    refused = await casefile("POST", f"/cases/{case['id']}/allocations", {"lead": "w9"}, version=2, **MANAGER)
    (error,) = refused.json()["errors"]
    # The same words for each: why not is not for whoever allocates.
    assert (error["pointer"], error["rule"]) == ("/lead", "receiver-may-act")
    assert error["detail"] == "This case cannot be given to them: choose somebody else."


async def test_what_is_not_there_is_not_found(casefile: Casefile) -> None:
    for path in ("members", "reviews"):
        assert (await casefile("GET", f"/cases/{nobody()}/{path}", **MANAGER)).status_code == 404
    body: dict[str, Any] = {"rag": "green"}
    assert (await casefile("POST", f"/cases/{nobody()}/rating", body, version=1, **MANAGER)).status_code == 404
