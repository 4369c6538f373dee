"""Approvals: a manager approves, or returns with a comment; whatever follows, the comment stays."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Conflict, Forbidden, Invalid
from services.casefile.approvals import domain
from services.casefile.approvals.domain import Act, State
from services.casefile.approvals.rules import RULES
from tests.casefile.doors import Casefile
from tests.casefile.work import STRANGER, case_of, known_worker, worker
from tests.service_doors import MANAGER

W1 = worker("w1")


async def asked(casefile: Casefile, case: Any, kind: str = "plan", who: Any = W1) -> Any:
    body = {"kind": kind, "words": "Please look at the plan"}
    return await casefile.good("POST", f"/cases/{case['id']}/approvals", body, **who)


@pytest.mark.full
async def test_returned_with_a_comment_answered_and_approved_every_word_stays(casefile: Casefile) -> None:
    case = await case_of(casefile)
    made = await asked(casefile, case)
    path = f"/approvals/{made['id']}"
    back = await casefile.good("POST", f"{path}/return", {"words": "What of the rent?"}, version=1, **MANAGER)
    assert (back["state"], back["allowed"]) == ("returned", ["asked_again", "withdrawn"])
    mine = await casefile.good("GET", "/my-work", **W1)
    assert mine["approvals_returned"] == 1
    again = await casefile.good("POST", f"{path}/answer", {"words": "Rent is in it now"}, version=2, **W1)
    assert again["state"] == "asked"
    done = await casefile.good("POST", f"{path}/approval", {}, version=3, **MANAGER)
    assert (done["state"], done["decided_by"], done["allowed"]) == ("approved", "manager-1", [])
    said = [(each["number"], each["act"], each["by"], each["words"]) for each in done["remarks"]]
    assert said == [
        (1, "asked", "w1", "Please look at the plan"),
        (2, "returned", "manager-1", "What of the rent?"),
        (3, "asked_again", "w1", "Rent is in it now"),
        (4, "approved", "manager-1", ""),
    ]
    events = casefile.announced("approval.asked", "approval.returned", "approval.approved")
    assert [each["type"].rpartition(".")[2] for each in events] == ["asked", "returned", "asked", "approved"]
    assert "rent" not in str(events).lower()


async def test_a_return_says_what_is_missing(casefile: Casefile) -> None:
    case = await case_of(casefile)
    made = await asked(casefile, case)
    for words in ("", "   "):
        refused = await casefile("POST", f"/approvals/{made['id']}/return", {"words": words}, version=1, **MANAGER)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/words"


async def test_nobody_approves_what_they_asked_themselves(casefile: Casefile) -> None:
    case = await case_of(casefile, holder="manager-1")
    made = await asked(casefile, case, who=MANAGER)
    for act in ("approval", "return"):
        refused = await casefile("POST", f"/approvals/{made['id']}/{act}", {"words": "Good"}, version=1, **MANAGER)
        assert refused.status_code == 403


async def test_of_two_decisions_at_once_one_is_told(casefile: Casefile) -> None:
    case = await case_of(casefile)
    made = await asked(casefile, case)
    path = f"/approvals/{made['id']}"
    answers = await asyncio.gather(
        casefile("POST", f"{path}/approval", {}, version=1, **MANAGER),
        casefile("POST", f"{path}/return", {"words": "No"}, version=1, **{**MANAGER, "actor": "manager-2"}),
    )
    assert sorted(each.status_code for each in answers) == [200, 412]


@pytest.mark.full
async def test_one_question_of_a_kind_at_a_time(casefile: Casefile) -> None:
    case = await case_of(casefile)
    first = await asked(casefile, case)
    body = {"kind": "plan", "words": "Again"}
    assert (await casefile("POST", f"/cases/{case['id']}/approvals", body, **W1)).status_code == 409
    await asked(casefile, case, kind="spending")
    await casefile.good("POST", f"/approvals/{first['id']}/withdrawal", {}, version=1, **W1)
    await asked(casefile, case)
    waiting = (await casefile.good("GET", "/approvals", params={"state": "asked"}, **MANAGER))["items"]
    assert [each["kind"] for each in waiting] == ["spending", "plan"]
    await known_worker(casefile, "w1")
    assert (await casefile.good("GET", "/my-work", **MANAGER))["approvals_to_decide"] == 2


async def test_who_has_no_part_in_the_case_has_none_in_its_approvals(casefile: Casefile) -> None:
    case = await case_of(casefile)
    made = await asked(casefile, case)
    assert (await casefile.good("GET", "/approvals", **STRANGER))["items"] == []
    assert (await casefile("GET", f"/approvals/{made['id']}", **STRANGER)).status_code == 404
    assert (
        await casefile("POST", f"/approvals/{made['id']}/answer", {"words": "x"}, version=1, **STRANGER)
    ).status_code == 404


@given(st.lists(st.tuples(st.sampled_from(Act), st.booleans(), st.sampled_from(["", "because"])), max_size=8))
def test_whatever_is_tried_the_state_follows_the_rules(acts: list[tuple[Act, bool, str]]) -> None:
    state, refused = State.ASKED, list[tuple[State, Act]]()
    for act, myself, words in acts:
        before = state
        try:
            state = domain.after(state, act, by="w1" if myself else "m1", asked_by="w1", words=words)
        except Conflict:
            refused.append((before, act))
            continue
        except Forbidden:
            assert myself
            assert act in (Act.APPROVED, Act.RETURNED)
            continue
        except Invalid:
            assert not words
            continue
        assert act.value in domain.allowed_from(before)
        # Approved is never by oneself, and nothing follows on it.
        assert not (state is State.APPROVED and myself)
        assert before not in (State.APPROVED, State.WITHDRAWN)
    assert not [(before, act) for before, act in refused if act.value in domain.allowed_from(before)]


@pytest.mark.parametrize("state", [State.APPROVED, State.WITHDRAWN])
def test_an_end_is_an_end(state: State) -> None:
    assert domain.allowed_from(state) == []


async def test_a_step_down_from_a_statutory_team_waits_for_somebody_else(casefile: Casefile) -> None:
    """Also a manager's own: whoever holds the case neither decides at once nor approves; one yes is for one step."""
    lead = worker("social-1", "safeguarding_lead", "statutory_referral")
    case = await case_of(casefile, outcome="statutory", statutory_service="children_social_care", lead="social-1")
    path = f"/cases/{case['id']}"
    down = {
        "direction": "down",
        "statutory_service": "children_social_care",
        "layer": "universal",
        "to_worker": "w2",
        "resident": "told",
        "reason": "Safe at home again",
    }
    refused = await casefile("POST", f"{path}/steps", down, version=case["version"], **lead)
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["ask_approval"])
    made = await asked(casefile, case, "step_down", W1)
    own = await casefile("POST", f"/approvals/{made['id']}/approval", {}, version=1, **lead)
    assert own.status_code == 403
    await casefile.good("POST", f"/approvals/{made['id']}/approval", {}, version=1, **MANAGER)
    step = await casefile.good("POST", f"{path}/steps", down, version=case["version"], **lead)
    used = await casefile.good("GET", f"/approvals/{made['id']}", **MANAGER)
    assert used["used_at"] is not None
    await casefile.good("POST", f"/steps/{step['id']}/withdrawal", {"reason": "Not yet"}, **lead)
    again = await casefile("POST", f"{path}/steps", down, version=case["version"], **lead)
    assert again.status_code == 409
    # A manager who does not hold it answers for the work, and up is never made to wait.
    await casefile.good("POST", f"{path}/steps", down, version=case["version"], **MANAGER)


