"""The demo's money goes in by casefile's own doors, adds up to the penny, and a second time changes nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from gateway.demo import money as demo_money
from gateway.demo.people import COUNCIL
from kit.testing.databases import ServiceDatabase
from tests.kit.ground import token
from tests.laws.serving import app_on, served
from tests.service_doors import action_of


def as_the_gateway_would(request: httpx.Request) -> None:
    """Puts in what the gateway mints for somebody of the council: the action that the address means."""
    action = action_of(request.method, request.url.path)
    minted = token(
        action,
        audience="casefile",
        organisation=COUNCIL,
        roles=["universal_worker"],
        purpose="debt_advice",
        subject="tom",
    )
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
    monkeypatch.setattr("gateway.demo.money.httpx.Client", partial(Client, event_hooks=hooks))
    said: list[str] = []
    with served(app_on("casefile", stored)) as address:
        for _ in range(2):
            demo_money.load_money(address, said.append)
    assert len(said) == 2
    assert "£1,842.00 in, £2,011.50 out, minus £169.50" in said[1]
    tables = ("debt_body", "debt", "money_statement", "support_plan", "benefit_check", "benefit_claim")
    counts = {table: stored.rows(f"select count(*) as n from {table}")[0]["n"] for table in tables}
    assert counts == dict.fromkeys(tables, 1) | {"debt": 3}
