"""The demo's homelessness cases go in by housing's own doors, stand as they should; again changes nothing."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from gateway.demo import homelessness as demo
from kit.testing.databases import ServiceDatabase
from tests.demo_doors import client_of
from tests.laws.serving import app_on, served

PEOPLE = {"/v1/casefile/people": lambda: {"id": str(uuid4()), "household_id": str(uuid4())}}
CLIENT = client_of("housing", "homelessness", PEOPLE)


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("housing")
    monkeypatch.setattr("gateway.demo.homelessness.httpx.Client", CLIENT)
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
