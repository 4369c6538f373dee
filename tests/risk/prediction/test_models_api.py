"""Models at the door: what is refused, who may do what, and what a worker is shown for which use."""

import ast
import json
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.store.migrate import ROOT
from kit.testing.databases import ServiceDatabase
from services.risk.prediction import card
from services.risk.prediction.catalogue import delivered
from tests.risk.ground import TODAY, Risk, open_risk
from tests.risk.prediction.test_definitions import FIGURES, data
from tests.risk.profiles.conftest import Linked, linked

__all__ = ["linked"]

MODELS = "/v1/risk/models"
DETAILS = {
    "owner": "Jo Field, head of advice",
    "review_on": "2027-06-01",
    "panel_reference": "Data panel, paper 3",
    "panel_told_on": "2026-11-20",
}
CHANCE = 0.31


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase], linked: Linked) -> AsyncIterator[Risk]:
    """An analyst at risk's door."""
    async with open_risk(database) as opened:
        yield opened.other(role="analyst", worker="analyst-1", purpose="data_linkage")


def manager(risk: Risk) -> Risk:
    return risk.other(role="manager", worker="manager-1", purpose="supervision")


async def defined(risk: Risk, code: str = "debt_rising") -> str:
    answer = await risk.post(MODELS, {"delivered": code, "why": "To see whether it helps"})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def trained(risk: Risk, place: str, code: str = "debt_rising", figures: dict[str, Any] | None = None) -> str:
    """A training as the child leaves it: a line for each feature."""
    training, model = str(uuid4()), place.rpartition("/")[2]
    features = sorted(each.code for each in delivered()[code].features)
    line = {"coefficient": 0.1, "missing": 0, "centre": 0, "scale": 1, "low": 0, "high": 1, "log": False}
    document = {
        "intercept": -2.0,
        "threshold": 0.0,
        "terms": [{"line": {**line, "feature": each}} for each in features],
    }
    told = {**FIGURES, "algorithm": "logistic"} | (figures or {})
    risk.stored.execute(
        "insert into prediction_training (id, model_id, number, definition_number, job_id, cancelled, asked_by,"
        " asked_at, trained_at, document, figures, versions)"
        " values (%s, %s, 1, 1, %s, false, 'analyst-1', now(), now(), %s, %s, %s)",
        [training, model, uuid4(), json.dumps(document), json.dumps(told), json.dumps({"model": "a" * 64})],
    )
    return training


async def published(risk: Risk, code: str = "debt_rising") -> str:
    place = await defined(risk, code)
    training = trained(risk, place, code)
    assert (await risk.send("PATCH", place, DETAILS, if_match='"1"')).status_code == 200
    answer = await manager(risk).post(f"{place}/publications", {"training_id": training}, if_match='"2"')
    assert answer.status_code == 201, answer.text
    return place


def scored(risk: Risk, place: str, subject: UUID, code: str = "debt_rising", *, abstains: str | None = None) -> None:
    features = len(delivered()[code].features)
    risk.stored.execute(
        "insert into prediction_score (model_id, subject, run_id, training_id, scored_on, score, chance, above,"
        " abstains, values, terms) select id, %s, %s, training_id, %s, %s, %s, true, %s, %s, %s"
        " from prediction_model where id = %s",
        [subject, uuid4(), TODAY, -2 + 0.1 * features, CHANCE, abstains, json.dumps([120.0] * features),
         json.dumps([0.1] * features), place.rpartition("/")[2]],
    )  # fmt: skip