@pytest.mark.full
async def test_a_manager_who_holds_the_case_closes_it_with_anothers_word(casefile: Casefile) -> None:
    case = await case_of(casefile, outcome="targeted", specialism="early_help", holder="manager-1")
    path = f"/cases/{case['id']}/close"
    refused = await casefile("POST", path, {"reason": "goals_met"}, version=case["version"], **MANAGER)
    assert refused.status_code == 409
    made = await asked(casefile, case, "closing", MANAGER)
    other = {**MANAGER, "actor": "manager-2"}
    await casefile.good("POST", f"/approvals/{made['id']}/approval", {}, version=1, **other)
    await casefile.good("POST", path, {"reason": "goals_met"}, version=case["version"], **MANAGER)


async def test_the_rules_are_published_as_they_are_enforced(casefile: Casefile) -> None:
    published = await casefile.good("GET", "/approval-rules", **W1)
    assert {each["kind"]: sorted(each["layers"]) for each in published} == {
        kind.value: sorted(rule.layers) for kind, rule in RULES.items()
    }
    assert all(each["because"] for each in published)


@pytest.mark.parametrize(
    ("kind", "layer", "roles", "holds", "waits"),
    [
        ("closing", "universal", {"universal_worker"}, True, False),
        ("closing", "targeted", {"universal_worker"}, False, True),
        ("closing", "statutory", {"manager"}, False, False),
        ("closing", "statutory", {"manager"}, True, True),
        ("step_down", "statutory", {"safeguarding_lead"}, True, True),
        ("step_down", "targeted", {"universal_worker"}, False, False),
        ("step_up", "universal", {"universal_worker"}, True, False),
        ("plan", "statutory", {"universal_worker"}, True, False),
    ],
)
def test_what_waits_for_whom(kind: str, layer: str, roles: set[str], holds: bool, waits: bool) -> None:
    assert RULES[domain.Kind(kind)].waits(layer, frozenset(roles), holds_it=holds) is waits
