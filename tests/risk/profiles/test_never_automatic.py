"""A profile is shown and told, and nothing else follows from it: no rule, no status, no queue anywhere."""

import ast
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from kit.contracts.catalogue import CATALOGUE, OWNERS
from kit.events.handlers import KINDS, handled
from kit.store.migrate import ROOT, package_of, service_named
from services.risk.profiles import commands
from tests.risk.ground import Risk
from tests.risk.profiles.conftest import Linked

TOLD = ("risk.household.profile_changed", "risk.factor.disputed")


def test_only_the_timeline_hears_of_profiles() -> None:
    """Casefile alone, which reads every case fact: its log and page, and whom a separation bars."""
    for name in TOLD:
        assert CATALOGUE[name].consumers == {"casefile"}
        heard = {
            (owner, handler.run.__module__)
            for owner in OWNERS
            for kind in KINDS
            for handler in handled(service_named(owner).handlers, kind).get(name, ())
        }
        assert heard == {("casefile", f"services.casefile.{each}.handlers") for each in ("timeline", "separation")}


def _mentions(owner: str) -> Iterator[tuple[Path, str]]:
    for path in (ROOT / package_of(owner).replace(".", "/")).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in TOLD:
                yield path, node.value


@pytest.mark.full
def test_nobody_else_so_much_as_names_them() -> None:
    assert {path.name for owner in OWNERS for path, _ in _mentions(owner)} == {"commands.py"}
    assert {owner for owner in OWNERS for _ in _mentions(owner)} == {"risk"}


@pytest.mark.parametrize("module", ["profiles", "signals"])
def test_they_announce_nothing_that_is_not_risks(module: str) -> None:
    folder = ROOT / "services/risk" / module
    told = {
        node.args[0].value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "emit"
        and isinstance(node.args[0], ast.Constant)
    }
    assert told
    assert {str(each).partition(".")[0] for each in told} == {"risk"}


async def test_the_worst_profile_there_is_leaves_only_risks_words(risk: Risk, linked: Linked) -> None:
    """Every factor at once: what leaves the service are codes of factors, never a total, a rank or an instruction."""
    home = uuid4()
    record = risk.ground.record(home)
    linked.household(home)
    risk.ground.balances(record, "debt.total", [100, 500, 900, 2000])
    risk.ground.balances(record, "rent.arrears", [100, 500, 900, 2000])
    for kind, value in (
        ("council_tax.summons", "summons"),
        ("rent.notice", "court"),
        ("homelessness.duty", "main"),
        ("social_care.child_protection", "N1"),
        ("domestic_abuse.incident", "victim"),
        ("mental_health.shock", None),
        ("income", "no_pay"),
        ("tenure", "private"),
    ):
        risk.ground.fact(record, kind, "2026-11-20", value=value)
    before = {table: risk.stored.rows(f"select count(*) from {table}")[0]["count"] for table in ("timer", "job")}
    async with risk.unit() as unit:
        await commands.recompute(unit, [home])
    (event,) = risk.events()
    assert event["type"] == "risk.household.profile_changed"
    assert set(event["data"]) == {"household_id", "factors", "protective", "definitions_version", "computed_at"}
    assert {"debt", "rising_debt", "private_rent", "low_or_no_pay", "notice_to_leave"} <= set(event["data"]["factors"])
    # What not everyone may hear of is not told at all.
    assert not [each for each in event["data"]["factors"] if each.startswith(("shock", "child"))]
    after = {table: risk.stored.rows(f"select count(*) from {table}")[0]["count"] for table in ("timer", "job")}
    assert before == after
