"""Making a plan with somebody: in their words, found again as it was left, agreed as both see it."""

from typing import Any

import pytest

from tests.staff.conftest import Staff, refused
from tests.staff.test_pages import GIRL, HOME, KELLY, ME
from tests.staff.test_pages import kelly as kelly

PLAN, GOAL, STEP = (f"00000000-0000-4000-9000-00000000000{number}" for number in range(1, 4))
HERE = f"/households/{HOME}/plans/{PLAN}"


def plan(**also: Any) -> dict[str, Any]:
    """A plan with a goal and a step of ours."""
    goal = {"id": GOAL, "version": 4, "part": "inside", "words": "Keep the flat", "language": None, "english": None,
            "shown_words": None, "by": "2026-12-01", "state": "open"}  # fmt: skip
    step = {"id": STEP, "version": 2, "goal_id": GOAL, "part": "inside", "words": "Ring the landlord", "whose": "ours",
            "shown_words": None, "worker": ME, "due_on": "2026-11-09", "state": "to_do", "progress": []}  # fmt: skip
    return {
        "id": PLAN, "version": 7, "person_id": KELLY, "household_id": HOME, "state": "draft", "what_matters": "My girl",
        "review_on": None, "agreed_number": 0, "changed_since_agreed": False, "answers": [], "goals": [goal],
        "actions": [step], "ended_at": None, "end_reason": None, "allowed": ["change", "agree", "end"], **also,
    }  # fmt: skip


@pytest.fixture
def planned(kelly: Staff) -> Staff:
    """Kelly with a plan."""
    on = kelly.gateway.on
    on("GET /v1/casefile/plans/{id}", plan())
    on("GET /v1/casefile/plans/{id}/shared-copy", {"shared": {}, "left_out": [
        {"kind": "goals", "id": GOAL, "why": "telling_words", "telling": ["court"]}]})  # fmt: skip
    on("GET /v1/casefile/plans/{id}/agreements", {"items": [], "next": None})
    return kelly


async def test_a_plan_is_begun_in_their_words_and_is_no_draft_any_more(kelly: Staff) -> None:
    kept = {"body": {"words": "Waxaan rabaa guri", "whose": "ours"}, "version": 3, "updated_at": "2026-11-01T09:30:00Z"}
    kelly.gateway.on("GET /v1/casefile/drafts/plan/{key}", kept)
    page = (await kelly.get(f"/households/{HOME}/plans/new")).text
    assert "Waxaan rabaa guri" in page
    assert f'data-autosave="/drafts/casefile/plan/{HOME}"' in page
    kelly.gateway.on("POST /v1/casefile/plans", plan())
    form = {"person": KELLY, "what_matters": "My girl", "words": "Waxaan rabaa guri", "language": "so",
            "english": "I want a home", "step": "Ring the landlord", "whose": "ours", "worker": ME,
            "due-day": "9", "due-month": "11", "due-year": "2026", "key": "k" * 36, "action": "send"}  # fmt: skip
    answer = await kelly.post(f"/households/{HOME}/plans/new", form)
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    (sent,) = kelly.gateway.asked_for("POST /v1/casefile/plans")
    (goal,) = sent.body["goals"]
    assert (goal["words"], goal["language"], goal["english"]) == ("Waxaan rabaa guri", "so", "I want a home")
    assert goal["actions"] == [{"words": "Ring the landlord", "whose": "ours", "worker": ME, "due_on": "2026-11-09"}]
    assert sent.fields["Idempotency-Key"] == "k" * 36
    assert len(kelly.gateway.asked_for("DELETE /v1/casefile/drafts/plan/{key}")) == 1


async def test_a_plan_without_words_or_owner_says_so_beside_the_field_and_keeps_what_was_typed(kelly: Staff) -> None:
    answer = await kelly.post(f"/households/{HOME}/plans/new", {"what_matters": "My girl", "step": "Ring", "words": ""})
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    for said in ("Choose whose plan it is", "Write what they want, in their words", "Choose who does it"):
        assert said in answer.text
    assert "My girl" in answer.text
    assert not kelly.gateway.asked_for("POST /v1/casefile/plans")


