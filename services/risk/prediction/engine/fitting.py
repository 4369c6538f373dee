"""Training one algorithm on one table: logistic regression with signs kept, or explainable boosting, kept monotone.

`fit(table, recipe, algorithm)` takes any table; the defaults of `Recipe` are sane for one nobody has looked at.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from services.risk.prediction.engine.additive import (
    Additive,
    Axis,
    Columns,
    Floats,
    Line,
    Term,
    never_falls,
    sigmoid,
    standardised,
)

LOGISTIC, BOOSTING, BOTH = "logistic", "boosting", "both"
_RIDGE = 3.0
"""The penalty on squared standardised coefficients: one over the variance they are thought to have, times two."""
_ENDS = (0.005, 0.995)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to learn from. A numeric column is of floats, NaN for missing; any other is of levels, None for missing."""

    columns: Columns
    outcome: npt.NDArray[np.int64]
    weight: Floats | None = None
    subject: npt.NDArray[Any] | None = None
    when: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    def rows(self, at: npt.NDArray[Any]) -> Table:
        """Some of the rows, by number or by a mask."""

        def part(column: npt.NDArray[Any] | None) -> npt.NDArray[Any] | None:
            return None if column is None else column[at]

        columns = {name: column[at] for name, column in self.columns.items()}
        return Table(columns, self.outcome[at], part(self.weight), part(self.subject), part(self.when))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train. `rises` and `falls` name the features of which more never lowers, or never raises, the risk."""

    rises: frozenset[str] = frozenset()
    falls: frozenset[str] = frozenset()
    bags: int = 8
    interactions: int | None = None
    seed: int = 20_260
    logs: frozenset[str] = field(default_factory=frozenset)

    def sign(self, feature: str) -> int:
        """+1: more never lowers the risk; -1: never raises it; 0: free."""
        return int(feature in self.rises) - int(feature in self.falls)


def fit(table: Table, recipe: Recipe, algorithm: str) -> Additive:
    """A model of these rows, not calibrated yet."""
    if algorithm == LOGISTIC:
        return _logistic(table, recipe)
    if algorithm == BOOSTING:
        return _boosting(table, recipe)
    if algorithm == BOTH:
        return together(_logistic(table, recipe), _boosting(table, recipe))
    raise ValueError(f"no such algorithm: {algorithm}")


def together(*models: Additive) -> Additive:
    """The mean of several models on the scale of the score: additive and as monotone as they are."""
    share = 1.0 / len(models)
    parts = [_scaled(each, share) for each in models]
    bags = [
        _joined([_scaled(model.bags[place], share) for model in models if model.bags])
        for place in range(min(len(model.bags) for model in models))
    ]
    return replace(_joined(parts), algorithm=BOTH, bags=tuple(bags))


def _joined(models: Sequence[Additive]) -> Additive:
    return Additive(BOTH, sum(each.intercept for each in models), tuple(t for each in models for t in each.terms))


def _scaled(model: Additive, share: float) -> Additive:
    terms = tuple(
        Term(
            each.axes,
            each.values * share,
            each.line
            and replace(each.line, coefficient=each.line.coefficient * share, missing=each.line.missing * share),
        )
        for each in model.terms
    )
    return Additive(model.algorithm, model.intercept * share, terms)


def is_numeric(column: npt.NDArray[Any]) -> bool:
    """Whether a column is of numbers."""
    return column.dtype.kind in "fiub"


# Logistic regression ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Design:
    """The matrix of a logistic regression, each column's allowed signs, and how to read its coefficients back."""

    matrix: Floats
    signs: tuple[int, ...]
    lines: tuple[tuple[str, Line, int], ...]
    levels: tuple[tuple[str, tuple[str, ...], int], ...]


