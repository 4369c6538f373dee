"""`train(table, recipe)`: algorithms fitted, calibrated and judged, one chosen; for a table of any origin.

With days (`table.when`) the earliest months teach, one between calibrates, later ones judge. Without, a part that the
seed draws judges; nothing else differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from services.risk.prediction.engine import measuring
from services.risk.prediction.engine.additive import Additive, Floats
from services.risk.prediction.engine.fitting import BOOSTING, LOGISTIC, Recipe, Table, fit, is_numeric
from services.risk.prediction.engine.measuring import Draws, Judged, Spread


class TooFew(ValueError):
    """There is too little to learn from, or to judge by."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Which rows teach, which calibrate, which judge."""

    teach: npt.NDArray[np.bool_]
    between: npt.NDArray[np.bool_]
    later: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trained:
    """The chosen model, the figures it was chosen by, and the others'."""

    model: Additive
    figures: dict[str, Any]
    others: Mapping[str, Additive]
    judged: Judged
    threshold: float


LEAST = 30
"""Outcomes among the rows that teach; with fewer nothing can be learned."""


def train(
    table: Table,
    recipe: Recipe | None = None,
    *,
    algorithms: Sequence[str] = (LOGISTIC, BOOSTING),
    capacity: float = 0.05,
    parts: Parts | None = None,
    champion: Additive | None = None,
    say: Any = None,
) -> Trained:
    """A model of the table with its figures. Raises `TooFew`.

    The simplest algorithm is chosen that no other beats beyond doubt (paired drawings of the rows that judge).
    `champion` is the model in use: it is judged on the same rows.
    """
    recipe = recipe or Recipe()
    parts = parts or divided(table, recipe.seed)
    taught, between, later = table.rows(parts.teach), table.rows(parts.between), table.rows(parts.later)
    for name, rows, least in (("teach", taught, LEAST), ("calibrate", between, 5), ("judge", later, 5)):
        positives = int(rows.outcome.sum())
        if positives < least or len(rows) - positives < least:
            raise TooFew(
                f"Only {positives} outcomes among {len(rows)} rows to {name} with: at least {least} are needed"
            )
    draws = Draws.of(later.subject, len(later), recipe.seed)
    models: dict[str, Additive] = {}
    for place, algorithm in enumerate(algorithms):
        if say:
            say(place, len(algorithms), f"Training: {algorithm}")
        model = fit(taught, recipe, algorithm)
        told = measuring.calibrated(model.score(between.columns), between.outcome, between.weight)
        models[algorithm] = replace(model, calibration=told)
    scores = {name: model.score(later.columns) for name, model in models.items()}
    chosen, contest = _chosen(list(algorithms), scores, later, draws)
    model, score = models[chosen], scores[chosen]
    chance = model.chance(later.columns)
    threshold, flagged = measuring.at_capacity(score, capacity)
    judged = Judged(score, chance, later.outcome, flagged, draws)
    figures = {
        "algorithm": chosen,
        "later_months": measuring.whole(score, chance, later.outcome, draws, capacity),
        "calibration": measuring.calibration_of(chance, later.outcome, draws, model.calibration.method),
        "algorithms": {
            name: measuring.whole(scores[name], models[name].chance(later.columns), later.outcome, draws, capacity)
            for name in algorithms
            if name != chosen
        },
        "contest": contest,
        "champion": _against(champion, later, score, draws),
        "taught": {"rows": len(taught), "positives": int(taught.outcome.sum())},
        "between": {"rows": len(between), "positives": int(between.outcome.sum())},
    }
    return Trained(model, figures, models, judged, threshold)


def divided(table: Table, seed: int) -> Parts:
    """By days if there are any, else by the seed: six tenths teach, two calibrate, two judge."""
    if table.when is not None:
        days = np.unique(table.when)
        if len(days) < 3:
            raise TooFew("There are fewer than three days to look from: none is left to judge by")
        first, last = days[max(0, int(len(days) * 0.6) - 1)], days[max(1, int(len(days) * 0.8) - 1)]
        return Parts(table.when <= first, (table.when > first) & (table.when <= last), table.when > last)
    drawn = np.random.default_rng(seed).random(len(table))
    return Parts(drawn < 0.6, (drawn >= 0.6) & (drawn < 0.8), drawn >= 0.8)


def _chosen(
    algorithms: Sequence[str], scores: Mapping[str, Floats], later: Table, draws: Draws
) -> tuple[str, list[dict[str, Any]]]:
    """The first of the list unless a later one is better beyond doubt."""
    best, contest = algorithms[0], []
    for challenger in algorithms[1:]:
        told = measuring.difference(scores[challenger], scores[best], later.outcome, draws)
        wins = told["interval"] is not None and told["interval"][0] > 0
        contest.append({"challenger": challenger, "against": best, **told, "wins": wins})
        best = challenger if wins else best
    return best, contest


def _against(champion: Additive | None, later: Table, score: Floats, draws: Draws) -> dict[str, Any] | None:
    if champion is None:
        return None
    try:
        before = champion.score(later.columns)
    except KeyError:
        # The definition changed: the one before looks at what is no longer there.
        return {"comparable": False}
    told = measuring.difference(score, before, later.outcome, draws)
    return {
        "comparable": True,
        "digest": champion.digest,
        "champion_auc": measuring.rounded(measuring.auc(before, later.outcome)),
        **told,
    }


def spreads(table: Table, score: Floats) -> dict[str, Spread]:
    """How the numbers the model was taught by were spread, and the score it gave (`score`)."""
    found = {
        name: measuring.spread(column.astype(np.float64), table.weight)
        for name, column in sorted(table.columns.items())
        if is_numeric(column)
    }
    return {**found, "": measuring.spread(score, table.weight)}


def drift(before: Mapping[str, Spread], columns: Mapping[str, Any], score: Floats) -> list[dict[str, Any]]:
    """How far each feature, and the score itself, have moved since."""
    rows = []
    for name, told in before.items():
        values = score if name == "" else columns[name].astype(np.float64)
        value = measuring.psi(told, values)
        rows.append({"of": name or "score", "psi": round(value, 4), "word": measuring.stir(value)})
    return sorted(rows, key=lambda row: -row["psi"])


def missing_share(columns: Mapping[str, Any]) -> Floats:
    """By row: the share of features whose value is not known."""
    gone = [np.isnan(column.astype(np.float64)) for column in columns.values() if is_numeric(column)]
    return np.mean(gone, axis=0) if gone else np.full(0, math.nan)
