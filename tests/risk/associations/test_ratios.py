"""Relative risks and odds ratios against statsmodels and scipy on random tables, and where cells are empty."""

import math
import random

import numpy as np
import pytest

from services.risk.associations import domain
from services.risk.associations.domain import Counts, Estimate, Method
from tests.late import Late

# The peers take seconds to import: once is enough.
pytestmark = pytest.mark.xdist_group("statsmodels")

scipy_stats = Late("scipy.stats")
tables_of_peers = Late("statsmodels.stats.contingency_tables")
proportions = Late("statsmodels.stats.proportion")

CLOSE = 1e-6


def counts(chance: random.Random, most: int) -> Counts:
    exposed, unexposed = chance.randint(12, most), chance.randint(12, most)
    return Counts(chance.randint(5, exposed - 5), exposed, chance.randint(5, unexposed - 5), unexposed)


def near(found: Estimate, value: float, low: float, high: float) -> bool:
    told = (found.value, found.low, found.high)
    return told == pytest.approx((value, low, high), rel=CLOSE)


@pytest.mark.full
@pytest.mark.parametrize("most", [30, 300, 80_000])
def test_the_log_method_agrees_with_statsmodels(most: int) -> None:
    chance = random.Random(most)
    for _ in range(200):
        each = counts(chance, most)
        a, b, c, d = each.cells
        peer = tables_of_peers.Table2x2(np.array([[a, b], [c, d]]))
        assert near(domain.relative_risk(each), peer.riskratio, *peer.riskratio_confint())
        assert near(domain.odds_ratio(each), peer.oddsratio, *peer.oddsratio_confint())


@pytest.mark.full
def test_the_level_is_asked_for() -> None:
    each = Counts(40, 400, 30, 900)
    peer = tables_of_peers.Table2x2(np.array([[40, 360], [30, 870]]))
    assert near(domain.relative_risk(each, 0.99), peer.riskratio, *peer.riskratio_confint(alpha=0.01))


@pytest.mark.full
def test_the_score_interval_of_small_tables_agrees_with_statsmodels() -> None:
    chance = random.Random(3)
    for _ in range(150):
        exposed, unexposed = chance.randint(6, 60), chance.randint(6, 400)
        each = Counts(chance.randint(1, 4), exposed, chance.randint(1, unexposed - 1), unexposed)
        found = domain.relative_risk(each)
        low, high = proportions.confint_proportions_2indep(
            each.exposed_cases, exposed, each.unexposed_cases, unexposed, compare="ratio", method="score",
            correction=False,
        )  # fmt: skip
        assert found.method is Method.SCORE
        assert (found.low, found.high) == pytest.approx((low, high), rel=CLOSE)


@pytest.mark.full
def test_the_exact_interval_agrees_with_scipy() -> None:
    chance = random.Random(4)
    for _ in range(60):
        exposed, unexposed = chance.randint(3, 40), chance.randint(3, 200)
        each = Counts(chance.randint(0, 3), exposed, chance.randint(0, unexposed), unexposed)
        found = domain.conditional_odds_ratio(each, mid_p=False)
        a, b, c, d = each.cells
        if 0 in (a + c, b + d):
            assert (found.value, found.low, found.high) == (None, None, None)
            continue
        peer = scipy_stats.contingency.odds_ratio([[a, b], [c, d]]).confidence_interval()
        assert found.low == pytest.approx(peer.low, rel=1e-5, abs=1e-9)
        assert (math.inf if found.high is None else found.high) == pytest.approx(peer.high, rel=1e-5)


@pytest.mark.full
def test_at_the_ends_of_the_mid_p_interval_half_of_what_was_seen_is_left_outside() -> None:
    """By definition: P(more) + P(as many)/2 = 2.5 in 100 at the lower end, reckoned here by scipy's distribution."""
    for each in (Counts(3, 20, 5, 90), Counts(1, 9, 2, 14), Counts(4, 30, 900, 40_000)):
        found = domain.odds_ratio(each)
        a, cases = each.exposed_cases, each.exposed_cases + each.unexposed_cases
        assert found.method is Method.MID_P
        assert found.low is not None
        assert found.high is not None
        low = scipy_stats.nchypergeom_fisher(each.total, each.exposed, cases, found.low)
        high = scipy_stats.nchypergeom_fisher(each.total, each.exposed, cases, found.high)
        assert low.sf(a) + low.pmf(a) / 2 == pytest.approx(0.025, abs=1e-5)
        assert high.cdf(a - 1) + high.pmf(a) / 2 == pytest.approx(0.025, abs=1e-5)