async def test_harm_to_a_child_is_refused_at_the_door_with_the_reason(risk: Risk) -> None:
    told = data()
    told |= {"code": "family_stability", "target": {**told["target"], "kinds": ["social_care.child_in_need"]}}
    answer = await risk.post(MODELS, {"definition": told, "why": "x"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "forbidden-target")
    assert "four of five" in answer.json()["detail"]
    assert answer.json()["errors"][0]["rule"] == "no-child-harm"
    assert risk.stored.rows("select 1 from prediction_model") == []


async def test_publishing_names_everything_that_is_missing_and_takes_another_person(risk: Risk) -> None:
    place = await defined(risk)
    training = trained(risk, place, figures={"groups": [], "calibration": None})
    refused = await manager(risk).post(f"{place}/publications", {"training_id": training}, if_match='"1"')
    assert refused.status_code == 409
    assert {each["rule"] for each in refused.json()["errors"]} == {
        "calibration",
        "fairness-by-group",
        "named-owner",
        "review-date",
        "panel-told",
    }
    risk.stored.execute("update prediction_training set figures = %s", [json.dumps(FIGURES)])
    assert (await risk.send("PATCH", place, DETAILS, if_match='"1"')).status_code == 200
    own = manager(risk).other(role="manager", worker="analyst-1", purpose="supervision")
    assert (await own.post(f"{place}/publications", {"training_id": training}, if_match='"2"')).status_code == 403
    told = await manager(risk).post(f"{place}/publications", {"training_id": training}, if_match='"2"')
    assert (told.status_code, told.json()["standing"]) == (201, "published")
    (event,) = risk.events("model.published")
    assert (event["data"]["standing"], event["data"]["auc"]) == ("published", 0.8)
    # Scoring the borough follows, as a job that can be followed.
    (run,) = (await risk.get(f"{place}/runs"))["items"]
    assert run["state"] == "running"


@pytest.mark.full
async def test_a_new_definition_must_be_trained_and_heard_again(risk: Risk) -> None:
    place = await defined(risk)
    training = trained(risk, place)
    assert (await risk.send("PATCH", place, DETAILS, if_match='"1"')).status_code == 200
    changed = data() | {"title": "Debt rising, anew"}
    answer = await risk.send("PATCH", place, {"definition": changed, "why": "Clearer"}, if_match='"2"')
    assert answer.status_code == 200, answer.text
    refused = await manager(risk).post(f"{place}/publications", {"training_id": training}, if_match='"3"')
    assert {each["rule"] for each in refused.json()["errors"]} == {"panel-told", "definition-in-force"}


async def test_the_panel_can_pause_a_model_and_anyone_may_read_why(risk: Risk, linked: Linked) -> None:
    place, household = await published(risk), uuid4()
    scored(risk, place, household)
    seen = f"/v1/risk/households/{linked.household(household)}/predictions"
    adviser = risk.other(role="universal_worker", worker="worker-1", purpose="debt_advice")
    (item,) = (await adviser.get(seen))["items"]
    assert (item["says"], item["chance"]) == ("higher", CHANCE)
    pause = {"by": "residents_panel", "reason": "It finds too few of those who rent privately"}
    assert (await manager(risk).post(f"{place}/pauses", pause)).status_code == 201
    told = await adviser.get(seen)
    assert told["items"] == []
    assert pause["reason"] in told["hidden"][0]
    anyone = risk.other(role="resident", worker="anyone", purpose="public")
    (record,) = (await anyone.get("/v1/risk/transparency-records"))["items"]
    assert record["paused_because"] == pause["reason"]
    again = {"panel_reference": "Data panel, paper 4", "panel_told_on": "2026-12-01"}
    assert (await manager(risk).post(f"{place}/resumptions", again, if_match='"4"')).status_code == 201
    assert len((await adviser.get(seen))["items"]) == 1


async def test_a_score_is_for_its_uses_alone_with_exact_reasons(risk: Risk, linked: Linked) -> None:
    place, household = await published(risk), uuid4()
    scored(risk, place, household)
    seen = f"/v1/risk/households/{linked.household(household)}/predictions"
    adviser = risk.other(role="universal_worker", worker="worker-1", purpose="benefit_advice")
    (item,) = (await adviser.get(seen))["items"]
    assert item["start"] + sum(each["adds"] for each in item["reasons"]) == pytest.approx(item["score"], abs=1e-9)
    assert "about 6 in 20" in item["words"]
    assert ("benefit_advice", "risk.prediction.read") in {(p, a) for p, a, *_ in risk.looks()}
    for purpose in ("homelessness", "front_door", "lettings"):
        told = await risk.other(role="housing_officer", worker="worker-2", purpose=purpose).get(seen)
        assert told["items"] == []
        assert "other uses" in told["hidden"][0]


@pytest.mark.full
async def test_where_it_abstains_it_says_why_and_no_figure(risk: Risk, linked: Linked) -> None:
    place, household = await published(risk), uuid4()
    scored(risk, place, household, abstains="unsure")
    adviser = risk.other(role="universal_worker", worker="worker-1", purpose="debt_advice")
    (item,) = (await adviser.get(f"/v1/risk/households/{linked.household(household)}/predictions"))["items"]
    assert (item["says"], item["chance"], item["score"], item["reasons"]) == ("nothing", None, None, [])
    assert "leaves this to you" in item["words"]


async def test_a_falls_score_is_shown_to_the_discharge_worker_alone(risk: Risk, linked: Linked) -> None:
    place = await published(risk, "falls_after_discharge")
    household, resident = uuid4(), uuid4()
    household_id, person_id = linked.household(household), linked.person(resident)
    scored(risk, place, resident, "falls_after_discharge")
    seen = f"/v1/risk/households/{household_id}/predictions?person_id={person_id}"
    worker = risk.other(role="gp_link_worker", worker="worker-3", purpose="health_and_wellbeing")
    (item,) = (await worker.get(seen))["items"]
    assert item["model"] == "falls_after_discharge"
    for role, purpose in (("universal_worker", "health_and_wellbeing"), ("universal_worker", "universal_support")):
        assert (await risk.other(role=role, worker="worker-4", purpose=purpose).get(seen))["items"] == []
    # Beside somebody else of the household it says nothing either.
    assert (await worker.get(f"/v1/risk/households/{household_id}/predictions"))["items"] == []


@pytest.mark.full
async def test_nobody_is_shown_what_is_kept_back_from_them(risk: Risk, linked: Linked) -> None:
    place, household = await published(risk), uuid4()
    scored(risk, place, household)
    household_id, person = linked.household(household), uuid4()
    risk.know_person(person, restricted=True)
    risk.know_household(household_id, [person])
    adviser = risk.other(role="universal_worker", worker="worker-1", purpose="debt_advice")
    assert (await adviser.get(f"/v1/risk/households/{household_id}/predictions"))["items"] == []


@pytest.mark.full
async def test_card_and_record_are_made_of_the_figures(risk: Risk) -> None:
    place = await published(risk)
    told = await risk.get(f"{place}/cards")
    assert "| AUC (0.5 is a coin, 1 is perfect) | 0.800 | 0.770 to 0.830 |" in told["markdown"]
    assert DETAILS["owner"] in told["markdown"]
    record = await risk.get(f"{place}/transparency-record")
    fields = {
        name.partition("_")[0]
        for section in record["tier_2"].values()
        for part in (section if isinstance(section, list) else [section, *section.get("risks", [])])
        for name in part
        if name[0].isdigit()
    }
    assert fields == card.RECORD_FIELDS
    assert record["tier_1"]["contact_email"]


@pytest.mark.full
def test_no_act_follows_from_a_score() -> None:
    """Nobody but the model's own reads looks at scores; what is told of models names nobody."""
    event = CATALOGUE["risk.model.published"]
    assert event.consumers == frozenset()
    readers = set()
    for path in (ROOT / "services").rglob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        if "PredictionScore" in names:
            readers.add(path.name)
    # Subject access gives a person what was said of them.
    # And what is too old is deleted.
    assert readers == {"queries.py", "holdings.py", "commands.py"}
    told = {
        node.args[0].value
        for path in (ROOT / "services/risk/prediction").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "emit"
        if isinstance(node.args[0], ast.Constant)
    }
    assert told == {"risk.model.published"}


@pytest.mark.full
async def test_a_training_that_goes_on_can_be_cancelled_once(risk: Risk) -> None:
    place = await defined(risk)
    asked = await risk.post(f"{place}/trainings", {})
    assert (asked.status_code, asked.json()["state"]) == (202, "running")
    again = await risk.post(f"{place}/trainings", {})
    assert again.status_code == 409
    stop = f"{asked.headers['location']}/cancellations"
    assert (await risk.post(stop, {})).json()["state"] == "cancelled"
    assert (await risk.post(stop, {})).status_code == 409
    assert (await risk.post(f"{place}/trainings", {})).status_code == 202


@pytest.mark.full
async def test_a_model_whose_source_lapsed_says_nothing(risk: Risk, linked: Linked) -> None:
    place, household = await published(risk), uuid4()
    scored(risk, place, household)
    risk.stored.execute(
        "update data_product set agreed_to = %s where code in ('rent_accounts', 'rent_balances')", [date(2026, 12, 1)]
    )
    adviser = risk.other(role="universal_worker", worker="worker-1", purpose="debt_advice")
    told = await adviser.get(f"/v1/risk/households/{linked.household(household)}/predictions")
    assert told["items"] == []
    assert "ended on 1 December 2026" in told["hidden"][0]
