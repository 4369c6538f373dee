"""Associations as an analyst asks them: counts that show nobody, ratios crude and adjusted, plain words, the log."""

from datetime import date
from typing import Any

import pytest

from tests.risk.cohorts.borough import OTHER_WARD, WARD, Borough
from tests.risk.ground import Risk

QUESTION: dict[str, Any] = {"exposure": {"factor": "private_rent"}, "outcome": "child_looked_after"}
BOTH = ("private_rent", "child_looked_after")


async def ask(risk: Risk, **changes: Any) -> dict[str, Any]:
    answer = await risk.post("/v1/risk/associations", {**QUESTION, **changes})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def eightfold(borough: Borough) -> None:
    """40 of 500 with it, 20 of 2,000 without."""
    borough.households(40, *BOTH)
    borough.households(460, "private_rent")
    borough.households(20, "child_looked_after")
    borough.households(1_980)


async def test_an_association_in_numbers_and_words(risk: Risk, borough: Borough) -> None:
    eightfold(borough)
    told = await ask(risk)
    assert told["exposed"] == {"households": 500, "with_outcome": 40, "in_100": 8.0}
    assert told["others"] == {"households": 2_000, "with_outcome": 20, "in_100": 1.0}
    ratio = told["relative_risk"]
    assert (ratio["value"], ratio["low"], ratio["high"], ratio["method"]) == (8.0, 4.7, 14.0, "log")
    assert (told["odds_ratio"]["value"], told["suppressed"], told["adjusted_for"]) == (8.6, False, [])
    assert told["sentence"] == (
        "“Rents from a private landlord” is associated with “A child came into care in the last three years”:"
        " 8 households in 100 with it against 1 in 100 without, 8 times as often (95% interval 4.7 to 14)."
        " This says that the two go together, not that one brings about the other."
    )
    assert "cause" not in str(told)


async def test_no_more_than_chance_is_said_to_be_no_more(risk: Risk, borough: Borough) -> None:
    borough.households(20, *BOTH)
    borough.households(380, "private_rent")
    borough.households(55, "child_looked_after")
    borough.households(945)
    told = await ask(risk)
    assert told["sentence"].startswith("No clear association of “Rents from a private landlord” with")
    assert "chance alone could do this" in told["sentence"]
    assert "is associated with" not in told["sentence"]


async def test_what_wards_do_is_adjusted_away(risk: Risk, borough: Borough) -> None:
    """In the poor ward both are frequent: together they look bound to each other, within a ward they are not."""
    for ward, exposed, cases, others, other_cases in ((WARD, 900, 180, 450, 90), (OTHER_WARD, 500, 20, 4_000, 160)):
        borough.households(cases, *BOTH, ward=ward)
        borough.households(exposed - cases, "private_rent", ward=ward)
        borough.households(other_cases, "child_looked_after", ward=ward)
        borough.households(others - other_cases, ward=ward)
    told = await ask(risk, strata=["ward"])
    assert told["relative_risk"]["low"] > 2
    assert told["adjusted_for"] == ["ward"]
    for name in ("adjusted_relative_risk", "adjusted_odds_ratio", "logistic_odds_ratio"):
        assert told[name]["low"] < told[name]["value"] == 1.0 < told[name]["high"], name
    assert told["logistic_odds_ratio"]["method"] == "logistic"


async def test_small_counts_take_the_ratios_with_them(risk: Risk, borough: Borough) -> None:
    borough.households(6, *BOTH)
    borough.households(300, "private_rent")
    borough.households(30, "child_looked_after")
    borough.households(900)
    told = await ask(risk, strata=["ward"])
    assert told["suppressed"] is True
    for name in ("relative_risk", "odds_ratio", "adjusted_relative_risk", "logistic_odds_ratio", "links"):
        assert told[name] is None, name
    assert told["exposed"]["with_outcome"] is None
    assert told["others"]["with_outcome"] is None
    assert told["sentence"] == "Too few households to say anything without saying something of one of them."


async def test_how_far_uncertain_links_could_move_it(risk: Risk, borough: Borough) -> None:
    eightfold(borough)
    borough.households(60, *BOTH, certainty="probable")
    assert (await ask(risk))["links"] == [8.2, 18.0]


async def test_only_among_some(risk: Risk, borough: Borough) -> None:
    eightfold(borough)
    borough.households(5_000, children=0)
    told = await ask(risk, within={"children_at_least": 1})
    assert told["others"]["households"] == 2_000


async def test_an_exposure_of_many_conditions_is_said_in_words(risk: Risk, borough: Borough) -> None:
    eightfold(borough)
    shock = {"any": [{"factor": "shock_job_loss"}, {"factor": "shock_mental_health"}]}
    told = await ask(risk, exposure={"all": [{"factor": "private_rent"}, {"not": shock}]})
    assert told["sentence"].startswith(
        "“Rents from a private landlord” and not (“Someone lost their job in the last year” or “A mental health crisis"
        " in the last two years”) is associated with"
    )