async def test_a_plan_is_kept_for_later_without_scripts(kelly: Staff) -> None:
    kelly.gateway.on("PUT /v1/casefile/drafts/plan/{key}", {"body": {}, "updated_at": "2026-11-01T09:30:00Z"})
    form = {"words": "A home", "action": "keep", "seen": '"1"', "version": '"2"'}
    assert (await kelly.post(f"/households/{HOME}/plans/new", form)).status_code == 303
    (sent,) = kelly.gateway.asked_for("PUT /v1/casefile/drafts/plan/{key}")
    assert sent.body == {"words": "A home"}
    assert sent.fields["If-Match"] == '"2"'


async def test_the_working_page_says_what_a_shared_copy_leaves_out(planned: Staff) -> None:
    page = (await planned.get(HERE)).text
    assert "Ring the landlord" in page
    assert "telling words (court)" in page
    assert f'href="{HERE}/actions/{STEP}"' in page


async def test_a_step_goes_to_somebody_else_as_it_was_shown_and_a_quicker_hand_is_shown_beside_it(
    planned: Staff,
) -> None:
    page = (await planned.get(f"{HERE}/actions/{STEP}")).text
    assert 'name="seen" value="&#34;2&#34;"' in page
    form = {"words": "Write to the landlord", "whose": "partners", "worker": ME, "seen": '"2"'}
    planned.gateway.on("PATCH /v1/casefile/plans/{id}/actions/{id}", lambda _: refused(412, "changed"))
    answer = await planned.post(f"{HERE}/actions/{STEP}", form)
    assert answer.status_code == 422
    assert "What stands now" in answer.text
    assert answer.text.count("Write to the landlord") >= 2
    planned.gateway.on("PATCH /v1/casefile/plans/{id}/actions/{id}", {})
    assert (await planned.post(f"{HERE}/actions/{STEP}", form)).status_code == 303
    sent = planned.gateway.asked_for("PATCH /v1/casefile/plans/{id}/actions/{id}")[-1]
    # Whoever of us it was is not carried over to a partner.
    assert (sent.body["whose"], sent.body["worker"], sent.fields["If-Match"]) == ("partners", None, '"2"')


async def test_a_goal_is_settled_as_it_was_shown_and_its_page_says_which(planned: Staff) -> None:
    page = (await planned.get(f"{HERE}/goals/{GOAL}")).text
    assert "Change a goal" in page
    assert "What became of it" in page
    planned.gateway.on("POST /v1/casefile/plans/{id}/goals/{id}/steps", {})
    form = {"to": "achieved", "how": "The arrears are paid", "seen": '"4"'}
    assert (await planned.post(f"{HERE}/goals/{GOAL}/steps", form)).headers["location"] == HERE
    (sent,) = planned.gateway.asked_for("POST /v1/casefile/plans/{id}/goals/{id}/steps")
    assert sent.body == {"to": "achieved", "words": "The arrears are paid", "on": None}
    assert sent.fields["If-Match"] == '"4"'


async def test_agreeing_names_the_version_both_read_and_wants_it_read(planned: Staff) -> None:
    planned.gateway.on("POST /v1/casefile/plans/{id}/agreements", plan())
    answer = await planned.post(f"{HERE}/agree", {"how": "phone", "seen": '"7"'})
    assert "Read it through with them first" in answer.text
    answer = await planned.post(f"{HERE}/agree", {"how": "phone", "read": "yes", "seen": '"7"', "key": "k" * 36})
    assert answer.headers["location"] == f"/households/{HOME}/plan"
    (sent,) = planned.gateway.asked_for("POST /v1/casefile/plans/{id}/agreements")
    assert (sent.body, sent.fields["If-Match"]) == ({"how": "phone", "words": None}, '"7"')


async def test_a_plan_that_ended_offers_nothing_to_change(planned: Staff) -> None:
    ended = plan(state="ended", allowed=[], end_reason="They moved away", ended_at="2026-11-01T09:30:00Z")
    planned.gateway.on("GET /v1/casefile/plans/{id}", ended)
    page = (await planned.get(HERE)).text
    assert "They moved away" in page
    assert f"{HERE}/goals" not in page
    assert f"{HERE}/agree" not in page


async def test_what_is_no_longer_in_the_plan_has_no_page(planned: Staff) -> None:
    assert (await planned.get(f"{HERE}/goals/{GIRL}")).status_code == 404
