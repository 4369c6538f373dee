"""How good a model is, with intervals: discrimination, calibration, what the capacity finds, error by group, drift.

Every interval is at 95%. A share's is Wilson's; AUC, Brier and calibration error are drawn anew by subject (a household
that stands in two months is drawn with both), so that repeated rows don't make the interval too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.risk.prediction.engine.additive import Calibration, Floats, sigmoid

Outcome = npt.NDArray[np.int64]
_Z: Final = 1.959963984540054
DRAWS: Final = 200
BINS: Final = 10
ENOUGH_FOR_ISOTONIC: Final = 1_000
"""Outcomes; with fewer Platt's two numbers bend less to chance."""


def auc(score: Floats, outcome: Outcome, weight: Floats | None = None) -> float:
    """How often who had the outcome stands above who had not; ties count half. NaN when one of the two is nobody."""
    return _auc(np.argsort(score, kind="stable"), score, outcome, weight)


def _auc(order: npt.NDArray[np.int64], score: Floats, outcome: Outcome, weight: Floats | None) -> float:
    sorted_score = score[order]
    heavy = np.ones(len(score)) if weight is None else weight[order]
    positive = heavy * outcome[order]
    negative = heavy - positive
    total = positive.sum() * negative.sum()
    if total <= 0:
        return math.nan
    starts = np.flatnonzero(np.concatenate([[True], sorted_score[1:] != sorted_score[:-1]]))
    tied_positive, tied_negative = np.add.reduceat(positive, starts), np.add.reduceat(negative, starts)
    below = np.cumsum(tied_negative) - tied_negative
    return float(np.sum(tied_positive * (below + 0.5 * tied_negative)) / total)


def wilson(found: float, of: float) -> tuple[float, float]:
    """The interval of a share."""
    if of <= 0:
        return (0.0, 1.0)
    share, square = found / of, _Z**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = _Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of**2))
    return (max(0.0, middle - reach), min(1.0, middle + reach))


