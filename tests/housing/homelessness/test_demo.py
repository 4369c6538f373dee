"""The demo's homelessness cases go in by housing's own doors, stand as they should; again changes nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from gateway.demo import homelessness as demo
from kit.testing.databases import ServiceDatabase
from tests.kit.ground import token
from tests.laws.serving import app_on, served
from tests.service_doors import action_of


def as_the_gateway_would(request: httpx.Request) -> None:
    """Puts in what the gateway mints for an officer: the action that the address means."""
    action = action_of(request.method, request.url.path)
    minted = token(action, audience="housing", roles=["housing_officer"], purpose="homelessness", subject="marcus")
    request.headers["Authorization"] = f"Bearer {minted}"


class Client(httpx.Client):
    """Signs every request; the sign-in page and the case file are others', and answer as they do."""

    def post(self, url: Any, **more: Any) -> httpx.Response:
        others = {
            "/demo/token": {"access_token": "x"},
            "/v1/casefile/people": {"id": str(uuid4()), "household_id": str(uuid4())},
        }
        if url in others:
            return httpx.Response(200, json=others[url], request=httpx.Request("POST", "http://demo"))
        return super().post(url, **more)


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("housing")
    hooks = {"request": [as_the_gateway_would]}
    monkeypatch.setattr("gateway.demo.homelessness.httpx.Client", partial(Client, event_hooks=hooks))
    said: list[str] = []
    with served(app_on("housing", stored)) as address:
        for _ in range(2):
            demo.load_homelessness(address, said.append)
    assert len(said) == 1
    rows = stored.rows("select position, count(*) as n from homelessness_case group by position order by position")
    assert {row["position"]: row["n"] for row in rows} == {"closed": 2, "main": 1, "prevention": 1, "relief": 3}
    counts = {
        table: stored.rows(f"select count(*) as n from {table}")[0]["n"]
        for table in ("homelessness_review", "illegal_eviction", "homelessness_activity", "housing_plan")
    }
    assert counts == {
        "homelessness_review": 1,
        "illegal_eviction": 1,
        "homelessness_activity": 5,
        "housing_plan": 5,
    }
    untold = stored.rows("select transition from homelessness_decision where state = 'to_notify'")
    assert [row["transition"] for row in untold] == ["relief_to_main"]
