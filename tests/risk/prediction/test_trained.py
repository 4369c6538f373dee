"""From facts to a published model and everybody's score, by the job and its child's own code."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from kit.store.jobs import Step
from services.risk.prediction import commands, training
from services.risk.prediction.catalogue import delivered
from services.risk.prediction.domain import Definition
from services.risk.prediction.history import History
from services.risk.prediction.training import planned
from services.risk.profiles.borough import opened
from services.risk.profiles.columns import Columns
from services.risk.working import Ended
from tests.risk.ground import Risk
from tests.risk.prediction.made_up import settle
from tests.risk.prediction.test_definitions import data
from tests.risk.prediction.test_models_api import DETAILS
from tests.risk.sources.ground import Loading

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

FEW = {"bags": 2, "algorithms": ["logistic"]}


def quick(**changes: Any) -> dict[str, Any]:
    """The delivered definition, trained in seconds."""
    return data() | {"training": FEW | changes}


async def trained(analyst: Risk, loading: Loading, definition: dict[str, Any], place: str | None = None) -> Any:
    if place is None:
        made = await analyst.post("/v1/risk/models", {"definition": definition, "why": "To try it"})
        assert made.status_code == 201, made.text
        place = str(made.headers["location"])
    asked = await analyst.post(f"{place}/trainings", {})
    assert asked.status_code == 202, asked.text
    await loading.work_off(commands.TRAIN)
    return await analyst.get(asked.headers["location"])


async def test_trained_judged_published_and_everybody_scored(loading: Loading) -> None:
    risk = loading.risk
    homes = settle(risk, 900)
    analyst = risk.other(role="analyst", worker="analyst-1", purpose="data_linkage")
    told = await trained(analyst, loading, quick(bags=4))
    assert told["state"] == "succeeded", told
    figures, place = told["figures"], f"/v1/risk/models/{told['model_id']}"
    # Every outcome that taught was known before the first day that judged.
    assert figures["trained_to"] < figures["calibrated_from"] < figures["judged_from"]
    later = figures["later_months"]
    assert later["auc_interval"][0] > 0.6
    assert later["at_capacity"]["precision"] > 3 * later["share"]
    assert abs(figures["calibration"]["told"] - figures["calibration"]["came"]) < 0.05
    assert {each["by"] for each in figures["groups"]} == {"age", "sex", "ethnicity", "disability", "ward"}
    # The same data give the same bytes; another month's facts are another version.
    again = await trained(analyst, loading, {}, place)
    assert again["versions"] == told["versions"]
    risk.stored.execute("update fact set amount = amount + 50 where kind = 'debt.total' and occurred_on < '2025-01-01'")
    changed = await trained(analyst, loading, {}, place)
    assert changed["versions"]["data"] != told["versions"]["data"]
    assert changed["versions"]["definition"] == told["versions"]["definition"]

    assert (await analyst.send("PATCH", place, DETAILS | {"panel_told_on": "2026-10-20"}, if_match='"1"')).is_success
    manager = risk.other(role="manager", worker="manager-1", purpose="supervision")
    answer = await manager.post(f"{place}/publications", {"training_id": told["id"]}, if_match='"2"')
    assert answer.status_code == 201, answer.text
    await loading.work_off(commands.SCORE)
    (run,) = (await analyst.get(f"{place}/runs"))["items"]
    assert (run["state"], run["result"]["scored"]) == ("succeeded", len(homes))
    assert run["result"]["drift"][0]["psi"] < 0.25
    # Whose records are not certainly theirs is left to a person.
    assert run["result"]["abstained"]["links"] == len([n for n in range(900) if n % 40 == 0])
    rows = risk.stored.rows("select score, chance, terms, abstains from prediction_score")
    (training_row,) = risk.stored.rows("select document from prediction_training where id = %s", [told["id"]])
    for row in rows:
        assert abs(training_row["document"]["intercept"] + sum(row["terms"]) - row["score"]) < 1e-9
        assert 0 < row["chance"] < 1
    # They are kept as long as the definition says, and no longer.
    (alarm,) = risk.stored.rows("select due_at from timer where name = %s", [commands.FORGET])
    assert alarm["due_at"].date() >= date(2027, 5, 1)
    risk.stored.execute("update prediction_score set scored_on = '2026-05-01'")
    async with risk.unit("system_operations") as unit:
        await commands.forget(unit, UUID(told["model_id"]))
    assert risk.stored.rows("select 1 from prediction_score") == []
    # A challenger is judged on the same months as the one in use.
    challenger = await trained(analyst, loading, {}, place)
    assert challenger["figures"]["champion"]["comparable"] is True
    assert challenger["figures"]["champion"]["digest"] == told["versions"]["model"]


async def test_a_training_is_cancelled_while_it_goes_on(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = loading.risk.other(role="analyst", worker="analyst-1", purpose="data_linkage")
    made = await analyst.post("/v1/risk/models", {"delivered": "debt_rising", "why": "To try it"})
    asked = await analyst.post(f"{made.headers['location']}/trainings", {})
    ended = []

    async def cut(step: Step, verb: str) -> None:
        ended.append(verb)

    monkeypatch.setattr(commands, "cut_short", cut)
    assert (await analyst.post(f"{asked.headers['location']}/cancellations", {})).status_code == 201
    await loading.work_off(commands.TRAIN)
    told = await analyst.get(asked.headers["location"])
    assert (ended, told["state"], told["figures"]) == (["train"], "cancelled", None)
    assert "nothing was kept" in told["message"]


async def test_too_little_history_is_said_in_words(loading: Loading) -> None:
    settle(loading.risk, 12)
    analyst = loading.risk.other(role="analyst", worker="analyst-1", purpose="data_linkage")
    told = await trained(analyst, loading, quick())
    assert told["state"] == "failed"
    assert "too few to learn from" in told["message"]


def _history(risk: Risk, folder: Path, definition: Definition) -> tuple[History, Any]:
    pairs = [f"{row['source']} {row['kind']}" for row in risk.stored.rows("select distinct source, kind from fact")]
    columns = Columns(folder)
    engine = opened(folder)
    with psycopg.connect(risk.stored.dsn, autocommit=True) as store, store.transaction():
        files = columns.refresh(store, engine)
        history = History(store, engine, files, folder, definition, {"features": pairs, "outcome": pairs})
    return history, engine


async def test_features_look_back_only_and_outcomes_forward_only(loading: Loading, tmp_path: Path) -> None:
    risk, definition = loading.risk, delivered()["debt_rising"]
    settle(risk, 60)
    day = date(2025, 6, 1)
    history, engine = _history(risk, tmp_path, definition)
    before = history.learning([day], 10_000, 1, day)
    engine.close()
    assert before.table.outcome.sum() > 0
    # Whatever comes later changes no feature, whatever came before changes no outcome but by what was owed then.
    risk.stored.execute("update fact set amount = amount * 3 where occurred_on >= %s", [day])
    risk.stored.execute("delete from fact where kind = 'council_tax.missed' and occurred_on >= %s", [day])
    later, engine = _history(risk, tmp_path, definition)
    after = later.learning([day], 10_000, 1, day)
    engine.close()
    assert after.subjects == before.subjects
    for name, column in before.table.columns.items():
        assert (after.table.columns[name] == column).all() or name == "rent_owed", name
    assert after.table.outcome.sum() > before.table.outcome.sum()


async def test_features_are_what_they_say(loading: Loading, tmp_path: Path) -> None:
    risk = loading.risk
    home, resident = UUID(int=1), UUID(int=2)
    record = risk.ground.record(home, resident=resident)
    risk.ground.home(home)
    risk.ground.fact(record, "council_tax.account", "2024-01-01")
    for month, amount in (("2025-01-01", 40), ("2025-04-01", 100), ("2025-05-01", 180), ("2025-11-01", 460)):
        risk.ground.fact(record, "debt.total", month, amount=amount)
    risk.ground.fact(record, "council_tax.missed", "2025-01-01", amount=1)
    risk.ground.fact(record, "council_tax.missed", "2025-05-01", amount=1)
    risk.ground.fact(record, "council_tax.missed", "2025-06-01", amount=1)
    risk.ground.fact(record, "income", "2025-02-01", value="no_pay", until="2025-06-01")
    risk.ground.fact(record, "benefit.council_tax_support", "2024-02-01", until="2025-05-15", amount=10)
    history, engine = _history(risk, tmp_path, delivered()["debt_rising"])
    rows = history.learning([date(2025, 6, 1)], 10_000, 1, date(2025, 6, 1))
    engine.close()
    told = {name: column[0] for name, column in rows.table.columns.items()}
    assert (told["owed"], told["grown"], told["grown_lately"]) == (180, 180, 180)
    assert (told["missed"], told["missed_lately"], told["no_pay"], told["support"]) == (2, 1, 1, 0)
    assert told["rent_owed"] != told["rent_owed"]  # nobody knows: there is no rent account
    # 460 owed in November is 280 more than the 180 of May.
    assert rows.table.outcome.tolist() == [1]


def test_the_days_are_parted_by_time() -> None:
    plan = planned(delivered()["debt_rising"], date(2023, 11, 1), date(2026, 11, 1))
    assert plan.days[-1] == date(2026, 5, 1)  # six months before the facts end
    assert plan.later_from == date(2026, 2, 1)
    assert plan.between_from == plan.between_to == date(2025, 8, 1)
    assert plan.teach_to < plan.between_from
    assert training.moved(plan.between_to, 6) <= plan.later_from
    with pytest.raises(ValueError, match="too few to learn from"):
        planned(delivered()["debt_rising"], date(2025, 6, 1), date(2026, 11, 1))


async def test_another_process_may_end_the_work(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the child tells goes into the job; what it learned went into the database by itself."""
    analyst = loading.risk.other(role="analyst", worker="analyst-1", purpose="data_linkage")
    made = await analyst.post("/v1/risk/models", {"delivered": "debt_rising", "why": "To try it"})
    asked = await analyst.post(f"{made.headers['location']}/trainings", {})
    given: dict[str, Any] = {}

    async def looked_after(step: Step, verb: str, arguments: Any) -> Ended:
        given[verb] = arguments
        return Ended({"training_id": arguments["training_id"]})

    monkeypatch.setattr(commands, "look_after", looked_after)
    await loading.work_off(commands.TRAIN)
    assert given["train"]["training_id"] == asked.json()["id"]
    # What may not serve every use teaches nothing: benefits advice has no word of lost jobs from hubs.
    assert all(pair.partition(" ")[2] != "domestic_abuse.incident" for pair in given["train"]["covered"]["features"])
    assert "housing_stock" not in str(given["train"]["covered"])
