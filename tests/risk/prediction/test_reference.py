"""As good as the best glass box on public data, by the code that trains the borough's models and its defaults."""

from pathlib import Path

import numpy as np
import pytest

from services.risk.prediction.engine import measuring
from services.risk.prediction.engine.fitting import BOOSTING, Recipe, Table, fit

pytestmark = [pytest.mark.reference_data, pytest.mark.full, pytest.mark.timeout(3600)]

SHARED = Path(__file__).parents[4] / "shared" / "data" / "risk"


def _table(file: str, outcome: str, positive: str, *, drop: str | None = None) -> Table:
    import csv

    with (SHARED / file).open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    told = np.array([row.pop(outcome) == positive for row in rows], np.int64)
    columns = {}
    for name in rows[0]:
        if name != drop:
            values = [row[name] for row in rows]
            try:
                columns[name] = np.array([float(each) for each in values])
            except ValueError:
                columns[name] = np.array(values, object)
    return Table(columns, told)


@pytest.mark.parametrize(
    ("file", "outcome", "positive", "drop", "best"),
    [
        ("german_credit.csv", "creditability", "bad", None, 0.7945),
        ("taiwan_credit_default.csv", "default-payment-next-month", "1", "ID", 0.7827),
    ],
)
def test_auc_is_at_least_the_best_glass_boxs(
    file: str, outcome: str, positive: str, drop: str | None, best: float
) -> None:
    """Five folds, stratified and shuffled by 0, as the published figures were measured."""
    if not SHARED.exists():
        pytest.skip("the reference data are not here")
    from sklearn.model_selection import StratifiedKFold  # type: ignore[import-untyped]  # it has none

    table = _table(file, outcome, positive, drop=drop)
    found = []
    for taught, held in StratifiedKFold(5, shuffle=True, random_state=0).split(np.zeros(len(table)), table.outcome):
        model = fit(table.rows(taught), Recipe(), BOOSTING)
        rest = table.rows(held)
        found.append(measuring.auc(model.score(rest.columns), rest.outcome))
    assert float(np.mean(found)) >= best, found
