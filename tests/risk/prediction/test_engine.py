"""The additive form and its figures: exact reasons, monotone over the whole range, the same bytes, honest intervals."""

import json
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.risk.prediction.engine import additive, learning, measuring
from services.risk.prediction.engine.additive import Additive, never_falls
from services.risk.prediction.engine.fitting import BOOSTING, BOTH, LOGISTIC, Recipe, Table, fit
from services.risk.prediction.engine.learning import TooFew, train
from services.risk.prediction.engine.measuring import Care, Draws, Judged

RECIPE = Recipe(rises=frozenset({"arrears", "missed"}), falls=frozenset({"months_paid"}), bags=3, interactions=0)


def made_up(rows: int = 600, seed: int = 1, months: int = 6) -> Table:
    """Arrears raise the risk, but by chance not everywhere: where few owe much, it falls."""
    draw = np.random.default_rng(seed)
    arrears = np.round(draw.exponential(300, rows), 2)
    missed = draw.integers(0, 6, rows).astype(float)
    paid = draw.integers(0, 13, rows).astype(float)
    rent = np.where(draw.random(rows) < 0.4, np.nan, draw.exponential(200, rows))
    tenure = draw.choice(np.array(["council", "private", "owned"], object), rows)
    wild = np.where(arrears > 900, -2.0, 0.0)
    logit = -2 + 0.004 * np.minimum(arrears, 600) + 0.3 * missed - 0.1 * paid + wild + 0.8 * (tenure == "private")
    outcome = (draw.random(rows) < additive.sigmoid(logit)).astype(np.int64)
    columns = {"arrears": arrears, "missed": missed, "months_paid": paid, "rent": rent, "tenure": tenure}
    when = np.sort(draw.integers(0, months, rows))
    return Table(columns, outcome, np.ones(rows), np.arange(rows) % (rows // 2), when)


@pytest.fixture(scope="module")
def logistic() -> Additive:
    return fit(made_up(), RECIPE, LOGISTIC)


@pytest.fixture(scope="module")
def boosting() -> Additive:
    return fit(made_up(), RECIPE, BOOSTING)


def _line(column: str, values: np.ndarray[Any, Any], base: Table) -> dict[str, Any]:
    """Rows alike but for one column."""
    return {
        name: values if name == column else np.repeat(found[:1], len(values)) for name, found in base.columns.items()
    }


def _check_monotone(model: Additive, start: int) -> None:
    table = made_up(seed=start)
    # The whole range: far below and above what was seen, every edge and both its neighbours.
    for column, sign in (("arrears", 1), ("missed", 1), ("months_paid", -1)):
        edges = [
            edge for term in model.terms for axis in term.axes if axis.feature == column for edge in axis.edges or ()
        ]
        near = [np.nextafter(edge, way) for edge in edges for way in (-np.inf, np.inf)]
        values = np.unique(np.concatenate([np.linspace(-1_000, 100_000, 2_001), np.linspace(0, 20, 201), edges, near]))
        for told in (model, *model.bags):
            steps = sign * np.diff(told.score(_line(column, values, table)))
            assert steps.min() >= 0.0, (column, told.algorithm)
        assert (sign * np.diff(model.chance(_line(column, values, table)))).min() >= 0.0


def test_more_arrears_never_lower_the_risk(logistic: Additive) -> None:
    _check_monotone(logistic, 1)


@pytest.mark.full
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_more_arrears_never_lower_the_risk_in_boosting_either(seed: int) -> None:
    table = made_up(seed=seed)
    model = fit(table, RECIPE, BOOSTING)
    calibrated = measuring.calibrated(model.score(table.columns), table.outcome)
    _check_monotone(Additive(model.algorithm, model.intercept, model.terms, model.bags, calibrated), seed)


@pytest.mark.full
def test_without_the_constraint_chance_would_lower_it() -> None:
    """The test above can fail: the data tempt a model that is free."""
    table = made_up()
    free = fit(table, Recipe(bags=2), LOGISTIC)
    tempted = np.corrcoef(
        table.columns["arrears"][table.columns["arrears"] > 700], table.outcome[table.columns["arrears"] > 700]
    )
    assert tempted[0, 1] < 0
    assert {term.features for term in free.terms} == {(name,) for name in table.columns}


def test_reasons_add_up_to_the_score_exactly(logistic: Additive) -> None:
    table = made_up(seed=7)
    told = logistic.parts(table.columns).sum(axis=1) + logistic.intercept
    assert np.abs(told - logistic.score(table.columns)).max() < 1e-9


@pytest.mark.full
def test_boosting_and_both_together_add_up_too_and_are_what_the_library_says(boosting: Additive) -> None:
    table = made_up(seed=7)
    both = fit(made_up(), RECIPE, BOTH)
    for model in (boosting, both):
        told = model.parts(table.columns).sum(axis=1) + model.intercept
        assert np.abs(told - model.score(table.columns)).max() < 1e-9
    from interpret.glassbox import ExplainableBoostingClassifier  # type: ignore[import-untyped]  # it has none

    from services.risk.prediction.engine import fitting

    names = sorted(table.columns)
    types = ["nominal" if name == "tenure" else "continuous" for name in names]
    settings = {"outer_bags": 2, "interactions": 2, "random_state": 5, "n_jobs": 1}
    machine = ExplainableBoostingClassifier(feature_names=names, feature_types=types, **settings)
    with warnings.catch_warnings():
        # Of missing values, which its pictures don't show.
        warnings.simplefilter("ignore")
        machine.fit(fitting._cells(table, names), table.outcome)
    ours = fitting._converted(machine, names, [0] * len(names))
    assert np.abs(machine.decision_function(fitting._cells(table, names)) - ours.score(table.columns)).max() < 1e-9


def test_the_same_data_give_the_same_bytes_and_are_read_back_whole(logistic: Additive) -> None:
    again = fit(made_up(), RECIPE, LOGISTIC)
    assert again.as_bytes() == logistic.as_bytes()
    other = fit(made_up(seed=2), RECIPE, LOGISTIC)
    assert other.digest != logistic.digest
    read = additive.read(json.loads(logistic.as_bytes()))
    table = made_up(seed=9)
    assert read.digest == logistic.digest
    assert (read.score(table.columns) == logistic.score(table.columns)).all()
    assert (read.agree(table.columns, 0.0) == logistic.agree(table.columns, 0.0)).all()


@pytest.mark.full
def test_boosting_gives_the_same_bytes_again(boosting: Additive) -> None:
    assert fit(made_up(), RECIPE, BOOSTING).as_bytes() == boosting.as_bytes()


@pytest.mark.full
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 100)), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_the_nearest_values_that_never_fall(told: list[tuple[float, float]]) -> None:
    values, weights = (np.array(each) for each in zip(*told, strict=True))
    found = never_falls(values, weights)
    assert (np.diff(found) >= 0).all()
    assert np.dot(found, weights) == pytest.approx(np.dot(values, weights), rel=1e-9, abs=1e-6)
    assert np.allclose(never_falls(found, weights), found)


