"""Community safety through casefile's doors: the harm, the risk's total, partners' actions, the case review's clock."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import DomainError
from services.casefile.communitysafety import domain
from services.casefile.communitysafety.domain import Band, Complaint, ReviewState, Threshold
from tests.casefile.doors import Casefile
from tests.casefile.journeys.ground import failures, on, ring, someone, told

CASES = "/safety-cases"
SPECIALIST: dict[str, Any] = {"actor": "worker-1", "roles": ("targeted_specialist",), "purpose": "community_safety"}
OTHER: dict[str, Any] = {**SPECIALIST, "actor": "worker-2", "roles": ("universal_worker",)}


async def harmed(casefile: Casefile, kind: str = "anti_social_behaviour", **more: Any) -> Any:
    person = await someone(casefile, "Ana", "Ruiz", "crime")
    await casefile.let_in(person["household_id"], "worker-2")
    body = {"person_id": person["id"], "kind": kind, "harm": "No sleep for weeks", "wanted": "Quiet nights", **more}
    return await casefile.good("POST", CASES, body, **SPECIALIST)


async def send(casefile: Casefile, case: Any, what: str, body: Any) -> Any:
    path = f"{CASES}/{case['id']}/{what}"
    return await casefile.good("POST", path, body, version=case["version"], **SPECIALIST)


@pytest.mark.full
async def test_the_risk_is_a_total_and_judgement_goes_beside_it(casefile: Casefile) -> None:
    on("2026-12-07")
    case = await harmed(casefile)
    case = await send(casefile, case, "assessments", {"scores": [1] * 12})
    assert [(each["total"], each["most"], each["band"]) for each in case["assessments"]] == [(12, 36, "standard")]
    path = f"{CASES}/{case['id']}/assessments"
    for body, pointer in (
        ({"scores": [1] * 11}, "/scores"),
        ({"scores": [4] + [0] * 11}, "/scores/0"),
        ({"scores": [1] * 12, "judgement": "high"}, "/judgement_reason"),
        ({"scores": [1] * 12, "form": "another"}, "/form"),
    ):
        answer = await casefile("POST", path, body, version=case["version"], **SPECIALIST)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    judged = {"scores": [1] * 12, "judgement": "high", "judgement_reason": "They know where she sleeps"}
    case = await send(casefile, case, "assessments", judged)
    assert (case["risk"], case["assessments"][-1]["by_total"]) == ("high", "standard")
    # The earlier one stays.
    assert len(case["assessments"]) == 2


@pytest.mark.full
async def test_the_plan_is_everybodys_actions_and_ends_with_what_came_of_them(casefile: Casefile) -> None:
    on("2026-12-07")
    case = await harmed(casefile)
    for partner in ("landlord", "police", "themselves"):
        case = await send(casefile, case, "actions", {"partner": partner, "words": f"For the {partner}"})
    early = {"reason": "harm_stopped"}
    left = await casefile("POST", f"{CASES}/{case['id']}/close", early, version=case["version"], **SPECIALIST)
    assert left.status_code == 409
    for action, state in zip(case["actions"], ("done", "not_done", "done"), strict=True):
        path = f"{CASES}/{case['id']}/actions/{action['id']}/end"
        body = {"state": state, "outcome": "So it was"}
        case = await casefile.good("POST", path, body, version=case["version"], **SPECIALIST)
    again = await casefile("POST", path, body, version=case["version"], **SPECIALIST)
    assert (again.status_code, again.json()["allowed"]) == (409, [])
    wrong = await casefile(
        "POST", f"{CASES}/{case['id']}/close", {"reason": "bored"}, version=case["version"], **SPECIALIST
    )
    assert wrong.status_code == 422
    closed = await casefile.good("POST", f"{CASES}/{case['id']}/close", early, version=case["version"], **SPECIALIST)
    assert (closed["state"], closed["close_reason"]) == ("closed", "harm_stopped")
    assert told(casefile, "safety_case")[0::7] == ["opened", "closed"]


async def test_what_tells_of_crime_is_in_that_compartment(casefile: Casefile) -> None:
    on("2026-12-07")
    for body, rule in (
        ({"kind": "hate_crime"}, "strand"),
        ({"kind": "anti_social_behaviour", "strands": ["race"]}, "strand"),
        ({"kind": "cuckooing"}, "safeguarding-considered"),
        ({"kind": "cuckooing", "safeguarding": "not_needed"}, "reason"),
    ):
        person = await someone(casefile, "Ana", "Ruiz", "crime")
        whole = {"person_id": person["id"], "harm": "h", "wanted": "w", **body}
        answer = await casefile("POST", CASES, whole, **SPECIALIST)
        assert [each["rule"] for each in answer.json()["errors"]] == [rule]
    case = await harmed(casefile)
    assert (await casefile("GET", f"{CASES}/{case['id']}", **OTHER)).status_code == 200
    path = f"{CASES}/{case['id']}"
    case = await casefile.good("PATCH", path, {"crime": True}, version=1, **SPECIALIST)
    assert case["crime"] is True
    # From this moment on it is as if it had never been.
    gone = await casefile("GET", path, **OTHER)
    never = await casefile("GET", f"{CASES}/{case['person_id']}", **OTHER)
    assert (gone.status_code, gone.json()["detail"]) == (404, never.json()["detail"])
    assert (await casefile.good("GET", CASES, **OTHER))["items"] == []
    assert (await casefile("GET", path, **SPECIALIST)).status_code == 200
    hate = {"person_id": case["person_id"], "kind": "hate_crime", "strands": ["race"], "harm": "h", "wanted": "w"}
    assert (await casefile("POST", CASES, hate, **OTHER)).status_code == 404
    # Nothing of it on the page, whoever reads it.
    await casefile.hear_itself()
    page = await casefile.good("GET", f"/households/{case['household_id']}/timeline", **SPECIALIST)
    assert not [entry for entry in page["items"] if "safety" in str(entry) or "crime" in str(entry)]


async def incident(casefile: Casefile, case: Any, happened: str, complained: str | None) -> Any:
    body = {"happened_on": happened, "words": "Shouting", "told_to": "council", "complained_on": complained}
    return await send(casefile, case, "incidents", body)


@pytest.mark.full
async def test_three_complaints_in_six_months_are_owed_a_review_by_its_day(casefile: Casefile) -> None:
    on("2026-12-07")
    case = await harmed(casefile)
    for happened, complained in (
        ("2026-07-01", "2026-07-20"),
        ("2026-09-10", "2026-09-11"),
        ("2026-12-01", "2026-12-02"),
        ("2026-10-01", None),
    ):
        case = await incident(casefile, case, happened, complained)
    path = f"{CASES}/{case['id']}/reviews"
    review = await casefile.good("POST", path, {}, version=case["version"], **SPECIALIST)
    assert (review["qualifying"], review["needed"], review["due_on"]) == (3, 3, "2026-12-21")
    assert (await casefile("POST", path, {}, version=case["version"], **SPECIALIST)).status_code == 409
    manager: dict[str, Any] = {"actor": "manager-1", "roles": ("manager",), "purpose": "community_safety"}
    answer = f"/asb-reviews/{review['id']}"
    refused = {"met": False, "reason": "We are busy"}
    owed = await casefile("POST", f"{answer}/decision", refused, version=1, **manager)
    assert owed.json()["errors"][0]["rule"] == "threshold"
    on("2026-12-21")
    await ring(casefile)
    assert (await casefile.good("GET", answer, **SPECIALIST))["overdue"] is False
    on("2026-12-22")
    await ring(casefile)
    late = await casefile.good("GET", "/asb-reviews?waiting=true", **SPECIALIST)
    assert [(each["id"], each["overdue"], each["state"]) for each in late["items"]] == [(review["id"], True, "asked")]
    met = await casefile.good("POST", f"{answer}/decision", {"met": True}, version=2, **manager)
    assert (met["state"], met["due_on"], met["overdue"]) == ("threshold_met", "2027-01-22", False)
    early = await casefile(
        "POST", f"{CASES}/{case['id']}/close", {"reason": "moved_away"}, version=case["version"], **SPECIALIST
    )
    assert early.status_code == 409
    body = {"recommendations": "A joint visit each Friday", "told_on": "2026-12-22"}
    held = await casefile.good("POST", f"{answer}/result", body, version=3, **manager)
    assert (held["state"], held["told_on"]) == ("reviewed", "2026-12-22")
    assert (await casefile("POST", f"{answer}/result", body, version=4, **manager)).status_code == 409
    on("2027-03-01")
    await ring(casefile)
    assert told(casefile, "asb_review") == ["asked", "overdue", "changed", "changed"]
    assert (await casefile("GET", answer, **{**OTHER, "actor": "worker-3"})).status_code == 404
    assert failures(casefile) == []


ASKED = date(2026, 12, 7)


@pytest.mark.parametrize(
    ("complaints", "qualifying"),
    [
        # Within a month "beginning with" the day it happened: the last is the day before that of the next month.
        ([("2026-11-07", "2026-12-06")], 1),
        ([("2026-11-07", "2026-12-07")], 0),
        # Within six months before it is asked for.
        ([("2026-06-07", "2026-06-08")], 1),
        ([("2026-06-07", "2026-06-07")], 0),
        # A complaint of one day about one day is one, however often it is told.
        ([("2026-12-01", "2026-12-02")] * 3, 1),
        ([("2026-12-02", "2026-12-01")], 0),
        ([("2026-12-07", "2026-12-08")], 0),
    ],
)
def test_which_complaints_qualify(complaints: list[tuple[str, str]], qualifying: int) -> None:
    found = domain.threshold(
        [Complaint(date.fromisoformat(one), date.fromisoformat(other)) for one, other in complaints], ASKED
    )
    assert (found.qualifying, found.met) == (qualifying, False)


days = st.integers(0, 400).map(lambda back: ASKED - timedelta(days=back))


@given(st.lists(st.builds(Complaint, days, days), max_size=8), st.builds(Complaint, days, days))
def test_one_more_complaint_never_takes_a_review_away(some: list[Complaint], more: Complaint) -> None:
    before, after = domain.threshold(some, ASKED), domain.threshold([*some, more], ASKED)
    assert 0 <= after.qualifying - before.qualifying <= 1
    assert after.met or not before.met


@given(
    st.sampled_from(list(ReviewState)), st.booleans(), st.integers(0, 6), st.one_of(st.none(), st.just("For the harm"))
)
def test_a_review_that_is_owed_is_never_refused(state: ReviewState, met: bool, number: int, reason: str | None) -> None:
    counted = Threshold(number >= 3, number, 3)
    try:
        after = domain.decide(state, met, counted, reason)
    except DomainError:
        return
    assert state is ReviewState.ASKED
    assert after is (ReviewState.THRESHOLD_MET if met else ReviewState.THRESHOLD_NOT_MET)
    assert met or (number < 3 and reason)


@given(st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_the_band_is_the_totals(scores: list[int]) -> None:
    found = domain.assess(domain.FORMS[-1], scores, None, None)
    assert found.total == sum(scores)
    assert found.band is (Band.HIGH if sum(scores) >= 22 else Band.MEDIUM if sum(scores) >= 13 else Band.STANDARD)
