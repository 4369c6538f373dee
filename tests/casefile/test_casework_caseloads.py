"""Caseloads: who holds how much, and cover for an absence in one act."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from services.casefile.caseloads.domain import Held, spread
from tests.casefile.doors import Casefile
from tests.casefile.work import STRANGER, case_of, known_worker, nobody, team, worker
from tests.service_doors import MANAGER

W1, W2, W3 = worker("w1"), worker("w2"), worker("w3")
COVER = {"from_worker": "w1", "reason": "absence", "words": "Off sick"}


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


async def loads(casefile: Casefile, **query: str) -> dict[str, int]:
    items = (await casefile.good("GET", "/caseloads", params=query, **MANAGER))["items"]
    return {each["worker"]: each["open"] for each in items}


@pytest.mark.full
async def test_an_absence_is_covered_in_one_act(casefile: Casefile) -> None:
    held = [await case_of(casefile) for _ in range(5)]
    await case_of(casefile, holder="w2")
    for case, rag in zip(held, ("red", "red", "green", None, None), strict=True):
        if rag:
            body = {"rag": rag, "reason": "x"}
            await casefile.good("POST", f"/cases/{case['id']}/rating", body, version=2, **W1)
    task = {"case_id": held[0]["id"], "words": "Ring the school", "due_on": day(1)}
    await casefile.good("POST", "/tasks", task, **W1)
    body = {**COVER, "to_workers": ["w2", "w3"], "cover_until": day(14)}
    before = len(casefile.announced("caseload.changed"))
    made = await casefile.good("POST", "/reallocations", body, **MANAGER)
    assert (made["moved"], made["not_moved"]) == ({"w2": 2, "w3": 3}, [])
    assert sum(made["tasks"].values()) == 1
    assert {each["worker"]: each["open"] for each in made["caseloads"]} == {"w1": 0, "w2": 3, "w3": 3}
    # Nobody gets all that is urgent.
    assert {each["worker"]: each["red"] for each in made["caseloads"]} == {"w1": 0, "w2": 1, "w3": 1}
    assert await loads(casefile) == {"w2": 3, "w3": 3}
    assert len(casefile.announced("case.allocated")) == 6 + 5
    told = [each["data"]["worker_id"] for each in casefile.announced("caseload.changed")][before:]
    # One word for each of the three, not one for each case.
    assert sorted(told) == ["w1", "w2", "w3"]
    assert [(await casefile.good("GET", "/my-work", **who))["caseload"]["open"] for who in (W1, W2, W3)] == [0, 3, 3]
    assert (await casefile.good("GET", f"/cases/{held[0]['id']}", **W1))["inside"] is False

    back = await casefile.good("POST", f"/reallocations/{made['id']}/return", version=1, **MANAGER)
    assert (back["state"], back["moved"]) == ("given_back", {"w1": 5})
    assert await loads(casefile) == {"w1": 5, "w2": 1}
    assert [each["owner"] for each in (await casefile.good("GET", "/tasks", **MANAGER))["items"]] == ["w1"]
    again = await casefile("POST", f"/reallocations/{made['id']}/return", version=2, **MANAGER)
    assert again.status_code == 409


@pytest.mark.full
async def test_what_went_on_to_others_meanwhile_stays_there(casefile: Casefile) -> None:
    case, other = await case_of(casefile, lead="w1"), await case_of(casefile)
    made = await casefile.good("POST", "/reallocations", {**COVER, "to_workers": ["w2"]}, **MANAGER)
    version = (await casefile.good("GET", f"/cases/{other['id']}", **MANAGER))["version"]
    body = {"account_manager": "w3"}
    await casefile.good("POST", f"/cases/{other['id']}/allocations", body, version=version, **MANAGER)
    back = await casefile.good("POST", f"/reallocations/{made['id']}/return", version=1, **MANAGER)
    assert back["moved"] == {"w1": 1}
    shown = await casefile.good("GET", f"/cases/{case['id']}", **MANAGER)
    assert (shown["account_manager"], shown["lead"]) == ("w1", "w1")
    assert await loads(casefile) == {"w1": 1, "w3": 1}


@pytest.mark.full
async def test_the_named_cases_alone(casefile: Casefile) -> None:
    held = [await case_of(casefile) for _ in range(3)]
    body = {**COVER, "reason": "workload", "to_workers": ["w2"], "case_ids": [held[0]["id"], held[2]["id"]]}
    made = await casefile.good("POST", "/reallocations", body, **MANAGER)
    assert made["moved"] == {"w2": 2}
    assert await loads(casefile) == {"w1": 1, "w2": 2}
    # Not theirs any more: all of it or nothing.
    body["case_ids"] = [held[1]["id"], held[0]["id"]]
    refused = await casefile("POST", "/reallocations", body, **MANAGER)
    assert [(each["pointer"], each["rule"]) for each in refused.json()["errors"]] == [("/case_ids/1", "case-of-theirs")]
    assert await loads(casefile) == {"w1": 1, "w2": 2}
    assert (await casefile("POST", f"/reallocations/{made['id']}/return", version=1, **MANAGER)).status_code == 409
    assert (await casefile("POST", f"/reallocations/{nobody()}/return", version=1, **MANAGER)).status_code == 404


@pytest.mark.full
async def test_who_was_barred_gets_others_and_who_may_not_act_none(casefile: Casefile) -> None:
    held = [await case_of(casefile) for _ in range(2)]
    casefile.stored.execute(
        "insert into conflict (id, version, person_id, worker, kind, relation, note, recorded_by, recorded_at)"
        " values (gen_random_uuid(), 1, %s, 'w2', 'barred', 'other', '', 'x', now())",
        [held[0]["person_id"]],
    )
    made = await casefile.good("POST", "/reallocations", {**COVER, "to_workers": ["w2"]}, **MANAGER)
    assert (made["moved"], made["not_moved"]) == ({"w2": 1}, [held[0]["id"]])
    assert await loads(casefile) == {"w1": 1, "w2": 1}
    await known_worker(casefile, "w3", active=False)
    refused = await casefile("POST", "/reallocations", {**COVER, "to_workers": ["w3"]}, **MANAGER)
    assert [(each["pointer"], each["rule"]) for each in refused.json()["errors"]] == [("/to_workers/0", "may-act")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"to_workers": ["w1"]}, "another-receiver"),
        ({"to_workers": ["w2", "w2"]}, "receivers"),
        ({"reason": "left", "cover_until": day(3)}, "cover-until"),
        ({"cover_until": day(0)}, "cover-until"),
    ],
)
async def test_what_makes_no_sense_is_refused(casefile: Casefile, change: Any, rule: str) -> None:
    refused = await casefile("POST", "/reallocations", {**COVER, "to_workers": ["w2"], **change}, **MANAGER)
    assert [each["rule"] for each in refused.json()["errors"]] == [rule]


@pytest.mark.full
async def test_said_twice_it_is_done_once_and_two_at_once_share_nothing_out_twice(casefile: Casefile) -> None:
    for _ in range(3):
        await case_of(casefile)
    body = {**COVER, "to_workers": ["w2"]}
    first, again = [await casefile("POST", "/reallocations", body, key="once", **MANAGER) for _ in range(2)]
    assert first.json() == again.json()
    both = await asyncio.gather(
        *(casefile("POST", "/reallocations", {**body, "from_worker": "w2", "to_workers": [who]}, **MANAGER)
          for who in ("w3", "w4"))
    )  # fmt: skip
    assert sum(sum(each.json()["moved"].values()) for each in both) == 3
    assert sum((await loads(casefile)).values()) == 3


@pytest.mark.full
async def test_caseloads_by_worker_and_team_with_what_is_late(casefile: Casefile) -> None:
    await team(casefile, "account_managers", "w1", "w2", manager="manager-1")
    await team(casefile, "others", "w3")
    shared = await case_of(casefile, lead="w2")
    await case_of(casefile)
    await case_of(casefile, holder=None)
    await casefile.good("POST", f"/cases/{shared['id']}/rating", {"rag": "red", "reason": "x"}, version=2, **W1)
    task = {"case_id": shared["id"], "words": "x", "due_on": day(1)}
    await casefile.good("POST", "/tasks", task, **W1)
    casefile.stored.execute("update case_task set due_on = %s", [day(-1)])
    casefile.stored.execute("update case_file set next_review_on = %s where id = %s", [day(-1), shared["id"]])
    (one, two) = (await casefile.good("GET", "/caseloads", params={"team": "account_managers"}, **MANAGER))["items"]
    assert one == {
        "worker": "w1", "open": 2, "red": 1, "amber": 0, "green": 0, "unrated": 1, "reviews_overdue": 1,
        "tasks_overdue": 1, "as_account_manager": 2, "as_lead": 0,
    }  # fmt: skip
    assert (two["worker"], two["open"], two["as_lead"], two["tasks_overdue"]) == ("w2", 1, 1, 0)
    # Of a team also who holds nothing.
    assert await loads(casefile, team="others") == {"w3": 0}
    assert await loads(casefile, team="nobody_knows") == {}
    teams = {each["team"]: each for each in (await casefile.good("GET", "/caseloads/teams", **MANAGER))["items"]}
    # A case of two of the team is one.
    assert [teams["account_managers"][name] for name in ("workers", "open", "red", "tasks_overdue")] == [2, 2, 1, 1]
    assert (teams["others"]["workers"], teams["others"]["open"]) == (1, 0)
    all_ = await casefile.good("GET", "/caseloads/summary", **MANAGER)
    assert [all_[name] for name in ("open", "unallocated", "red", "reviews_overdue", "tasks_overdue")] == [
        3,
        1,
        1,
        1,
        1,
    ]
    theirs = await casefile.good("GET", "/caseloads/summary", params={"team": "account_managers"}, **MANAGER)
    assert (theirs["open"], theirs["unallocated"]) == (2, 1)
    mine = await casefile.good("GET", "/my-work", **W1)
    assert (mine["caseload"]["open"], mine["new"], mine["tasks_overdue"]) == (2, 2, 1)
    # Ratings are of the work: who has no part in it is told how many cases there are, and no more.
    seen = (await casefile.good("GET", "/caseloads", params={"worker": "w1"}, **STRANGER))["items"][0]
    assert [seen[name] for name in ("open", "red", "unrated", "reviews_overdue", "tasks_overdue")] == [2, 0, 2, 0, 0]


@pytest.mark.full
async def test_lists_of_caseloads_turn_pages(casefile: Casefile) -> None:
    for who in ("w1", "w2", "w3"):
        await case_of(casefile, holder=who)
    seen: list[str] = []
    path = "/v1/casefile/caseloads?limit=2"
    while path:
        answer = await casefile("GET", path, **MANAGER)
        seen += [each["worker"] for each in answer.json()["items"]]
        link = answer.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
    assert seen == ["w1", "w2", "w3"]
    await casefile.good("POST", "/reallocations", {**COVER, "to_workers": ["w2"]}, **MANAGER)
    (row,) = (await casefile.good("GET", "/reallocations", params={"worker": "w2"}, **MANAGER))["items"]
    assert (row["from_worker"], row["moved"]) == ("w1", {"w2": 1})
    assert (await casefile.good("GET", "/reallocations", params={"worker": "w3"}, **MANAGER))["items"] == []


HELD = st.builds(
    Held,
    st.uuids(),
    st.sampled_from([UUID(int=n) for n in range(4)]),
    st.just(("lead",)),
    st.sampled_from(["red", "amber", "green", None]),
)


@given(
    st.lists(HELD, max_size=30, unique_by=lambda case: case.case_id),
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 20), min_size=1),
    st.sets(st.tuples(st.sampled_from([UUID(int=n) for n in range(4)]), st.sampled_from("abcd")), max_size=6),
    st.randoms(use_true_random=False),
)
def test_a_spread_leaves_nothing_out_and_bars_what_is_barred(
    cases: list[Held], loads: dict[str, int], barred: set[tuple[UUID, str]], chance: Any
) -> None:
    done = spread(cases, loads, barred)
    assert set(done.given) | set(done.left) == {case.case_id for case in cases}
    assert not set(done.given) & set(done.left)
    home = {case.case_id: case.household_id for case in cases}
    assert all((home[case], worker) not in barred for case, worker in done.given.items())
    assert all({(home[case], worker) for worker in loads} <= barred for case in done.left)
    assert spread(chance.sample(cases, len(cases)), loads, barred) == done
    if not barred and not any(case.rag == "red" for case in cases) and len(set(loads.values())) == 1:
        counts = [sum(worker == each for worker in done.given.values()) for each in loads]
        assert max(counts) - min(counts) <= 1


@given(st.integers(0, 20), st.integers(2, 5))
def test_red_cases_are_shared_out_evenly(reds: int, workers: int) -> None:
    cases = [Held(UUID(int=n), UUID(int=n), ("lead",), "red") for n in range(reds)]
    done = spread(cases, {f"w{n}": n * 3 for n in range(workers)}, set())
    counts = [sum(worker == f"w{n}" for worker in done.given.values()) for n in range(workers)]
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("who", ["\x12", "tom\r\nSet-Cookie: a=b", "ł|\U00100000", "a b&c"])
async def test_no_workers_id_breaks_the_answers_own_fields(casefile: Casefile, who: str) -> None:
    body = {"from_worker": who, "to_workers": ["w2"], "reason": "absence", "words": "Away"}
    made = await casefile("POST", "/reallocations", body, **MANAGER)
    place = made.headers["location"]
    assert (made.status_code, place.isascii(), place.isprintable()) == (201, True, True)
    assert unquote(place.removeprefix("/v1/casefile/reallocations?worker=")) == who