def _logistic(table: Table, recipe: Recipe) -> Additive:
    design = _design(table, recipe)
    weight = np.ones(len(table)) if table.weight is None else table.weight
    whole = _solve(design, table.outcome, weight)
    draws = np.random.default_rng(recipe.seed)
    bags = []
    for _ in range(recipe.bags):
        # Drawn anew with replacement, by subject's rows alike: how much the coefficients hang on who was there.
        times = draws.poisson(1.0, len(table)).astype(np.float64)
        bags.append(_read(design, _solve(design, table.outcome, weight * times, whole)))
    return replace(_read(design, whole), bags=tuple(bags))


def _design(table: Table, recipe: Recipe) -> _Design:
    parts: list[Floats] = []
    signs: list[int] = []
    lines, levels = [], []
    for name in sorted(table.columns):
        column = table.columns[name]
        if is_numeric(column):
            numbers = column.astype(np.float64)
            missing = np.isnan(numbers)
            known = numbers[~missing]
            low, high = (float(each) for each in np.quantile(known, _ENDS)) if len(known) else (0.0, 0.0)
            if low == high and len(known):
                # Rare events: nearly all rows are nought, and the few that are not say it.
                low, high = float(known.min()), float(known.max())
            log = name in recipe.logs or (len(known) > 0 and high > 20 * max(1.0, float(np.median(np.abs(known)))))
            told = standardised(numbers, low, high, log=log)
            centre = float(np.mean(told[~missing])) if len(known) else 0.0
            scale = float(np.std(told[~missing])) if len(known) else 1.0
            scale = scale if scale > 1e-12 else 1.0
            lines.append((name, Line(name, 0.0, 0.0, centre, scale, low, high, log), len(signs)))
            parts += [np.where(missing, 0.0, (told - centre) / scale), missing.astype(np.float64)]
            signs += [recipe.sign(name), 0]
        else:
            found = sorted({str(each) for each in column if each is not None and each == each})
            levels.append((name, tuple(found), len(signs)))
            text = np.asarray([None if each is None or each != each else str(each) for each in column], object)
            for level in found:
                parts.append((text == level).astype(np.float64))
                signs.append(0)
    return _Design(np.stack(parts, axis=1), tuple(signs), tuple(lines), tuple(levels))


def _solve(design: _Design, outcome: npt.NDArray[np.int64], weight: Floats, start: Floats | None = None) -> Floats:
    """The penalised likelihood's best coefficients within their signs; the first is the intercept."""
    from scipy.optimize import minimize

    matrix, y = design.matrix, outcome.astype(np.float64)

    def loss(at: Floats) -> tuple[float, Floats]:
        score = at[0] + matrix @ at[1:]
        value = float(np.sum(weight * (np.logaddexp(0.0, score) - y * score)) + _RIDGE * np.sum(at[1:] ** 2))
        error = weight * (sigmoid(score) - y)
        slope = np.concatenate([[error.sum()], matrix.T @ error + 2 * _RIDGE * at[1:]])
        return value, slope

    bounds = [(None, None), *((0.0, None) if s > 0 else (None, 0.0) if s < 0 else (None, None) for s in design.signs)]
    at = np.zeros(matrix.shape[1] + 1) if start is None else start
    found = minimize(loss, at, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-12})
    return np.asarray(found.x, np.float64)


def _read(design: _Design, coefficients: Floats) -> Additive:
    terms = []
    rest = coefficients[1:]
    for _, line, place in design.lines:
        told = replace(line, coefficient=float(rest[place]), missing=float(rest[place + 1]))
        terms.append(Term((), np.zeros(0), told))
    for name, found, place in design.levels:
        values = np.concatenate([[0.0], rest[place : place + len(found)], [0.0]])
        terms.append(Term((Axis(name, None, found),), values))
    ordered = tuple(sorted(terms, key=lambda each: each.features))
    return Additive(LOGISTIC, float(coefficients[0]), ordered)


# Explainable boosting ---------------------------------------------------------------------------------------------


