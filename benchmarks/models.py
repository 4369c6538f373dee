"""Models: training and scoring a borough's worth of household-months, beside a black box on the same rows.

The rows are made up: fifteen features of the kind that debts and claims give, six days to look from, an outcome in one
of twenty. Ours trains eight bags of explainable boosting, kept monotone, and scores every household with each reason;
the peer is scikit-learn's histogram gradient boosting, which tells no reasons. A process of its own, for its memory.
"""

import json
import subprocess
import sys
import time
from typing import Any

from benchmarks.rounds import Size
from benchmarks.table import Row

_ROWS = {"tiny": 1_500, "full": 120_000}
_HOUSEHOLDS = {"tiny": 500, "full": 80_000}
_MINUTES, _MOST_MB = 10.0, 4_096.0


def run(size: Size) -> list[Row]:
    """The rows of the table."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.models", size.name], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.splitlines()[-1])
    rows, homes = _ROWS[size.name], _HOUSEHOLDS[size.name]
    note = (
        f"logistic and boosting with calibration, intervals and drift; boosting alone took {told['cpu']:.0f} s of CPU"
    )
    return [
        Row(
            f"train a model on {rows:,} household-months",
            told["train"],
            told["peer_train"],
            None,
            "s",
            f"under {_MINUTES:.0f} minutes",
            note,
            told["train"] < _MINUTES * 60,
        ),
        Row(
            f"score {homes:,} households with exact reasons",
            told["score"],
            told["peer_score"],
            None,
            "s",
            "under a minute",
            "the peer gives no reasons",
            told["score"] < 60,
        ),
        Row(
            "tell apart on later months (AUC)",
            told["auc"],
            told["peer_auc"],
            None,
            "",
            "0.99 of the black box",
            "",
            None if size.name == "tiny" else told["auc"] >= 0.99 * told["peer_auc"],
        ),
        Row(
            "memory of training and scoring", told["mb"], None, None, "MB", f"under {_MOST_MB:,.0f}", "",
            told["mb"] < _MOST_MB,
        ),
    ]  # fmt: skip


def _measure(size: str) -> dict[str, Any]:
    import resource

    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]  # it has none

    from services.risk.prediction.engine import learning, measuring
    from services.risk.prediction.engine.fitting import Recipe

    table = _made_up(_ROWS[size])
    recipe = Recipe(rises=frozenset({"owed", "missed"}), bags=8, interactions=0)
    began, cpu = time.perf_counter(), time.process_time()
    told = learning.train(table, recipe)
    learning.spreads(table, told.model.score(table.columns))
    train, cpu = time.perf_counter() - began, time.process_time() - cpu
    homes = _made_up(_HOUSEHOLDS[size], seed=2)
    boosting = told.others["boosting"]
    began = time.perf_counter()
    boosting.chance(homes.columns)
    boosting.agree(homes.columns, told.threshold)
    boosting.parts(homes.columns)
    score = time.perf_counter() - began
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    parts = learning.divided(table, recipe.seed)
    taught, later = table.rows(parts.teach), table.rows(parts.later)

    def matrix(rows: Any) -> Any:
        return np.stack([rows.columns[name] for name in sorted(rows.columns)], axis=1)

    began = time.perf_counter()
    peer = HistGradientBoostingClassifier(random_state=0).fit(matrix(taught), taught.outcome)
    peer_train = time.perf_counter() - began
    peer_auc = measuring.auc(peer.predict_proba(matrix(later))[:, 1], later.outcome)
    everybody = matrix(homes)
    began = time.perf_counter()
    peer.predict_proba(everybody)
    peer_score = time.perf_counter() - began
    return {
        "train": train,
        "cpu": cpu,
        "score": score,
        "mb": mb,
        "auc": measuring.auc(boosting.score(later.columns), later.outcome),
        "peer_train": peer_train,
        "peer_score": peer_score,
        "peer_auc": peer_auc,
    }


def _made_up(rows: int, seed: int = 1) -> Any:
    import numpy as np

    from services.risk.prediction.engine.additive import sigmoid
    from services.risk.prediction.engine.fitting import Table

    draw = np.random.default_rng(seed)
    owes = draw.random(rows) < 0.3
    columns: dict[str, Any] = {
        "owed": np.where(owes, np.round(draw.exponential(400, rows), 2), 0.0),
        "missed": np.where(owes, draw.integers(0, 6, rows), 0).astype(float),
        "rent_owed": np.where(draw.random(rows) < 0.6, np.nan, draw.exponential(150, rows) * (draw.random(rows) < 0.4)),
    }
    for place in range(6):
        columns[f"amount_{place}"] = np.round(draw.normal(0, 100, rows), 2)
        columns[f"yes_{place}"] = (draw.random(rows) < 0.05 + 0.1 * place).astype(float)
    logit = -4.2 + np.log1p(columns["owed"]) * 0.25 + 0.25 * columns["missed"] + 0.6 * columns["yes_2"]
    logit += 0.8 * (columns["amount_1"] > 80) - 0.5 * np.cos(columns["amount_3"] / 60)
    outcome = (draw.random(rows) < sigmoid(logit)).astype(np.int64)
    return Table(columns, outcome, np.ones(rows), np.arange(rows), np.arange(rows) * 6 // rows)


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1])))
