"""The logistic regression against statsmodels, and where the data separate."""

import random

import numpy as np
import pytest

from services.risk.associations import regression
from services.risk.associations.domain import Counts
from services.risk.associations.regression import Line, adjusted_odds_ratio
from tests.late import Late

# The peers take seconds to import: once is enough.
pytestmark = pytest.mark.xdist_group("statsmodels")

sm = Late("statsmodels.api")


def lines(chance: random.Random, wards: int, ratio: float) -> list[Line]:
    """Counts by exposure, ward and tenure, as the database groups them."""
    found = []
    for ward in range(wards):
        for tenure in ("owned", "private", "social"):
            for exposed in (True, False):
                households = chance.randint(30, 900)
                risk = 0.01 + 0.02 * (ward % 5) + (0.05 if tenure == "private" else 0.01)
                odds = risk / (1 - risk) * (ratio if exposed else 1)
                cases = sum(chance.random() < odds / (1 + odds) for _ in range(households))
                found.append(Line(exposed, (f"ward {ward}", tenure), households, cases))
    return found


def peer(found: list[Line]) -> tuple[float, float, float]:
    """statsmodels' own: a binomial GLM of the same design."""
    usual = []
    for place in range(2):
        sizes: dict[str, int] = {}
        for each in found:
            sizes[each.levels[place]] = sizes.get(each.levels[place], 0) + each.households
        usual.append(max(sorted(sizes), key=lambda level: sizes[level]))
    levels = [(p, level) for p in range(2) for level in sorted({e.levels[p] for e in found}) if level != usual[p]]
    x = np.array([[1.0, float(e.exposed), *(float(e.levels[p] == level) for p, level in levels)] for e in found])
    y = np.array([[e.cases, e.households - e.cases] for e in found])
    fit = sm.GLM(y, x, family=sm.families.Binomial()).fit(tol=1e-12, maxiter=100)
    low, high = fit.conf_int()[1]
    return float(np.exp(fit.params[1])), float(np.exp(low)), float(np.exp(high))


@pytest.mark.full
@pytest.mark.parametrize("seed", range(12))
def test_it_agrees_with_statsmodels(seed: int) -> None:
    chance = random.Random(seed)
    found = lines(chance, chance.randint(2, 19), chance.choice((0.3, 1.0, 2.5, 8.0)))
    fit = adjusted_odds_ratio(found, ["ward", "tenure"])
    told = (fit.estimate.value, fit.estimate.low, fit.estimate.high)
    assert told == pytest.approx(peer(found), rel=1e-6)
    assert (fit.separated, fit.left_out) == ((), 0)


def test_without_other_characteristics_it_is_the_odds_ratio_itself() -> None:
    fit = adjusted_odds_ratio([Line(True, (), 800, 60), Line(False, (), 4_000, 90)], [])
    assert fit.estimate.value == pytest.approx(60 * 3_910 / (740 * 90))


def test_how_the_households_are_grouped_makes_no_difference() -> None:
    found = lines(random.Random(1), 3, 4.0)
    torn = [part for e in found for part in (
        Line(e.exposed, e.levels, e.cases, e.cases), Line(e.exposed, e.levels, e.households - e.cases, 0))]  # fmt: skip
    one, other = (adjusted_odds_ratio(each, ["ward", "tenure"]).estimate for each in (found, torn))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high), rel=1e-7)


def test_a_ward_without_cases_is_left_out_and_said() -> None:
    """A kind of household that never had the outcome tells nothing of the exposure: the rest's ratio stands."""
    told = lines(random.Random(2), 4, 3.0)
    silent = [Line(True, ("ward z", "owned"), 40, 0), Line(False, ("ward z", "owned"), 300, 0)]
    fit = adjusted_odds_ratio([*told, *silent], ["ward", "tenure"])
    assert fit.separated == ("ward=ward z",)
    assert fit.left_out == 340
    alone = adjusted_odds_ratio(told, ["ward", "tenure"]).estimate
    assert (fit.estimate.value, fit.estimate.low) == pytest.approx((alone.value, alone.low), rel=1e-6)


def test_an_exposure_that_separates_has_no_ratio() -> None:
    fit = adjusted_odds_ratio(
        [Line(True, ("a",), 50, 0), Line(True, ("b",), 60, 0), Line(False, ("a",), 500, 20),
         Line(False, ("b",), 400, 30)], ["ward"],
    )  # fmt: skip
    assert fit.estimate.value is None
    assert "exposure" in fit.separated
    assert "no finite ratio" in fit.estimate.note


def test_an_exposure_that_is_a_ward_under_another_name_cannot_be_told_apart() -> None:
    found = [Line(True, ("a",), 100, 10), Line(False, ("b",), 900, 20)]
    fit = adjusted_odds_ratio(found, ["ward"])
    assert fit.estimate.value is None
    assert "told apart" in fit.estimate.note


@pytest.mark.parametrize("cases", [0, 1])
def test_no_outcome_or_nothing_else_is_no_number(cases: int) -> None:
    found = [Line(True, ("a",), 10, 10 * cases), Line(False, ("a",), 30, 30 * cases)]
    assert adjusted_odds_ratio(found, ["ward"]).estimate.value is None
    assert adjusted_odds_ratio([], ["ward"]).estimate.value is None


def test_the_strata_are_the_combinations_of_levels() -> None:
    found = [
        Line(True, ("a", "x"), 10, 2), Line(True, ("a", "x"), 5, 1), Line(False, ("a", "x"), 30, 4),
        Line(False, ("a", "y"), 7, 1),
    ]  # fmt: skip
    assert regression.as_strata(found) == [Counts(3, 15, 4, 30), Counts(0, 0, 1, 7)]
