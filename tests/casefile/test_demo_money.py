"""The demo's money goes in by casefile's own doors, adds up to the penny, and a second time changes nothing."""

from collections.abc import Callable

import pytest

from gateway.demo import money as demo_money
from kit.testing.databases import ServiceDatabase
from tests.demo_doors import client_of
from tests.laws.serving import app_on, served

CLIENT = client_of("casefile", "debt_advice")


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("casefile")
    monkeypatch.setattr("gateway.demo.money.httpx.Client", CLIENT)
    said: list[str] = []
    with served(app_on("casefile", stored)) as address:
        for _ in range(2):
            demo_money.load_money(address, said.append)
    assert len(said) == 2
    assert "£1,842.00 in, £2,011.50 out, minus £169.50" in said[1]
    tables = ("debt_body", "debt", "money_statement", "support_plan", "benefit_check", "benefit_claim")
    counts = {table: stored.rows(f"select count(*) as n from {table}")[0]["n"] for table in tables}
    assert counts == dict.fromkeys(tables, 1) | {"debt": 3}