def test_empty_cells_are_said_plainly() -> None:
    nobody_with_it = domain.relative_risk(Counts(0, 30, 9, 200))
    assert (nobody_with_it.value, nobody_with_it.low) == (0.0, 0.0)
    assert nobody_with_it.high is not None
    assert nobody_with_it.note == "Nobody with it had the outcome."
    nobody_else = domain.relative_risk(Counts(6, 30, 0, 200))
    assert (nobody_else.value, nobody_else.high) == (None, None)
    assert nobody_else.low is not None
    assert nobody_else.low > 1
    assert "no upper end" in nobody_else.note
    odds = domain.odds_ratio(Counts(6, 30, 0, 200))
    assert (odds.value, odds.high) == (None, None)
    assert odds.low is not None
    assert "no upper end" in odds.note
    assert domain.odds_ratio(Counts(0, 30, 9, 200)).value == 0.0


@pytest.mark.parametrize("nothing", [Counts(0, 0, 3, 20), Counts(3, 20, 0, 0), Counts(0, 20, 0, 30)])
def test_nothing_to_compare_is_no_number(nothing: Counts) -> None:
    for found in (domain.relative_risk(nothing), domain.odds_ratio(nothing)):
        assert (found.value, found.low, found.high) == (None, None, None)
        assert found.note


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="cases are among"):
        Counts(5, 4, 0, 1)


def strata(chance: random.Random) -> list[Counts]:
    return [counts(chance, chance.choice((15, 60, 900))) for _ in range(chance.randint(2, 24))]


@pytest.mark.full
def test_mantel_haenszel_agrees_with_statsmodels() -> None:
    chance = random.Random(5)
    for _ in range(100):
        each = strata(chance)
        tables = [np.array([[s.cells[0], s.cells[1]], [s.cells[2], s.cells[3]]], float) for s in each]
        peer = tables_of_peers.StratifiedTable(tables)
        assert near(domain.mantel_haenszel_odds_ratio(each), peer.oddsratio_pooled, *peer.oddsratio_pooled_confint())
        assert domain.mantel_haenszel_relative_risk(each).value == pytest.approx(peer.riskratio_pooled, rel=CLOSE)


def test_greenland_and_robins_variance_is_katz_of_one_stratum_and_of_one_cut_in_two_alike() -> None:
    """statsmodels has none to compare with; what it must reduce to, it does."""
    whole = Counts(60, 800, 90, 4_000)
    katz, alone = domain.relative_risk(whole), domain.mantel_haenszel_relative_risk([whole])
    assert katz.value is not None
    assert katz.low is not None
    assert katz.high is not None
    assert near(alone, katz.value, katz.low, katz.high)
    half = Counts(30, 400, 45, 2_000)
    assert near(domain.mantel_haenszel_relative_risk([half, half]), katz.value, katz.low, katz.high)


@pytest.mark.full
def test_the_stratified_interval_holds_the_truth_as_often_as_it_says() -> None:
    """2,000 made-up boroughs in which the risk is three times as high in each of eight wards, however they differ."""
    chance = np.random.default_rng(6)
    base, sizes, shares = chance.uniform(0.005, 0.12, 8), chance.integers(200, 900, 8), chance.uniform(0.05, 0.4, 8)
    exposed = (sizes * shares).astype(int)
    held = 0
    for _ in range(2_000):
        first, second = chance.binomial(exposed, 3 * base), chance.binomial(sizes - exposed, base)
        wards = [
            Counts(int(a), int(m), int(c), int(n))
            for a, m, c, n in zip(first, exposed, second, sizes - exposed, strict=True)
        ]
        found = domain.mantel_haenszel_relative_risk(wards)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 3 <= found.high
    assert held / 2_000 == pytest.approx(0.95, abs=0.015)


def test_what_differs_between_wards_alone_is_adjusted_away() -> None:
    """Both exposure and outcome lie in the poor ward: crude they go together, within a ward they don't."""
    poor, rich = Counts(200, 1_000, 100, 500), Counts(2, 100, 98, 4_900)
    crude = domain.relative_risk(Counts(202, 1_100, 198, 5_400))
    assert crude.low is not None
    assert crude.low > 4
    adjusted = domain.mantel_haenszel_relative_risk([poor, rich])
    assert adjusted.value == pytest.approx(1.0)


def test_strata_with_nobody_to_compare_say_nothing() -> None:
    telling = Counts(20, 200, 30, 900)
    alone = domain.mantel_haenszel_odds_ratio([telling])
    assert domain.mantel_haenszel_odds_ratio([telling, Counts(0, 0, 7, 50), Counts(9, 10, 0, 0)]) == alone
    none = domain.mantel_haenszel_relative_risk([Counts(0, 0, 7, 50)])
    assert none.value is None
    assert "no common ratio" in none.note
