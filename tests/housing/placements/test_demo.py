"""The demo's stays go in by housing's own doors, the return of every quarter has no error; again changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from time import process_time
from uuid import uuid4

import pytest

from gateway.demo import homelessness, placements
from kit import clock
from kit.testing.databases import ServiceDatabase
from services.housing.returns.hclic.coverage import quarter_of
from tests.demo_doors import client_of
from tests.laws.serving import app_on, served

PEOPLE = {"/v1/casefile/people": lambda: {"id": str(uuid4()), "household_id": str(uuid4())}}
CLIENT = client_of("housing", "homelessness", PEOPLE)


# A whole server of its own: too long for every change.
@pytest.mark.full
def test_it_is_there_once_and_the_return_has_no_error(
    database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = database("housing")
    for step in (homelessness, placements):
        monkeypatch.setattr(f"{step.__name__}.httpx.Client", CLIENT)
    said: list[str] = []
    with served(app_on("housing", stored)) as address:
        homelessness.load_homelessness(address, said.append)
        began = process_time()
        for _ in range(2):
            placements.load_placements(address, said.append)
        assert process_time() - began < 20
        today = clock.today()
        this = quarter_of(today)
        quarters = {this.code, quarter_of(this.first - timedelta(days=1)).code}
        with CLIENT(base_url=address, headers={"Authorization": "Bearer housing_officer"}) as caller:
            for quarter in quarters:
                path = f"/v1/housing/returns/h-clic/cases?quarter={quarter}&included=true"
                listed = caller.get(path).raise_for_status().json()["items"]
                wrong = [finding for each in listed for finding in each["findings"]]
                assert {each["rule"] for each in wrong} <= {"activity-when-duty-ends"}
                assert not [each for each in wrong if each["severity"] == "error"]
                file = caller.get(f"/v1/housing/returns/h-clic?quarter={quarter}").raise_for_status()
                assert file.text.count("<Case ") == len(listed)
    assert len(said) == 2
    assert said[1].endswith("0 errors")
    counts = {
        table: stored.rows(f"select count(*) as n from {table}")[0]["n"]
        for table in ("temporary_home", "placement", "night_bed", "sighting", "street_stay", "night_count")
    }
    assert counts == {
        "temporary_home": 14,
        "placement": 3,
        "night_bed": 3,
        "sighting": 2,
        "street_stay": 2,
        "night_count": 1,
    }
