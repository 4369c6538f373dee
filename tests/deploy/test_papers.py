"""The papers of information governance leave nothing out: every purpose, source, gateway, table and tool is in them."""

import importlib.util
import json

import pytest

from deploy.papers import __main__ as papers
from deploy.papers import reading, writing
from gateway.routes import GUARDED_ROUTES, PUBLISHED_ROUTES
from kit.contracts.purposes import PURPOSES, Basis

pytestmark = pytest.mark.full


@pytest.mark.parametrize("name", sorted(papers.PAPERS))
def test_the_committed_paper_is_what_the_code_says(name: str) -> None:
    assert papers.main([name, "--check"]) == 0


def test_nothing_about_people_is_left_out() -> None:
    paper = writing.dpia()
    for code, purpose in PURPOSES.items():
        if purpose.lawful_basis is not Basis.NOT_PERSONAL:
            assert f"`{code}`" in paper, code
            assert purpose.power in paper, code
    gateways, products = reading.sources()
    for code in (*gateways, *products):
        assert f"`{code}`" in paper, code
    kept = reading.holdings()
    assert {each.service for each in kept} == {"triage", "casefile", "risk", "grants", "housing", "gateway"}
    assert len(kept) > 100
    codes = {each.code for each in reading.schedule()}
    for each in kept:
        assert f"`{each.table}`" in paper, each.table
        assert each.retention in codes, (
            f"{each.service}.{each.table} is kept under {each.retention}, which nobody wrote down"
        )


def test_every_risk_is_held_by_something_that_is_there() -> None:
    for risk in reading.read("risks.toml")["risk"]:
        assert risk["measures"]
        assert risk["left"]
        for path in risk["shown_by"]:
            assert (reading.ROOT / path).exists(), path


def test_every_tool_is_there_and_asked_only_by_who_may() -> None:
    actions = {route.action for route in (*GUARDED_ROUTES, *PUBLISHED_ROUTES)}
    for code, tool in reading.read("tools.toml").items():
        assert importlib.util.find_spec(tool["module"]) is not None, code
        assert set(tool["actions"]) <= actions, (code, set(tool["actions"]) - actions)
        assert "[object" not in json.dumps(tool)


def test_what_only_a_council_can_say_is_left_to_it() -> None:
    assert writing.dpia().count(writing.COUNCIL) >= 7
    assert papers.main(["nonsense"]) == 2
