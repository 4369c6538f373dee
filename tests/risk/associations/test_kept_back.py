"""No association tells that somebody is there who is restricted or kept apart from somebody.

As in tests/risk/cohorts/test_kept_back.py: the same questions to a borough with the protected homes in it and to one
without them are answered alike, ratios, intervals and words included.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.risk.associations.test_associations_api import BOTH, PERIOD, QUESTION
from tests.risk.cohorts.borough import OTHER_WARD, WARD, Borough
from tests.risk.cohorts.test_kept_back import become_apart
from tests.risk.ground import Risk

# Of each, whether five single parents in one ward would move it, or one.
QUESTIONS: Sequence[dict[str, Any]] = [
    {},
    {"strata": ["ward"]},
    {"strata": ["ward", "children"]},
    {"within": {"wards": [WARD]}},
    {"within": {"not": {"wards": [OTHER_WARD]}}},
    {"within": {"adults_at_most": 1}},
    {"within": {"children_at_least": 2}},
    {"exposure": {"all": [{"factor": "private_rent"}, {"adults_at_most": 1}]}},
    {"exposure": {"wards": [WARD]}},
    {"period": PERIOD},
    {"period": PERIOD, "strata": ["ward"]},
]


def put_in(borough: Borough) -> None:
    """Counts that stand just below the next ten, so that one more home would show in many answers."""
    for ward, sizes in ((WARD, (44, 464, 24, 1_984)), (OTHER_WARD, (34, 364, 34, 1_464))):
        for number, factors in zip(sizes, (BOTH, BOTH[:1], BOTH[1:], ()), strict=True):
            told_by_facts(borough, borough.households(number, *factors, ward=ward), factors)
            borough.households(number // 4, *factors, ward=ward, adults=1, children=2)


def told_by_facts(borough: Borough, homes: Sequence[UUID], factors: Sequence[str] = BOTH) -> None:
    """What a question with a period goes by: they rent, a child came into care."""
    for home in homes:
        if "private_rent" in factors:
            borough.fact(home, "tenure", date(2020, 1, 1), source="benefit_claims", value="private")
        if "child_looked_after" in factors:
            borough.fact(home, "social_care.child_looked_after", date(2026, 3, 1), source="social_care")


async def asked(risk: Risk) -> list[tuple[int, Any]]:
    """Every question, as for the first time."""
    told = []
    for changes in QUESTIONS:
        risk.stored.execute("delete from shown_count")
        risk.stored.execute("delete from aggregate_query")
        answer = await risk.post("/v1/risk/associations", {**QUESTION, **changes})
        told.append((answer.status_code, answer.json()))
    return told


@pytest.mark.parametrize("kind", ["apart", "restricted"])
async def test_two_boroughs_that_differ_by_protected_homes_are_told_of_alike(
    risk: Risk, borough: Borough, kind: str
) -> None:
    put_in(borough)
    before = await asked(risk)
    assert {status for status, _ in before} == {200}
    assert sum(not answer["suppressed"] for _, answer in before) >= 6
    hers = borough.households(6, *BOTH, adults=1, children=2, registered=True)
    told_by_facts(borough, hers)
    for resident in borough.records(hers, "council_tax_accounts").values():
        become_apart(risk, resident)
    if kind == "restricted":
        risk.stored.execute("update known_person set restricted = true, separated_from = '{}'")
    assert await asked(risk) == before
    # That it could have shown: the same homes of people whom nobody is kept from, in most of the answers.
    risk.stored.execute("update known_person set restricted = false, separated_from = '{}'")
    moved = [one != other for one, other in zip(before, await asked(risk), strict=True)]
    assert sum(moved) >= 6
    assert all(moved[number] for number, changes in enumerate(QUESTIONS) if "period" in changes)


async def test_whoever_asks_is_told_the_same(risk: Risk, borough: Borough) -> None:
    put_in(borough)
    hers = borough.households(6, *BOTH, adults=1, children=2, registered=True)
    for resident in borough.records(hers, "council_tax_accounts").values():
        become_apart(risk, resident)
    told = await asked(risk)
    risk.stored.execute("update known_person set barred_workers = array['ben']")
    assert await asked(risk.other(worker="ben")) == told
