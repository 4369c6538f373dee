"""The demo's notes and plan go in by casefile's own doors, and a second time change nothing."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from gateway.demo import notes as demo_notes
from kit.testing.databases import ServiceDatabase
from tests.kit.ground import token
from tests.laws.serving import app_on, served
from tests.service_doors import action_of


def as_the_gateway_would(request: httpx.Request) -> None:
    """Puts in what the gateway mints for Tom: the action that the address means."""
    action = action_of(request.method, request.url.path)
    minted = token(action, audience="casefile", roles=["universal_worker"], purpose="universal_support", subject="tom")
    request.headers["Authorization"] = f"Bearer {minted}"


class Client(httpx.Client):
    """Signs every request; the sign-in page is the gateway's own, and is not there."""

    def post(self, url: Any, **more: Any) -> httpx.Response:
        if url == "/demo/token":
            return httpx.Response(200, json={"access_token": "x"}, request=httpx.Request("POST", "http://demo"))
        return super().post(url, **more)


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("casefile")
    hooks = {"request": [as_the_gateway_would]}
    monkeypatch.setattr("gateway.demo.notes.httpx.Client", partial(Client, event_hooks=hooks))
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
