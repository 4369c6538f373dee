"""The demo's notes and plan go in by casefile's own doors, and a second time change nothing."""

import re
from collections.abc import Callable

import pytest

from gateway.demo import notes as demo_notes
from kit.testing.databases import ServiceDatabase
from tests.demo_doors import client_of
from tests.laws.serving import app_on, served

CLIENT = client_of("casefile", "universal_support")


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("casefile")
    monkeypatch.setattr("gateway.demo.notes.httpx.Client", CLIENT)
    said: list[str] = []
    with served(app_on("casefile", stored)) as address:
        for _ in range(2):
            demo_notes.load_notes(address, said.append)
    assert len(said) == 2
    counts = {
        table: stored.rows(f"select count(*) as n from {table}")[0]["n"]
        for table in (
            "note",
            "note_wording",
            "data_breach",
            "draft",
            "plan",
            "plan_goal",
            "plan_action",
            "plan_agreement",
        )
    }
    assert counts == {
        "note": 3,
        "note_wording": 1,
        "data_breach": 1,
        "draft": 1,
        "plan": 1,
        "plan_goal": 2,
        "plan_action": 3,
        "plan_agreement": 1,
    }
    assert not re.search(
        "pike|achterberg", str(stored.rows("select envelope from outbox where type = 'casefile.plan.agreed'")), re.I
    )
