"""The demo's funds go in by grants' own doors; the books balance, and a second time changes nothing."""

from collections.abc import Callable
from datetime import date

import pytest

from gateway.demo import funds as demo_funds
from kit.testing.databases import ServiceDatabase
from services.grants.publication.checks import check
from services.grants.publication.giving import council
from tests.demo_doors import client_of
from tests.grants.publication.standard import faults
from tests.laws.serving import app_on, served

CLIENT = client_of("grants", "grants_administration")


# A whole server of its own: too long for every change.
@pytest.mark.full
@pytest.mark.reference_data
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("grants")
    monkeypatch.setattr("gateway.demo.funds.httpx.Client", CLIENT)
    said: list[str] = []
    with served(app_on("grants", stored)) as address:
        for _ in range(2):
            demo_funds.load_funds(address, said.append)
        with CLIENT(base_url=address, headers={"Authorization": "Bearer ines-carvalho"}) as client:
            proof = client.get("/v1/grants/funds/proof").json()
            published = client.get("/v1/grants/publications/360giving.json").json()
    assert len(said) == 1
    assert proof["balances"]
    assert (len(published["grants"]), faults(published)) == (7, [])
    assert {each.rule for each in check(published["grants"], council(), date(2100, 1, 1)) if each.fault} == set()
    states = stored.rows("select state, count(*) as n from grant_application group by state order by state")
    assert {row["state"]: row["n"] for row in states} == {"awarded": 7, "declined": 6, "ineligible": 3}
    assert stored.rows("select count(*) as n from instalment where state = 'paid'")[0]["n"] == 6