@pytest.mark.full
async def test_it_goes_into_the_log_and_is_guarded_there(risk: Risk, borough: Borough) -> None:
    eightfold(borough)
    borough.households(5, *BOTH, adults=1)
    first = await ask(risk)
    assert await ask(risk) == first
    # All but the five single adults: the difference of the two answers would be theirs.
    told = await ask(risk, within={"adults_at_least": 2})
    assert told["suppressed"] is True
    rows = risk.stored.rows("select kind, outcome, asked_by, purpose from aggregate_query order by asked_at")
    assert [(row["kind"], row["outcome"]) for row in rows] == [("association", "shown"), ("association", "hidden")]
    assert {row["purpose"] for row in rows} == {"research_statistics"}
    assert {look[1:3] for look in risk.looks()} == {("risk.association.ask", "aggregate/association")}


# Through time -----------------------------------------------------------------------------------------------------


def tenant(borough: Borough, number: int, care: date | None, *, held: str = "private") -> None:
    """Households that have rented since 2020; in each a child came into care on that day."""
    for household in borough.households(number):
        borough.fact(household, "tenure", date(2020, 1, 1), source="benefit_claims", value=held)
        if care is not None:
            borough.fact(household, "social_care.child_looked_after", care, source="social_care")


PERIOD = {"from": "2025-11-01", "to": "2026-10-31"}


@pytest.mark.full
async def test_with_a_period_only_what_came_after_counts(risk: Risk, borough: Borough) -> None:
    tenant(borough, 40, date(2026, 3, 1))
    tenant(borough, 60, date(2025, 10, 31))
    tenant(borough, 100, None)
    tenant(borough, 30, date(2025, 11, 1), held="owned")
    tenant(borough, 170, date(2026, 11, 1), held="owned")
    told = await ask(risk, period=PERIOD)
    assert told["exposed"] == {"households": 200, "with_outcome": 40, "in_100": 20.0}
    assert told["others"] == {"households": 200, "with_outcome": 30, "in_100": 15.0}
    assert told["baselines"] == ["2025-11-01"]


async def test_whoever_took_it_up_later_had_it_not(risk: Risk, borough: Borough) -> None:
    for household in borough.households(60):
        borough.fact(household, "tenure", date(2026, 1, 15), source="benefit_claims", value="private")
        borough.fact(household, "social_care.child_looked_after", date(2026, 2, 1), source="social_care")
    tenant(borough, 50, None)
    tenant(borough, 30, date(2026, 2, 1))
    borough.households(200)
    told = await ask(risk, period=PERIOD)
    assert (told["exposed"]["with_outcome"], told["others"]["with_outcome"]) == (30, 60)


async def test_several_follow_ups_are_held_apart(risk: Risk, borough: Borough) -> None:
    tenant(borough, 40, date(2026, 3, 1))
    tenant(borough, 20, date(2025, 3, 1))
    tenant(borough, 140, None)
    tenant(borough, 15, date(2026, 3, 1), held="owned")
    tenant(borough, 385, None, held="owned")
    told = await ask(risk, period={"from": "2024-11-01", "to": "2026-10-31"}, strata=["ward"])
    assert told["baselines"] == ["2024-11-01", "2025-11-01"]
    assert (told["exposed"]["households"], told["others"]["households"]) == (400, 800)
    assert told["adjusted_for"] == ["baseline", "ward"]
    assert told["adjusted_relative_risk"]["value"] == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"outcome": "hair_colour"}, "/outcome"),
        ({"outcome": "private_rent"}, "/outcome"),
        ({"exposure": {"factor": "hair_colour"}}, "/exposure/factor"),
        ({"within": {"not": {"factor": "hair_colour"}}}, "/within/not/factor"),
        ({"outcome": "debt", "period": PERIOD}, "/outcome"),
        ({"period": {"from": "2026-01-01", "to": "2026-06-30"}}, "/period"),
        ({"period": {"from": "2020-01-01", "to": "2026-06-30", "follow_months": 1}}, "/period"),
        ({"period": {"from": "2026-01-01", "to": "2025-06-30"}}, "/period"),
        ({"strata": ["ward", "ward"]}, ""),
        ({"strata": ["hair"]}, "/strata/0"),
    ],
)
async def test_a_wrong_question_is_refused_by_field(risk: Risk, changes: dict[str, Any], pointer: str) -> None:
    answer = await risk.post("/v1/risk/associations", {**QUESTION, **changes})
    assert answer.status_code == 422, answer.text
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]


async def test_a_purpose_that_does_not_cover_a_source_is_refused_with_the_reason(risk: Risk, borough: Borough) -> None:
    await ask(risk)
    risk.stored.execute("update data_product set agreed_to = '2026-10-31' where code = 'social_care'")
    answer = await risk.post("/v1/risk/associations", QUESTION)
    assert answer.status_code == 403
    assert "ended on 31 October 2026" in answer.json()["detail"]
