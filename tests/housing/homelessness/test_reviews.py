"""Reviews: in time, by somebody else, within their weeks; and what an overturned decision gives back."""

from datetime import date
from typing import Any

import pytest

from kit.errors import Conflict, Forbidden, Invalid
from services.housing.homelessness.law.clocks import LAW
from services.housing.homelessness.reviews import domain
from tests.housing.doors import Housing
from tests.housing.homelessness.work import OFFICER, SENIOR, decided, found, opened, read, refused, told

FRIDAY = date(2026, 12, 4)
BECAUSE = {"reasons": "The facts of the letter do not bear it out: see paragraphs 3 to 5."}


def test_which_review_it_is_and_by_when() -> None:
    assert domain.kind_of("relief_ended", "steps", "prevention", "authority") == "prevention_steps"
    assert domain.kind_of("relief_ended", "suitability", None, "authority") == "suitability"
    assert domain.kind_of("referral", "the_decision", None, "appointed_person") == "referral_appointed_person"
    with pytest.raises(Invalid):
        domain.kind_of("duty", "the_decision", None, "joint")
    with pytest.raises(Conflict):
        domain.kind_of(None, "the_decision", None, "authority")
    three, eight = LAW.review("prevention_ended", FRIDAY), LAW.review("duty", FRIDAY)
    heard = date(2026, 12, 10)
    assert domain.due(three, FRIDAY, None) == date(2026, 12, 25)
    assert domain.due(three, FRIDAY, heard) == date(2026, 12, 31)
    assert domain.due(eight, FRIDAY, heard) == date(2027, 1, 29)


def test_what_a_review_that_succeeds_undoes() -> None:
    assert not domain.undoes_the_decision("relief_steps", ["eligible", "homeless"])
    assert not domain.undoes_the_decision("suitability", ["reason_to_believe"])
    assert domain.undoes_the_decision("suitability", ["suitable", "informed"])
    assert domain.undoes_the_decision("duty", [])


def test_asked_in_time_or_with_a_reason_and_decided_by_somebody_else() -> None:
    last = date(2026, 12, 24)
    domain.check_asked(last, last, FRIDAY, last, None)
    late = date(2026, 12, 25)
    with pytest.raises(Invalid, match="2026-12-24"):
        domain.check_asked(late, late, FRIDAY, last, None)
    domain.check_asked(late, late, FRIDAY, last, "They were in hospital.")
    with pytest.raises(Forbidden):
        domain.check_decider(domain.Deciding("officer-1", frozenset({"officer-1", "officer-2"})))
    with pytest.raises(Invalid, match=r"reg 7\(2\)"):
        domain.check_outcome("stands_despite_a_fault", FRIDAY, FRIDAY, None, FRIDAY)
    assert domain.appeal_until(FRIDAY) == last


async def _no_priority(housing: Housing) -> tuple[Any, Any]:
    """A case in which relief ended because no priority need was found, and the decision they were told of."""
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"], priority="no", priority_category=None)
    await decided(housing, case["id"], "interim_owed")
    await decided(housing, case["id"], "relief_owed")
    housing.on(date(2027, 1, 29))
    await housing.ring()
    return case, await told(housing, await decided(housing, case["id"], "relief_no_priority"))


@pytest.mark.full
async def test_an_overturned_decision_gives_back_what_it_ended(housing: Housing) -> None:
    case, decision = await _no_priority(housing)
    assert decision["review_until"] == "2027-02-18"
    assert (await read(housing, case["id"]))["closed_on"] == "2027-01-29"
    path = f"/homelessness-decisions/{decision['id']}/reviews"
    housing.on(date(2027, 2, 19))
    problem = await housing.refused(422, "POST", path, {}, **OFFICER)
    assert problem["errors"][0]["rule"] == "within-21-days"
    review = await housing.good("POST", path, {"asked_on": "2027-02-18"}, **OFFICER)
    assert (review["due_on"], review["kind"]) == ("2027-04-15", "duty")
    await housing.refused(409, "POST", path, {"asked_on": "2027-02-18"}, **OFFICER)
    # While it runs they may be given a place to stay, though the case is closed.
    await decided(housing, case["id"], "accommodate_pending_review")

    one = f"/homelessness-reviews/{review['id']}"
    made = {"outcome": "overturned", **BECAUSE}
    own = {**SENIOR, "actor": "officer-1"}
    await housing.refused(403, "POST", f"{one}/decision", made, version=review["version"], **own)
    review = await housing.good("POST", f"{one}/decision", made, version=review["version"], **SENIOR)
    assert (review["restored"], review["appeal_until"]) == (True, "2027-03-11")
    assert any("owed to you again from today" in each for each in review["letter"])
    case = await read(housing, case["id"])
    live = {each["duty"] for each in case["duties"] if each["ended_on"] is None}
    assert (case["position"], live) == ("relief", {"relief", "interim", "pending_review"})
    # Now it is found that there is a priority need, and the law has only waited for that.
    await found(housing, case["id"], priority_category="vulnerable_mental_health")
    assert (await read(housing, case["id"]))["position"] == "main"


@pytest.mark.full
async def test_one_that_stands_ends_the_matter_and_names_the_day_of_appeal(housing: Housing) -> None:
    case, decision = await _no_priority(housing)
    review = await housing.good("POST", f"/homelessness-decisions/{decision['id']}/reviews", {}, **OFFICER)
    one = f"/homelessness-reviews/{review['id']}"
    fault = {"outcome": "stands_despite_a_fault", **BECAUSE}
    await housing.refused(422, "POST", f"{one}/decision", fault, version=review["version"], **SENIOR)
    changes = {"minded_to_on": "2027-01-29", "extended_to": "2027-04-01"}
    review = await housing.good("PATCH", one, changes, version=review["version"], **SENIOR)
    assert (review["due_on"], review["extended_to"], review["days_left"]) == ("2027-03-26", "2027-04-01", 63)
    await housing.good("POST", f"{one}/decision", fault, version=review["version"], **SENIOR)
    assert (await read(housing, case["id"]))["position"] == "closed"
    problem = await refused(housing, 422, case["id"], "accommodate_pending_review")
    assert problem["errors"][0]["rule"] == "review-open"
    names = [each["type"] for each in housing.announced("homelessness_review.asked", "homelessness_review.decided")]
    assert names == ["housing.homelessness_review.asked", "housing.homelessness_review.decided"]


@pytest.mark.full
async def test_other_steps_leave_the_duty_where_it_is(housing: Housing) -> None:
    housing.on(FRIDAY)
    case = await opened(housing)
    await found(housing, case["id"])
    decision = await told(housing, await decided(housing, case["id"], "relief_owed"))
    path = f"/homelessness-decisions/{decision['id']}/reviews"
    review = await housing.good("POST", path, {"about": "steps"}, **OFFICER)
    assert (review["kind"], review["due_on"]) == ("relief_steps", "2026-12-25")
    made = {"outcome": "overturned", **BECAUSE}
    one = f"/homelessness-reviews/{review['id']}/decision"
    review = await housing.good("POST", one, made, version=review["version"], **SENIOR)
    assert review["restored"] is None
    case = await read(housing, case["id"])
    assert (case["position"], [each["ended_on"] for each in case["duties"]]) == ("relief", [None])
    # The decision itself may be reviewed as well: that is another question.
    assert (await housing.good("POST", path, {}, **OFFICER))["kind"] == "duty"