@pytest.mark.full
def test_auc_is_the_share_of_pairs_in_order() -> None:
    draw = np.random.default_rng(3)
    score, outcome = np.round(draw.random(80), 1), draw.integers(0, 2, 80)
    high, low = score[outcome == 1][:, None], score[outcome == 0][None, :]
    assert measuring.auc(score, outcome) == pytest.approx(float(np.mean((high > low) + 0.5 * (high == low))))
    twice = measuring.auc(np.tile(score, 2), np.tile(outcome, 2))
    assert measuring.auc(score, outcome, np.full(80, 2.0)) == pytest.approx(twice)


@pytest.mark.full
def test_repeated_rows_of_one_subject_do_not_narrow_an_interval() -> None:
    draw = np.random.default_rng(4)
    outcome = draw.integers(0, 2, 150)
    score = outcome + draw.normal(0, 1.5, 150)
    repeated = np.tile(np.arange(150), 6)
    naive = Draws.of(None, 900, 1).interval(lambda w: measuring.auc(np.tile(score, 6), np.tile(outcome, 6), w))
    honest = Draws.of(repeated, 900, 1).interval(lambda w: measuring.auc(np.tile(score, 6), np.tile(outcome, 6), w))
    assert naive is not None
    assert honest is not None
    assert honest[1] - honest[0] > 1.6 * (naive[1] - naive[0])


