"""Alert rules, dashboards and the table of figures fit together, and are what the code says."""

import importlib.util
import json
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml

from deploy.observability import __main__ as writing
from deploy.observability import dashboards
from deploy.observability.figures import family, figures, named_in
from gateway.matching import RouteIndex
from gateway.routes import SERVICES, table
from kit.settings import CasefileSettings, GatewaySettings, VaultSettings

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "observability" / "rules.yaml"
TESTS = RULES.with_name("rules_test.yaml")


def alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def promtool(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("promtool")
    if program is None:
        warnings.warn("promtool is missing: the alert rules were NOT tested (apt-get install prometheus)", stacklevel=2)
        pytest.skip("promtool is missing: the alert rules were NOT tested (apt-get install prometheus)")
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.full
def test_what_is_made_is_what_the_code_says() -> None:
    stale = [path.name for path, text in writing.wanted().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"{stale}: run python -m deploy.observability"


@pytest.mark.full
def test_every_series_that_is_named_belongs_to_a_figure_of_ours() -> None:
    texts = [RULES.read_text(), TESTS.read_text(), *dashboards.rendered().values()]
    named = set().union(*map(named_in, texts))
    assert len({family(each) for each in named}) > 20
    with pytest.raises(LookupError):
        family("newstart_outbox_oldest_second")
    # Nothing that is worth an export is worth no look.
    unseen = {each.name for each in figures()} - {family(each) for each in named}
    assert unseen <= {
        "newstart_live_told_total",
        "newstart_live_turned_away_total",
        "newstart_bus_seen_timestamp_seconds",
        "newstart_page_seconds",
    }


@pytest.mark.full
def test_every_figure_says_what_it_means_and_names_nobody() -> None:
    allowed = {
        "service", "method", "route", "status", "kind", "stream", "consumer", "state", "why", "reason", "list", "pool",
        "endpoint", "outcome",
    }  # fmt: skip
    for each in figures():
        assert len(each.meaning) > 15, each.name
        assert set(each.labels) <= allowed, each


def test_every_alert_has_its_page_and_is_tried_both_ways() -> None:
    tried: dict[str, set[bool]] = {}
    for test in yaml.safe_load(TESTS.read_text())["tests"]:
        for each in test["alert_rule_test"]:
            tried.setdefault(each["alertname"], set()).add(bool(each["exp_alerts"]))
    for alert in alerts():
        assert alert["labels"]["severity"] in {"page", "ticket"}, alert["alert"]
        page = ROOT / alert["annotations"]["runbook"]
        assert alert["alert"] in page.read_text(encoding="utf-8"), f"{page.name} does not tell of {alert['alert']}"
        assert tried.get(alert["alert"]) == {True, False}, f"{alert['alert']} is not tried silent and speaking"


@pytest.mark.full
def test_the_rules_do_what_their_tests_say(tmp_path: Path) -> None:
    checked = promtool("check", "rules", RULES.name, folder=RULES.parent)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tested = promtool("test", "rules", TESTS.name, folder=RULES.parent)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    # And they would notice: a rule that is blunted fails its test.
    for before, after in (("> 60", "> 600"), ('status=~"5.."', 'status=~"6.."'), ("for: 10m", "for: 0m")):
        (tmp_path / RULES.name).write_text(RULES.read_text().replace(before, after))
        (tmp_path / TESTS.name).write_text(TESTS.read_text())
        assert promtool("test", "rules", TESTS.name, folder=tmp_path).returncode != 0, f"nobody noticed {after}"


def test_a_dashboard_is_one_that_grafana_takes() -> None:
    for name, text in dashboards.rendered().items():
        page = json.loads(text)
        assert page["uid"] == name.removesuffix(".json")
        places = [(each["gridPos"]["x"], each["gridPos"]["y"]) for each in page["panels"]]
        assert len(set(places)) == len(places)
        assert len({each["id"] for each in page["panels"]}) == len(places)


def test_every_page_names_what_there_is() -> None:
    """Addresses at the door, commands, settings, other pages: a runbook that is wrong at night is worse than none."""
    index = RouteIndex(table(demo=False))
    anywhere = {re.sub(r"{\w+}", "*", route.path) for route in table(demo=False)}
    asked = 0
    for page in sorted((ROOT / "docs" / "runbooks").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for method, path in re.findall(r"(?:\b(GET|POST|PUT|PATCH|DELETE) |GATEWAY)?(/v1/[A-Za-z0-9_/<>-]+)", text):
            for service in SERVICES if "<service>" in path else ("",):
                concrete = path.replace("<service>", service).rstrip("/")
                if method:
                    index.find(method, re.sub(r"<\w+>", str(uuid4()), concrete))
                else:
                    assert re.sub(r"<\w+>", "*", concrete) in anywhere, f"{page.name}: {path}"
                asked += 1
        for module in re.findall(r"python -m ([a-z0-9_.]+)", text):
            assert importlib.util.find_spec(module) is not None, f"{page.name}: {module}"
        for variable in re.findall(r"NEWSTART_([A-Z_]+)", text):
            kinds = (GatewaySettings, CasefileSettings, VaultSettings)
            assert any(variable.lower() in kind.model_fields for kind in kinds), f"{page.name}: {variable}"
        for link in re.findall(r"\]\(([a-z-]+\.md)\)", text):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
    assert asked > 30
