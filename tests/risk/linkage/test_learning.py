"""A whole run learns its weights from the records; nobody's id changes for the learning alone."""

import pyarrow as pa
import pytest

from services.risk.linkage import ledger, whole
from services.risk.linkage.engine.model import Model
from services.risk.linkage.engine.records import Records
from services.risk.linkage.engine.training import LOWEST_JOIN
from services.risk.vault import door
from tests.risk.linkage.ground import Risk
from tests.risk.linkage.people import borough
from tests.risk.linkage.test_whole import link, load


def models(risk: Risk) -> list[Model]:
    """Every version, in order."""
    rows = risk.vault.rows("select model from linkage_model order by id")
    return [Model.of_json(row["model"]) for row in rows]


@pytest.mark.full
@pytest.mark.timeout(300)
async def test_other_weights_leave_everybody_as_they_are(risk: Risk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = borough(120, seed=5)
    load(risk.vault, rows[:300])
    link(risk)
    before = risk.residents()
    # The same records once more, by weights that they taught themselves.
    monkeypatch.setattr(whole, "TAUGHT_FROM", 100)
    monkeypatch.setattr(whole, "_GROWN", -1.0)
    link(risk)
    first, taught = models(risk)
    assert first.weights["given"].m.tolist() == Model.load().weights["given"].m.tolist()
    assert taught.weights["given"].m.tolist() != first.weights["given"].m.tolist()
    assert taught.join >= LOWEST_JOIN
    assert risk.residents() == before
    # A fifth more records: again other weights, and only what came is judged by them.
    monkeypatch.setattr(whole, "_GROWN", 0.1)
    load(risk.vault, rows[300:])
    figures = link(risk)
    after = risk.residents()
    changed = {reference for reference, resident in before.items() if after[reference] != resident}
    assert len(changed) <= figures["residents_joined"] + figures["residents_split"]
    assert len(changed) <= 2
    versions = models(risk)
    assert len(versions) == 3
    runs = risk.vault.rows("select model_id from linking_run order by started_at")
    assert len({row["model_id"] for row in runs}) == 3
    # A record that comes by itself is judged by the same weights as a borough.
    ledger.forget_model()
    async with risk.unit() as unit, door.opened(unit, "look_at_weights") as vault:
        used = (await ledger.matching(vault)).engine.model
    assert used.as_json() == versions[-1].as_json()


@pytest.mark.full
@pytest.mark.timeout(300)
def test_a_sample_teaches_the_same_each_time_and_speaks_for_all() -> None:
    rows = [
        {name: None if value is None else str(value) for name, value in row.items()} | {"record_id": str(number)}
        for number, row in enumerate(borough(200, seed=8))
    ]
    table = pa.Table.from_pylist(rows)
    every = Records.from_arrow(table)
    one, other = (whole.learned(table, every, most=300) for _ in range(2))
    assert one.as_json() == other.as_json()
    assert one.records == len(rows)
    whole_of_it = whole.learned(table, every)
    assert one.match == pytest.approx(whole_of_it.match, rel=0.5)