def test_time_divides_the_rows_and_later_months_judge() -> None:
    table = made_up(900, months=10)
    parts = learning.divided(table, 1)
    assert table.when is not None
    assert table.when[parts.teach].max() < table.when[parts.between].min()
    assert table.when[parts.between].max() < table.when[parts.later].min()
    assert not (parts.teach & parts.later).any()


@pytest.mark.full
def test_training_tells_its_figures_and_the_champion_is_judged_alike(logistic: Additive) -> None:
    told = train(made_up(1200, months=10), RECIPE, algorithms=(LOGISTIC,), capacity=0.1, champion=logistic)
    later, calibration = told.figures["later_months"], told.figures["calibration"]
    assert 0.5 < later["auc_interval"][0] < later["auc"] < later["auc_interval"][1]
    assert later["at_capacity"]["precision_interval"][0] < later["at_capacity"]["precision"]
    assert calibration["method"] == "platt"
    assert calibration["ece_interval"] is not None
    assert told.figures["champion"]["comparable"] is True
    assert told.figures["champion"]["digest"] == logistic.digest


def test_too_little_to_learn_from_is_said() -> None:
    with pytest.raises(TooFew, match="outcomes among"):
        train(made_up(60), RECIPE, algorithms=(LOGISTIC,))


def _judged(rows: int = 400) -> tuple[Judged, np.ndarray[Any, Any]]:
    draw = np.random.default_rng(5)
    outcome = (draw.random(rows) < 0.3).astype(np.int64)
    score = outcome + draw.normal(0, 1, rows)
    group = np.array(["a"] * 180 + ["b"] * 180 + ["c"] * 25 + ["d"] * (rows - 385))
    return Judged(score, additive.sigmoid(score), outcome, score > 0.5, Draws.of(None, rows, 1, 40)), group


def test_small_groups_hide_and_never_one_alone() -> None:
    judged, group = _judged()
    (told,) = measuring.by_group(judged, {"made up": group}, Care(threshold=10, rounding=5))
    shown = {each["group"]: each for each in told["groups"]}
    assert not shown["a"]["suppressed"]
    assert [name for name, each in shown.items() if each["suppressed"]] == ["c", "d"]
    assert set(shown["d"]) == {"group", "suppressed"}
    assert shown["a"]["rows"] % 5 == shown["a"]["positives"] % 5 == 0
    assert shown["a"]["recall_interval"][0] <= shown["a"]["recall"] <= shown["a"]["recall_interval"][1]
    (two,) = measuring.by_group(judged, {"made up": np.where(group == "d", "d", "rest")}, Care())
    assert all(each["suppressed"] for each in two["groups"])


@pytest.mark.full
def test_drift_is_nought_where_nothing_moved_and_shouts_where_it_did() -> None:
    values = np.random.default_rng(6).exponential(100, 4_000)
    before = measuring.spread(values)
    assert measuring.psi(before, values) < 1e-9
    assert measuring.psi(before, values * 3) > 0.25
    assert measuring.stir(measuring.psi(before, np.full(4_000, np.nan))) == "moved"


@pytest.mark.full
def test_calibration_keeps_the_order_and_tells_what_came() -> None:
    draw = np.random.default_rng(8)
    score = draw.normal(0, 2, 6_000)
    outcome = (draw.random(6_000) < additive.sigmoid(0.4 * score - 1)).astype(np.int64)
    for part in (slice(0, 1_500), slice(None)):
        told = measuring.calibrated(score[part], outcome[part])
        assert (np.diff(told.chance(np.sort(score))) >= 0).all()
        assert measuring.ece(told.chance(score), outcome) < 0.03
    assert told.method == "isotonic"