@dataclass(frozen=True, slots=True)
class Draws:
    """How many times each row counts in each drawing: whole subjects are drawn, with replacement."""

    times: Sequence[Floats]

    @classmethod
    def of(cls, subject: npt.NDArray[Any] | None, count: int, seed: int, draws: int = DRAWS) -> Draws:
        """So many drawings."""
        chance = np.random.default_rng(seed)
        inverse = np.arange(count) if subject is None else np.unique(subject, return_inverse=True)[1]
        many = int(inverse.max()) + 1 if count else 0
        found = []
        for _ in range(draws):
            drawn = np.bincount(chance.integers(0, many, many), minlength=many) if many else np.zeros(0)
            found.append(drawn[inverse].astype(np.float64))
        return cls(found)

    def interval(self, figure: Callable[[Floats], float]) -> list[float] | None:
        """Between the 2.5th and 97.5th of a hundred drawings; None when it can't be told."""
        found = [value for each in self.times if not math.isnan(value := figure(each))]
        if len(found) < max(10, len(self.times) // 2):
            return None
        low, high = np.quantile(found, [0.025, 0.975])
        return [round(float(low), 4), round(float(high), 4)]


def brier(chance: Floats, outcome: Outcome, weight: Floats | None = None) -> float:
    """The mean squared distance between chance and what came."""
    return float(np.average((chance - outcome) ** 2, weights=weight))


def reliability(chance: Floats, outcome: Outcome, weight: Floats | None = None) -> list[dict[str, float]]:
    """Ten bins with as many rows each: what was told, and what came."""
    edges = np.unique(np.quantile(chance, np.linspace(0, 1, BINS + 1)[1:-1]))
    place = np.searchsorted(edges, chance, side="right")
    heavy = np.ones(len(chance)) if weight is None else weight
    rows = []
    for each in range(len(edges) + 1):
        inside = place == each
        of = float(heavy[inside].sum())
        if of > 0:
            came = float((heavy * outcome)[inside].sum())
            low, high = wilson(came, of)
            told = float((heavy * chance)[inside].sum()) / of
            rows.append({"rows": of, "told": told, "came": came / of, "low": low, "high": high})
    return rows


def ece(chance: Floats, outcome: Outcome, weight: Floats | None = None) -> float:
    """How far off the bins are, on average (expected calibration error)."""
    rows = reliability(chance, outcome, weight)
    of = sum(each["rows"] for each in rows)
    return sum(each["rows"] * abs(each["told"] - each["came"]) for each in rows) / of if of else math.nan


def calibrated(score: Floats, outcome: Outcome, weight: Floats | None = None) -> Calibration:
    """Isotonic where at least 1,000 had the outcome, else Platt's; a slope is never below nought."""
    if int(outcome.sum()) >= ENOUGH_FOR_ISOTONIC:
        from sklearn.isotonic import IsotonicRegression  # type: ignore[import-untyped]  # it has none

        machine = IsotonicRegression(y_min=1e-6, y_max=1 - 1e-6, out_of_bounds="clip")
        machine.fit(score, outcome, sample_weight=weight)
        xs, ys = machine.X_thresholds_, machine.y_thresholds_
        return Calibration("isotonic", xs=tuple(map(float, xs)), ys=tuple(map(float, ys)))
    slope, offset = _platt(score, outcome, weight)
    return Calibration("platt", slope=slope, offset=offset)


def _platt(score: Floats, outcome: Outcome, weight: Floats | None) -> tuple[float, float]:
    """Platt's targets keep a handful of outcomes from making anybody certain."""
    from scipy.optimize import minimize

    heavy = np.ones(len(score)) if weight is None else weight
    positives, negatives = float((heavy * outcome).sum()), float((heavy * (1 - outcome)).sum())
    target = np.where(outcome == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(at: Floats) -> tuple[float, Floats]:
        line = at[0] * score + at[1]
        error = heavy * (sigmoid(line) - target)
        value = float(np.sum(heavy * (np.logaddexp(0.0, line) - target * line)))
        return value, np.asarray([np.sum(error * score), error.sum()])

    found = minimize(loss, np.asarray([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(1e-3, None), (None, None)])
    return float(found.x[0]), float(found.x[1])


def rounded(value: float, places: int = 4) -> float | None:
    """A figure as it is shown; None for what can't be told."""
    return None if math.isnan(value) else round(value, places)


def whole(score: Floats, chance: Floats, outcome: Outcome, draws: Draws, capacity: float) -> dict[str, Any]:
    """The figures of a model on the months it is judged by."""
    order = np.argsort(score, kind="stable")
    cut, flagged = at_capacity(score, capacity)
    hits, positives = int(outcome[flagged].sum()), int(outcome.sum())
    of = int(flagged.sum())
    return {
        "rows": len(outcome),
        "positives": positives,
        "share": rounded(positives / max(1, len(outcome)), 5),
        "auc": rounded(auc(score, outcome)),
        "auc_interval": draws.interval(lambda w: _auc(order, score, outcome, w)),
        "brier": rounded(brier(chance, outcome), 5),
        "brier_interval": draws.interval(lambda w: brier(chance, outcome, w)),
        "at_capacity": {
            "share": capacity,
            "score": cut,
            "chance": rounded(float(chance[flagged].min()) if of else math.nan, 5),
            "flagged": of,
            "precision": rounded(hits / of if of else math.nan),
            "precision_interval": _shown(wilson(hits, of)),
            "recall": rounded(hits / positives if positives else math.nan),
            "recall_interval": _shown(wilson(hits, positives)),
            "times_better_than_chance": rounded(hits / of / (positives / len(outcome)), 2) if hits else None,
        },
    }


def at_capacity(score: Floats, capacity: float) -> tuple[float, npt.NDArray[np.bool_]]:
    """The score that so large a share stands above, and who does."""
    cut = float(np.quantile(score, 1 - capacity, method="higher"))
    return cut, score >= cut


def calibration_of(chance: Floats, outcome: Outcome, draws: Draws, method: str) -> dict[str, Any]:
    """How what was told compares with what came."""
    rows = [
        {name: (int(v) if name == "rows" else round(v, 5)) for name, v in each.items()}
        for each in reliability(chance, outcome)
    ]
    return {
        "method": method,
        "ece": rounded(ece(chance, outcome), 5),
        "ece_interval": draws.interval(lambda w: ece(chance, outcome, w)),
        "told": rounded(float(chance.mean()), 5),
        "came": rounded(float(outcome.mean()), 5),
        "bins": rows,
    }


def _shown(interval: tuple[float, float]) -> list[float]:
    return [round(interval[0], 4), round(interval[1], 4)]


# By group ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Care:
    """What may be shown of a group."""

    threshold: int = 10
    rounding: int = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows that a model was judged by."""

    score: Floats
    chance: Floats
    outcome: Outcome
    flagged: npt.NDArray[np.bool_]
    draws: Draws


def by_group(judged: Judged, groups: Mapping[str, npt.NDArray[Any]], care: Care | None = None) -> list[dict[str, Any]]:
    """Error and calibration of each group of each kind ("age": bands by row).

    A group with fewer rows, outcomes or flagged rows than the threshold has none of its figures shown, and one that
    would be alone hidden takes the next smallest with it: the others would tell it by difference. Counts are rounded.
    """
    care = care or Care()
    found = []
    for kind in sorted(groups):
        names = sorted({str(each) for each in groups[kind]})
        members = {name: groups[kind].astype(str) == name for name in names}
        shown = _shown_groups(members, judged, care)
        rows = [_group(name, members[name], judged, care) if name in shown else _hidden(name) for name in names]
        found.append({"by": kind, "groups": rows, **_gaps(rows)})
    return found


def _shown_groups(members: Mapping[str, npt.NDArray[np.bool_]], judged: Judged, care: Care) -> set[str]:
    least = {}
    for name, inside in members.items():
        positives = int(judged.outcome[inside].sum())
        least[name] = min(int(inside.sum()) - positives, positives)
    hidden = {name for name, number in least.items() if number < care.threshold}
    if len(hidden) == 1 and len(members) > 1:
        hidden.add(min((name for name in members if name not in hidden), key=lambda name: (least[name], name)))
    return set(members) - hidden


def _hidden(name: str) -> dict[str, Any]:
    return {"group": name, "suppressed": True}


def _group(name: str, inside: npt.NDArray[np.bool_], judged: Judged, care: Care) -> dict[str, Any]:
    score, chance, outcome = judged.score[inside], judged.chance[inside], judged.outcome[inside]
    flagged = judged.flagged[inside]
    rows, positives, told = len(outcome), int(outcome.sum()), float(chance.sum())
    hits, chosen = int(outcome[flagged].sum()), int(flagged.sum())
    wrongly = chosen - hits
    low, high = wilson(positives, rows)
    order = np.argsort(score, kind="stable")
    drawn = Draws([each[inside] for each in judged.draws.times])

    def near(count: int) -> int:
        return care.rounding * round(count / care.rounding)

    return {
        "group": name,
        "suppressed": False,
        "rows": near(rows),
        "positives": near(positives),
        "told": rounded(told / rows),
        "came": rounded(positives / rows),
        "came_interval": _shown((low, high)),
        "came_over_told": rounded(positives / told if told else math.nan, 3),
        "came_over_told_interval": _shown((low * rows / told, high * rows / told)) if told else None,
        "flagged": rounded(chosen / rows),
        "flagged_interval": _shown(wilson(chosen, rows)),
        "recall": rounded(hits / positives),
        "recall_interval": _shown(wilson(hits, positives)),
        "false_alarms": rounded(wrongly / (rows - positives)),
        "false_alarms_interval": _shown(wilson(wrongly, rows - positives)),
        "precision": rounded(hits / chosen) if chosen >= care.threshold else None,
        "auc": rounded(auc(score, outcome)),
        "auc_interval": drawn.interval(lambda w: _auc(order, score, outcome, w)),
    }


def _gaps(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for figure in ("flagged", "recall", "false_alarms"):
        values = [row[figure] for row in rows if not row["suppressed"] and row[figure] is not None]
        found[f"{figure}_gap"] = round(max(values) - min(values), 4) if len(values) > 1 else None
    return found


# Drift and champions ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number was spread when the model was trained: edges between bins and each bin's share; missing first."""

    edges: tuple[float, ...]
    shares: tuple[float, ...]


def spread(values: Floats, weight: Floats | None = None, bins: int = BINS) -> Spread:
    """Bins with about as many each; a value that many have is a bin of its own."""
    known = values[~np.isnan(values)]
    edges: Floats = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else np.zeros(0)
    # The half-way between neighbours: a value that many have would else be an edge, and stand on either side of it.
    found = np.unique(known)
    after = np.searchsorted(found, edges, side="right").clip(max=max(0, len(found) - 1))
    edges = np.unique((edges + found[after]) / 2) if len(edges) else edges
    return Spread(tuple(map(float, edges)), _shares(values, tuple(map(float, edges)), weight))


def _shares(values: Floats, edges: tuple[float, ...], weight: Floats | None = None) -> tuple[float, ...]:
    place = np.where(np.isnan(values), 0, np.searchsorted(np.asarray(edges), values, side="right") + 1)
    counts = np.bincount(place, weights=weight, minlength=len(edges) + 2).astype(np.float64)
    return tuple(map(float, counts / max(counts.sum(), 1e-12)))


def psi(before: Spread, values: Floats) -> float:
    """Population stability index: nought where nothing moved; 0.1 is a stir, 0.25 another population."""
    now = _shares(values, before.edges)
    total = 0.0
    for was, is_ in zip(before.shares, now, strict=True):
        a, b = max(was, 1e-4), max(is_, 1e-4)
        total += (b - a) * math.log(b / a)
    return total


def stir(value: float) -> str:
    """A word for a stability index."""
    return "steady" if value < 0.1 else "stirring" if value < 0.25 else "moved"


def difference(one: Floats, other: Floats, outcome: Outcome, draws: Draws) -> dict[str, Any]:
    """By how much one score tells better apart than another, on the same rows drawn alike."""
    first, second = np.argsort(one, kind="stable"), np.argsort(other, kind="stable")
    interval = draws.interval(lambda w: _auc(first, one, outcome, w) - _auc(second, other, outcome, w))
    return {"auc": rounded(auc(one, outcome) - auc(other, outcome)), "interval": interval}
