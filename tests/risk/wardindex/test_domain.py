"""The Social Progress method: scales, weights, missing values, means; and the weights' own arithmetic."""

import numpy as np
import pytest

from kit.errors import Invalid
from services.risk.wardindex import domain, editions
from services.risk.wardindex.domain import Beside, Component, Dimension, Framework, Good, Indicator, Tile, Weighting
from services.risk.wardindex.frameworks import framework_of, shipped
from services.risk.wardindex.own_figures import months_counted, of_thousand
from services.risk.wardindex.weighing import cronbach_alpha, first_component, kaiser_meyer_olkin, weigh


def indicator(code: str, good: Good = Good.HIGH, worst: float = 0, best: float = 10, **more: float) -> Indicator:
    return Indicator(code, code, "unit", "source", good, worst, best, more.get("weight"), int(more.get("lasts", 0)))


def framework(*components: Component) -> Framework:
    return Framework("Index", (Dimension("d", "D", components),))


def test_a_score_runs_from_the_worst_case_to_the_best_and_turns_round_where_low_is_good() -> None:
    up, down = indicator("up", worst=20, best=60), indicator("down", Good.LOW, worst=8, best=3)
    assert [up.score(value) for value in (20, 30, 60)] == [0, 25, 100]
    assert [down.score(value) for value in (8, 5.5, 3)] == [0, 50, 100]
    assert (up.score(70), down.score(9), up.is_beyond(70), down.is_beyond(9), down.is_beyond(4)) == (
        *(100, 0),
        *(True, True, False),
    )


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        (Component("c", "C", (indicator("x", worst=5, best=1),)), "best-is-better"),
        (Component("c", "C", (indicator("x", Good.LOW, worst=1, best=5),)), "best-is-better"),
        (Component("c", "C", (indicator("x"),), Weighting.GIVEN), "weights"),
        (Component("c", "C", (indicator("x"), indicator("x"))), "each-code-once"),
    ],
)
def test_a_framework_that_cannot_be_worked_out_is_refused(part: Component, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.check(framework(part))
    assert rule in {each.rule for each in refused.value.errors}


def test_a_value_stands_in_for_later_years_only_as_long_as_it_lasts() -> None:
    lasting = indicator("x", lasts=3)
    known = {2019: 1.0, 2025: 2.0}
    found = {year: domain.value_of(lasting, known, year) for year in (2018, 2019, 2022, 2023, 2026)}
    assert {year: each and each.year for year, each in found.items()} == {
        2018: None, 2019: 2019, 2022: 2019, 2023: None, 2026: 2025,
    }  # fmt: skip


def test_what_is_missing_is_said_and_too_little_gives_no_figure() -> None:
    parts = tuple(
        Component(f"c{at}", "C", tuple(indicator(f"c{at}i{n}", weight=0.25) for n in range(4)), Weighting.GIVEN)
        for at in range(4)
    )
    frame = framework(*parts)
    weights = {each.code: (0.25,) * 4 for each in parts}
    values = {f"c{at}i{n}": domain.Value(2026, 5.0 + n) for at in range(4) for n in range(4)}
    whole = domain.scored(frame, weights, "w", values, 2026)
    assert (whole.components["c0"], whole.index, whole.partial) == (65.0, 65.0, False)
    # A quarter of one component: the rest stands for it, and it is said.
    del values["c0i0"]
    partial = domain.scored(frame, weights, "w", values, 2026)
    assert (partial.components["c0"], partial.missing) == (70.0, ["c0i0"])
    # Half of it: no component; three components still make the dimension, two do not.
    del values["c0i1"]
    without = domain.scored(frame, weights, "w", values, 2026)
    assert (without.components["c0"], without.index) == (None, 65.0)
    for n in range(4):
        del values[f"c1i{n}"]
    assert domain.scored(frame, weights, "w", values, 2026).index is None


def test_given_weights_are_taken_as_they_are() -> None:
    part = Component("c", "C", (indicator("x", weight=0.5), indicator("y", weight=0.49)), Weighting.GIVEN)
    values = {"x": domain.Value(2026, 10.0), "y": domain.Value(2026, 10.0)}
    assert domain.scored(framework(part), {"c": (0.5, 0.49)}, "w", values, 2026).components["c"] == pytest.approx(99.0)


def test_weights_are_those_of_the_first_principal_component() -> None:
    """Against singular values of the standardised scores, which is another road to it."""
    drawn = np.random.default_rng(4)
    common = drawn.normal(size=(30, 1))
    matrix = common @ np.array([[1.0, 0.8, 0.5]]) + drawn.normal(size=(30, 3)) * 0.4
    weights, explained = first_component(matrix)
    standard = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0, ddof=1)
    _, values, vectors = np.linalg.svd(standard, full_matrices=False)
    assert weights == pytest.approx(vectors[0] / vectors[0].sum())
    assert explained == pytest.approx(values[0] ** 2 / (values**2).sum())
    assert sum(weights) == pytest.approx(1.0)


