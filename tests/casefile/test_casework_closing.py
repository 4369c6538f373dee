"""Closing with a reason and outcomes; reopening a year later with everything there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from kit.errors import Conflict, Invalid
from services.casefile.closing.domain import Close, NoOutcomes, Outcome, Result, Standing, check
from tests.casefile.doors import Casefile
from tests.casefile.work import case_of, worker
from tests.service_doors import MANAGER

W1, W2 = worker("w1"), worker("w2")
PLAN, GOAL = str(uuid4()), str(uuid4())


def with_a_goal(casefile: Casefile, case: Any, part: str = "inside") -> None:
    """A plan agreed with one goal, as `plans` keeps it."""
    casefile.stored.execute(
        "insert into plan (id, version, person_id, household_id, state, agreed_number, answers, made_by, made_at,"
        " changed_at) values (%s, 1, %s, %s, 'agreed', 1, '[]', 'w1', now(), now()) on conflict do nothing",
        [PLAN, case["person_id"], case["household_id"]],
    )
    casefile.stored.execute(
        "insert into plan_goal (id, version, plan_id, number, part, words, state, set_by, set_at, changed_at)"
        " values (%s, 1, %s, %s, %s, 'Keep the flat', 'open', 'w1', now(), now())",
        [GOAL if part == "inside" else str(uuid4()), PLAN, 1 if part == "inside" else 2, part],
    )


async def test_where_there_are_goals_a_close_says_what_came_of_them(casefile: Casefile) -> None:
    case = await case_of(casefile)
    with_a_goal(casefile, case)
    path = f"/cases/{case['id']}/close"
    refused = await casefile("POST", path, {"reason": "goals_met"}, version=2, **W1)
    assert [(each["pointer"], each["rule"]) for each in refused.json()["errors"]] == [("/outcomes", "outcomes-or-why")]
    strange = {"reason": "goals_met", "outcomes": [{"outcome": "goal", "result": "reached", "goal_id": str(uuid4())}]}
    refused = await casefile("POST", path, strange, version=2, **W1)
    assert refused.json()["errors"][0]["pointer"] == "/outcomes/0/goal_id"
    outcome = {"outcome": "goal", "result": "reached", "goal_id": GOAL, "words": "Rent is paid"}
    closed = await casefile.good("POST", path, {"reason": "goals_met", "outcomes": [outcome]}, version=2, **W1)
    assert closed["outcomes"] == [outcome]
    assert "Rent" not in str(casefile.announced())


async def test_or_why_nothing_can_be_said_and_a_sealed_goal_asks_nothing(casefile: Casefile) -> None:
    case = await case_of(casefile)
    with_a_goal(casefile, case, "drugs_and_alcohol")
    closed = await casefile.good("POST", f"/cases/{case['id']}/close", {"reason": "moved_away"}, version=2, **W1)
    assert (closed["outcomes"], closed["no_outcomes_because"]) == ([], None)
    other = await case_of(casefile)
    casefile.stored.execute(
        "update plan set person_id = %s, household_id = %s", [other["person_id"], other["household_id"]]
    )
    with_a_goal(casefile, other)
    body = {"reason": "moved_away", "no_outcomes_because": "moved_away"}
    closed = await casefile.good("POST", f"/cases/{other['id']}/close", body, version=2, **W1)
    assert closed["no_outcomes_because"] == "moved_away"


async def test_open_tasks_come_first(casefile: Casefile) -> None:
    case = await case_of(casefile)
    due = (clock.today() + timedelta(days=1)).isoformat()
    task = await casefile.good("POST", "/tasks", {"case_id": case["id"], "words": "x", "due_on": due}, **W1)
    path = f"/cases/{case['id']}/close"
    refused = await casefile("POST", path, {"reason": "goals_met"}, version=2, **W1)
    assert (refused.status_code, refused.json()["open_tasks"]) == (409, 1)
    await casefile.good("POST", f"/tasks/{task['id']}/done", {}, version=1, **W1)
    await casefile.good("POST", path, {"reason": "goals_met"}, version=2, **W1)


@pytest.mark.full
async def test_specialist_work_is_closed_with_a_managers_approval(casefile: Casefile) -> None:
    case = await case_of(casefile, outcome="targeted", specialism="early_help")
    path = f"/cases/{case['id']}"
    refused = await casefile("POST", f"{path}/close", {"reason": "goals_met"}, version=2, **W1)
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["ask_approval"])
    asked = await casefile.good("POST", f"{path}/approvals", {"kind": "closing", "words": "All done"}, **W1)
    still = await casefile("POST", f"{path}/close", {"reason": "goals_met"}, version=2, **W1)
    assert still.status_code == 409
    await casefile.good("POST", f"/approvals/{asked['id']}/approval", {}, version=1, **MANAGER)
    await casefile.good("POST", f"{path}/close", {"reason": "goals_met"}, version=2, **W1)
    await casefile.good("POST", f"{path}/reopen", version=3, **MANAGER)
    # What was approved was the close of that episode, not of the next.
    taken = await casefile.good("POST", f"{path}/allocations", {"account_manager": "w1"}, version=4, **MANAGER)
    refused = await casefile("POST", f"{path}/close", {"reason": "goals_met"}, version=taken["version"], **W1)
    assert refused.status_code == 409
    await casefile.good("POST", f"{path}/close", {"reason": "goals_met"}, version=taken["version"], **MANAGER)


@pytest.mark.full
async def test_a_close_ends_what_waits_and_who_was_there(casefile: Casefile) -> None:
    case = await case_of(casefile)
    path = f"/cases/{case['id']}"
    approval = await casefile.good("POST", f"{path}/approvals", {"kind": "plan", "words": "x"}, **W1)
    step = {
        "direction": "up",
        "statutory_service": "police",
        "layer": "statutory",
        "to_worker": "p1",
        "resident": "told",
        "reason": "x",
    }
    offered = await casefile.good("POST", f"{path}/steps", step, version=2, **W1)
    closed = await casefile.good("POST", f"{path}/close", {"reason": "no_contact"}, version=2, **W1)
    assert (closed["team"], closed["account_manager"]) == ([], "w1")
    assert (await casefile.good("GET", f"/approvals/{approval['id']}", **MANAGER))["state"] == "withdrawn"
    assert (await casefile.good("GET", f"/steps/{offered['id']}", **MANAGER))["state"] == "lapsed"
    for where, body in (("rating", {"rag": "green"}), ("members", {"worker": "x", "role": "y"}), ("steps", step)):
        refused = await casefile("POST", f"{path}/{where}", body, version=3, **MANAGER)
        assert (refused.status_code, refused.json()["allowed"]) == (409, ["reopen"]), where
    assert (await casefile.good("GET", "/caseloads", **MANAGER))["items"] == []


@pytest.mark.full
async def test_reopened_a_year_later_everything_is_there(casefile: Casefile) -> None:
    case = await case_of(casefile)
    path = f"/cases/{case['id']}"
    review = {"words": "Settled", "rag": "green", "next_review_on": (clock.today() + timedelta(days=9)).isoformat()}
    await casefile.good("POST", f"{path}/reviews", review, version=2, **W1)
    task = {"case_id": case["id"], "words": "Letter", "due_on": clock.today().isoformat()}
    made = await casefile.good("POST", "/tasks", task, **W1)
    await casefile.good("POST", f"/tasks/{made['id']}/done", {}, version=1, **W1)
    body = {"reason": "goals_met", "outcomes": [{"outcome": "employment", "result": "partly"}]}
    await casefile.good("POST", f"{path}/close", body, version=3, **W1)
    try:
        clock.set_offset(timedelta(days=365))
        again = await casefile.good("POST", f"{path}/reopen", {"reason": "Rent again"}, version=4, **MANAGER)
        assert (again["episode"], again["state"], again["account_manager"], again["rag"]) == (2, "open", None, None)
        assert again["workstreams"] == case["workstreams"]
        (earlier,) = again["episodes"]
        assert (earlier["account_manager"], earlier["rag"], earlier["close_reason"]) == ("w1", "green", "goals_met")
        assert earlier["outcomes"][0]["outcome"] == "employment"
        assert earlier["reopened_because"] == "Rent again"
        taken = await casefile.good("POST", f"{path}/allocations", {"account_manager": "w2"}, version=5, **MANAGER)
        # Its review days begin anew, from the day it was taken on.
        taken_on = datetime.fromisoformat(taken["team"][0]["since"]).astimezone(clock.LONDON).date()
        assert taken["next_review_on"] == (taken_on + timedelta(days=28)).isoformat()
        assert [each["words"] for each in (await casefile.good("GET", f"{path}/reviews", **W2))["items"]] == ["Settled"]
        assert [each["words"] for each in (await casefile.good("GET", "/tasks", **W2))["items"]] == ["Letter"]
        history = (await casefile.good("GET", f"{path}/members", **W2))["items"]
        assert [each["worker"] for each in history] == ["w2", "w1"]
    finally:
        clock.set_offset(timedelta(0))


@pytest.mark.parametrize(
    ("close", "standing", "rule"),
    [
        (Close("tired"), Standing(), "close-reason"),
        (Close("died", outcomes=(Outcome("x", Result.REACHED),), no_outcomes_because=NoOutcomes.DIED),
         Standing(), "outcomes-or-why"),
        (Close("died"), Standing(goals=(uuid4(),)), "outcomes-or-why"),
    ],
)  # fmt: skip
def test_what_a_close_must_say(close: Close, standing: Standing, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(close, standing)
    assert [each.rule for each in refused.value.errors] == [rule]


def test_outcomes_kept_before_are_outcomes() -> None:
    check(Close("goals_met"), Standing(goals=(uuid4(),), outcomes_kept=1))
    with pytest.raises(Conflict, match="2 tasks are"):
        check(Close("goals_met"), Standing(open_tasks=2))
