"""The demo's funds go in by grants' own doors; the books balance, and a second time changes nothing."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import httpx
import pytest

from gateway.demo import funds as demo_funds
from gateway.demo.people import COUNCIL, SIGN_INS
from kit.testing.databases import ServiceDatabase
from services.grants.publication.checks import check
from services.grants.publication.giving import council
from tests.grants.publication.standard import faults
from tests.kit.ground import token
from tests.laws.serving import app_on, served
from tests.service_doors import action_of

ROLES = {each.slug: each.roles for each in SIGN_INS}


def as_the_gateway_would(request: httpx.Request) -> None:
    """Puts in what the gateway mints for whoever signed in: the action that the address means."""
    action = action_of(request.method, request.url.path)
    who = request.headers["Authorization"].removeprefix("Bearer ")
    minted = token(
        action,
        audience="grants",
        organisation=COUNCIL,
        roles=list(ROLES[who]),
        purpose="grants_administration",
        subject=who,
    )
    request.headers["Authorization"] = f"Bearer {minted}"


class Client(httpx.Client):
    """The sign-in page is the gateway's own, and is not there: a token is the name of who signs in."""

    def post(self, url: Any, **more: Any) -> httpx.Response:
        if url == "/demo/token":
            name = more["json"]["worker"]
            return httpx.Response(200, json={"access_token": name}, request=httpx.Request("POST", "http://demo"))
        return super().post(url, **more)


# A whole server of its own: too long for every change.
@pytest.mark.full
@pytest.mark.reference_data
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("grants")
    hooks = {"request": [as_the_gateway_would]}
    monkeypatch.setattr("gateway.demo.funds.httpx.Client", partial(Client, event_hooks=hooks))
    said: list[str] = []
    with served(app_on("grants", stored)) as address:
        for _ in range(2):
            demo_funds.load_funds(address, said.append)
        signed_in = partial(Client, headers={"Authorization": "Bearer ines-carvalho"}, event_hooks=hooks)
        with signed_in(base_url=address) as client:
            proof = client.get("/v1/grants/funds/proof").json()
            published = client.get("/v1/grants/publications/360giving.json").json()
    assert len(said) == 1
    assert proof["balances"]
    assert (len(published["grants"]), faults(published)) == (7, [])
    assert {each.rule for each in check(published["grants"], council(), date(2100, 1, 1)) if each.fault} == set()
    states = stored.rows("select state, count(*) as n from grant_application group by state order by state")
    assert {row["state"]: row["n"] for row in states} == {"awarded": 7, "declined": 6, "ineligible": 3}
    assert stored.rows("select count(*) as n from instalment where state = 'paid'")[0]["n"] == 6