def test_alpha_and_kmo_of_known_matrices() -> None:
    drawn = np.random.default_rng(1)
    one = drawn.normal(size=(2000, 1))
    alike = one + drawn.normal(size=(2000, 4)) * 0.5
    nothing = drawn.normal(size=(2000, 4))
    # Four items that correlate by 0.8: alpha is 4*0.8/(1+3*0.8).
    assert cronbach_alpha(alike) == pytest.approx(3.2 / 3.4, abs=0.01)
    assert (kaiser_meyer_olkin(alike) or 0) > 0.8
    assert (kaiser_meyer_olkin(nothing) or 1) < 0.6
    assert kaiser_meyer_olkin(alike[:5]) is None


def test_an_indicator_that_pulls_against_the_rest_and_too_few_areas() -> None:
    part = Component("c", "C", tuple(indicator(name, worst=0, best=100) for name in "xyz"))
    against = {f"a{n}": {"x": n, "y": n + n % 3, "z": -2 * n + n % 2} for n in range(12)}
    with pytest.raises(Invalid, match="pull"):
        weigh(part, {area: {code: float(score) for code, score in each.items()} for area, each in against.items()})
    few = {f"a{n}": {"x": float(n), "y": float(n), "z": float(n * n)} for n in range(5)}
    assert (weigh(part, few).how, weigh(part, few).weights) == ("equal_too_few_areas", (1 / 3,) * 3)


def test_places_company_and_tiles() -> None:
    assert domain.ranks({"a": 3.0, "b": 5.0, "c": None, "d": 5.0}) == {"b": 1, "d": 1, "a": 3}
    assert domain.alike("a", {"a": 1.0, "b": 1.2, "c": 9.0, "d": 0.9}, 2) == ["d", "b"]
    others = [50.0, 52.0, 54.0]
    assert [domain.beside(figure, others) for figure in (60, 53, 40)] == [
        Beside.BETTER, Beside.AS_EXPECTED, Beside.WORSE,
    ]  # fmt: skip
    assert domain.beside(60, [50.0, None]) is None
    laid = domain.laid_out({"b": Tile(1, 0), "z": None, "a": None})
    assert laid == {"b": Tile(1, 0), "a": Tile(0, 1), "z": Tile(1, 1)}


def test_small_counts_of_our_own_are_missing_and_a_year_that_goes_on_is_twelve_months() -> None:
    from datetime import date

    assert [of_thousand(count, 1000) for count in (0, 9, 14, 96)] == [None, None, 10.0, 100.0]
    assert of_thousand(12, 15) is None
    assert months_counted(2025, date(2026, 11, 22)) == (date(2025, 1, 1), date(2026, 1, 1))
    assert months_counted(2026, date(2026, 11, 22)) == (date(2025, 11, 22), date(2026, 11, 22))


def test_what_ships_can_be_worked_out_and_the_same_values_give_the_same_bytes() -> None:
    frame = framework_of(shipped())
    domain.check(frame)
    assert (len(frame.dimensions), len(frame.components)) == (3, 12)
    weights = {each.code: {"weights": [1 / len(each.indicators)] * len(each.indicators)} for each in frame.components}
    areas = [editions.Area(f"E0501405{n}", f"Ward {n}", "ward", Tile(n, 0)) for n in range(3, 6)]
    known = {
        area.code: {code: {2026: (each.worst + at * each.best) / (1 + at)} for code, each in frame.indicators.items()}
        for at, area in enumerate(areas)
    }
    one = editions.made(frame, weights, areas, known, 2026, "income_deprived")
    again = editions.made(
        frame, dict(reversed(weights.items())), areas, dict(reversed(known.items())), 2026, "income_deprived"
    )
    assert one.sha256 == again.sha256
    assert [each["index"] for each in one.content["areas"]] == [0.0, 50.0, pytest.approx(66.67)]
    assert [each["rank"] for each in one.content["areas"]] == [3, 2, 1]