def _boosting(table: Table, recipe: Recipe) -> Additive:
    from interpret.glassbox import ExplainableBoostingClassifier  # type: ignore[import-untyped]  # it has none

    names = sorted(table.columns)
    types = ["continuous" if is_numeric(table.columns[name]) else "nominal" for name in names]
    signs = [recipe.sign(name) for name in names]
    kept = [place for place, sign in enumerate(signs) if sign]
    pairs = [(names[a], names[b]) for a in kept for b in range(len(names)) if a != b]
    settings: dict[str, Any] = {}
    small = len(table) < 5_000
    usual = _FEW_PAIRS if small else _PAIRS
    settings["interactions"] = usual if recipe.interactions is None else recipe.interactions
    if pairs and recipe.interactions != 0:
        # A pair with a feature that must be monotone could undo it.
        settings["exclude"] = pairs
    machine = ExplainableBoostingClassifier(
        feature_names=names,
        feature_types=types,
        outer_bags=recipe.bags,
        monotone_constraints=signs,
        random_state=recipe.seed,
        n_jobs=1,
        **(_SMALL if small else {}),
        **settings,
    )
    with warnings.catch_warnings():
        # Of columns with one value, and of columns whose numbers are few: neither is wrong.
        warnings.simplefilter("ignore")
        machine.fit(_cells(table, names), table.outcome, sample_weight=table.weight)
    return _converted(machine, names, signs)


_SMALL: dict[str, Any] = {"min_samples_leaf": 8}
"""Where there is little to learn from, no cell rests on a handful of rows, and few pairs are looked for."""
_FEW_PAIRS, _PAIRS = 5, 10


def _cells(table: Table, names: Sequence[str]) -> Any:
    if all(is_numeric(table.columns[name]) for name in names):
        return np.stack([table.columns[name].astype(np.float64) for name in names], axis=1)
    cells = np.empty((len(table), len(names)), object)
    for place, name in enumerate(names):
        cells[:, place] = table.columns[name]
    return cells


def _converted(machine: Any, names: Sequence[str], signs: Sequence[int]) -> Additive:
    """The machine's sums as our terms; where it must be monotone that holds to the last bit."""
    shapes: list[tuple[tuple[Axis, ...], Floats, int]] = []
    for features, weights in zip(machine.term_features_, machine.bin_weights_, strict=True):
        axes = tuple(_axis(names[each], machine.bins_[each], len(features)) for each in features)
        sign = signs[features[0]] if len(features) == 1 else 0
        shapes.append((axes, np.asarray(weights, np.float64), sign))
    bags = []
    count = len(machine.bagged_scores_[0]) if machine.term_features_ else 0
    for bag in range(count):
        scores = [np.asarray(term[bag], np.float64) for term in machine.bagged_scores_]
        bags.append(_assembled(float(np.ravel(machine.bagged_intercept_[bag])[0]), shapes, scores))
    intercept = float(np.ravel(machine.intercept_)[0])
    return replace(_assembled(intercept, shapes, machine.term_scores_), bags=tuple(bags))


def _axis(name: str, bins: Sequence[Any], order: int) -> Axis:
    found = bins[min(order, len(bins)) - 1]
    if isinstance(found, dict):
        places: dict[int, list[str]] = {}
        for level, place in found.items():
            places.setdefault(int(place), []).append(str(level))
        if any(len(each) > 1 for each in places.values()):
            raise ValueError(f"{name}: several levels in one cell")
        return Axis(name, None, tuple(places[place][0] for place in sorted(places)))
    return Axis(name, tuple(float(each) for each in found), None)


def _assembled(
    intercept: float, shapes: Sequence[tuple[tuple[Axis, ...], Floats, int]], scores: Sequence[Any]
) -> Additive:
    terms = []
    for (axes, weights, sign), told in zip(shapes, scores, strict=True):
        values = np.array(told, np.float64)
        if sign:
            inner = slice(1, -1)
            values[inner] = sign * never_falls(sign * values[inner], weights[inner])
        terms.append(Term(axes, values))
    return Additive(BOOSTING, intercept, tuple(terms))
