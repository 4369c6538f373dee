"""What a model may be, and what it needs before it is used."""

import tomllib
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from kit.errors import Conflict, Forbidden, Invalid
from services.risk.prediction import domain
from services.risk.prediction.catalogue import delivered
from services.risk.prediction.domain import Definition, ForbiddenTarget, NotReady, State
from services.risk.sources.kinds import KINDS, Sensitivity

TODAY = date(2026, 12, 7)
FIGURES: dict[str, Any] = {
    "trained_to": "2025-08-01",
    "later_months": {
        "from": "2026-02-01",
        "rows": 4000,
        "positives": 300,
        "auc": 0.8,
        "auc_interval": [0.77, 0.83],
        "at_capacity": {"precision": 0.4},
    },
    "calibration": {"ece": 0.01},
    "groups": [{"by": "age", "groups": []}],
}
READY: dict[str, Any] = {
    "owner": "Jo Field, head of advice",
    "review_on": date(2027, 6, 1),
    "today": TODAY,
    "panel_reference": "Data panel, paper 3",
    "panel_told_on": date(2026, 11, 20),
}


def data(code: str = "debt_rising") -> dict[str, Any]:
    """A delivered definition to be changed."""
    text = files("services.risk.prediction").joinpath(f"definitions/{code}.toml").read_text()
    return tomllib.loads(text)


def test_the_outcomes_that_the_specification_names_are_delivered() -> None:
    assert {"debt_rising", "homeless_within_six_months", "falls_after_discharge"} <= set(delivered())
    for each in delivered().values():
        assert each.excluded
        assert each.not_for
        assert Definition.model_validate(each.as_data()) == each


def _social_care(told: dict[str, Any]) -> None:
    told["target"] = {"kinds": ["social_care.child_looked_after"], "measure": "comes", "months": 6, "words": "x"}


def _renamed(told: dict[str, Any]) -> None:
    _social_care(told)
    told |= {"code": "family_stability", "title": "Family stability", "purpose": "To help families"}


def _hidden_among_others(told: dict[str, Any]) -> None:
    told["target"]["kinds"] = ["debt.total", "social_care.referral"]


def _early_help(told: dict[str, Any]) -> None:
    told["target"] = {"kinds": ["early_help.opened"], "measure": "comes", "months": 6, "words": "support begins"}


def _exclusion(told: dict[str, Any]) -> None:
    told["target"] = {"kinds": ["school.exclusion"], "measure": "comes", "months": 6, "words": "a bad term"}


def _said_in_words(told: dict[str, Any]) -> None:
    told["title"] = "Children at risk of neglect, by what their parents owe"


def _said_in_the_use(told: dict[str, Any]) -> None:
    told["uses"][0]["words"] = "to see which children come into care"


@pytest.mark.parametrize(
    "change",
    [_social_care, _renamed, _hidden_among_others, _early_help, _exclusion, _said_in_words, _said_in_the_use],
)
def test_harm_to_a_particular_child_is_no_target_whatever_it_is_called(
    change: Callable[[dict[str, Any]], None],
) -> None:
    told = data()
    change(told)
    with pytest.raises(ForbiddenTarget, match="particular child") as refused:
        domain.check_definition(Definition.model_validate(told))
    assert [each.rule for each in refused.value.errors] == ["no-child-harm"]


@pytest.mark.full
@pytest.mark.parametrize("kind", ["domestic_abuse.incident", "mental_health.shock", "casefile.need", "hub.contact"])
def test_what_is_not_on_the_closed_list_is_refused(kind: str) -> None:
    told = data()
    told["target"] = {"kinds": [kind], "measure": "comes", "months": 6, "words": "something happens"}
    with pytest.raises(ForbiddenTarget, match="not an outcome that may be foreseen"):
        domain.check_definition(Definition.model_validate(told))


def test_no_target_is_about_children_abuse_or_crime() -> None:
    for kind in domain.TARGETS:
        assert KINDS[kind].sensitivity not in (Sensitivity.ABUSE, Sensitivity.POLICE)
        assert not kind.startswith(("social_care.", "early_help.", "school."))


