"""The demo's ward index and closed quarters go in by risk's own doors; a second time changes nothing."""

from collections.abc import Callable

import httpx
import pytest

from gateway.demo import insight
from kit import clock
from kit.testing.databases import ServiceDatabase
from tests.demo_doors import client_of
from tests.laws.serving import app_on, served

CLIENT = client_of("risk", "oversight")


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> None:
    stored = database("risk")
    today = clock.today()
    monkeypatch.setattr("gateway.demo.insight.httpx.Client", CLIENT)
    monkeypatch.setattr(insight, "_today", lambda _: today)
    said: list[str] = []
    with served(app_on("risk", stored)) as address:
        for _ in range(2):
            insight.load_insight(address, said.append)
        with CLIENT(base_url=address, headers={"Authorization": "Bearer dame-joan-webb"}) as client:
            index = client.get("/v1/risk/index/wards").raise_for_status().json()
            shelter = client.get("/v1/risk/index/history?of=health_and_wellness").raise_for_status().json()
            packs = client.get("/v1/risk/packs").raise_for_status().json()["items"]
            names = client.get("/v1/risk/people/00000000-0000-0000-0000-000000000001")
    assert said == [said[0]] * 2
    assert index["year"] == today.year
    wards = [each for each in index["areas"] if each["kind"] == "ward"]
    assert len(wards) == 19
    assert len({(each["column"], each["row"]) for each in wards}) == 19
    assert all(each["index"] is not None and 0 < each["index"] < 100 for each in wards)
    assert len(shelter["years"]) == today.year - 2021
    assert [each["closed_as"] for each in packs] == ["Hannah Price"] * 4
    assert names.status_code != httpx.codes.OK
    assert stored.rows("select count(*) as n from index_edition")[0]["n"] == today.year - 2021
    assert {row["version"] for row in stored.rows("select version from unit_cost")} == {1}