def test_facts_of_health_feed_no_generalist() -> None:
    told = data("falls_after_discharge")
    told["uses"][0]["roles"] = ["universal_worker", "gp_link_worker"]
    with pytest.raises(Invalid) as refused:
        domain.check_definition(Definition.model_validate(told))
    assert {each.rule for each in refused.value.errors} == {"specialists-only"}


def test_a_use_that_the_facts_may_not_serve_is_refused() -> None:
    told = data()
    told["uses"].append({"purpose": "lettings", "words": "to choose tenants"})
    with pytest.raises(Invalid) as refused:
        domain.check_definition(Definition.model_validate(told))
    assert {each.pointer for each in refused.value.errors} == {"/definition/uses/3/purpose"}


def test_facts_of_abuse_are_in_no_model() -> None:
    told = data()
    told["features"].append(
        {"code": "abuse", "title": "x", "measure": "count", "kinds": ["domestic_abuse.incident"], "months": 12}
    )
    with pytest.raises(Invalid) as refused:
        domain.check_definition(Definition.model_validate(told))
    assert "no-abuse-no-police" in {each.rule for each in refused.value.errors}


def test_more_arrears_raise_the_risk_in_every_delivered_model_that_looks_at_them_as_a_cause() -> None:
    for code in ("debt_rising", "homeless_within_six_months"):
        raised = {each.code for each in delivered()[code].features if each.direction == "raises"}
        assert {"owed", "rent_owed", "missed", "summons"} <= raised


def test_a_model_with_all_it_needs_lacks_nothing() -> None:
    assert domain.missing(FIGURES, **READY) == []
    domain.check_publish([], trained_by="analyst-1", published_by="manager-1")


@pytest.mark.full
@pytest.mark.parametrize(
    ("figures", "ready", "rule"),
    [
        ({"later_months": None}, {}, "later-months"),
        ({"later_months": {**FIGURES["later_months"], "from": "2025-07-01"}}, {}, "later-months"),
        ({"later_months": {**FIGURES["later_months"], "positives": 19}}, {}, "enough-outcomes"),
        ({"later_months": {**FIGURES["later_months"], "auc": None}}, {}, "measured"),
        ({"later_months": {**FIGURES["later_months"], "auc_interval": [0.48, 0.58]}}, {}, "better-than-a-coin"),
        ({"calibration": None}, {}, "calibration"),
        ({"groups": []}, {}, "fairness-by-group"),
        ({}, {"owner": None}, "named-owner"),
        ({}, {"review_on": None}, "review-date"),
        ({}, {"review_on": TODAY}, "review-date"),
        ({}, {"review_on": date(2028, 1, 1)}, "review-date"),
        ({}, {"panel_reference": None}, "panel-told"),
        ({}, {"panel_told_on": date(2026, 12, 8)}, "panel-told"),
    ],
)
def test_publishing_is_refused_naming_what_is_missing(
    figures: dict[str, Any], ready: dict[str, Any], rule: str
) -> None:
    lacks = domain.missing({**FIGURES, **figures}, **{**READY, **ready})
    assert rule in {each.rule for each in lacks}
    with pytest.raises(NotReady):
        domain.check_publish(lacks, trained_by="analyst-1", published_by="manager-1")


def test_nothing_trained_lacks_everything() -> None:
    rules = {each.rule for each in domain.missing(None, **{**READY, "owner": None})}
    assert {"later-months", "measured", "calibration", "fairness-by-group", "named-owner"} <= rules


def test_nobody_publishes_what_they_trained() -> None:
    with pytest.raises(Forbidden):
        domain.check_publish([], trained_by="one", published_by="one")


def test_only_what_goes_on_can_be_stopped() -> None:
    domain.check_cancel(State.RUNNING)
    for state in (State.SUCCEEDED, State.FAILED, State.CANCELLED):
        with pytest.raises(Conflict):
            domain.check_cancel(state)
