"""The demo's journeys through the gateway: a work coach, an adviser and a councillor see theirs, and no more."""

import time

import pytest

from gateway.demo import loader as demo_loader
from gateway.demo.journeys import load_journeys
from gateway.demo.money import load_money
from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]


def test_each_sees_what_is_theirs(platform: Platform) -> None:
    said: list[str] = []
    demo_loader.load(platform.gateway, said.append)
    load_money(platform.gateway, said.append)
    begun = time.monotonic()
    load_journeys(platform.gateway, said.append)
    assert time.monotonic() - begun < 15
    assert said[-1].startswith("On their way: Kelly")
    load_journeys(platform.gateway, said.append)
    assert said[-1].startswith("On their way: Kelly"), "a second run puts nothing in"
    with Person(platform, "work_coach", "work_and_skills") as janet:
        (goal,) = janet.get("/v1/casefile/shared-work-goals").json()["items"]
        assert (goal["name"], len(goal["steps"])) == ("Kelly Pike", 2)
        for closed in ("work-journeys", "work-vacancies", "outcomes", "people?ids=" + goal["journey_id"]):
            assert janet.get(f"/v1/casefile/{closed}").status_code == 403, closed
    with Person(platform, "personal_adviser", "leaving_care") as kofi:
        (jamie,) = kofi.get("/v1/casefile/care-leavers").json()["items"]
        assert (jamie["plan_number"], jamie["ends_on"]) == (1, "2032-05-14")
    with Person(platform, "councillor", "oversight") as councillor:
        shown = councillor.get("/v1/casefile/outcomes/measures?quarter=2026-01-01&by=sex")
        assert shown.status_code == 200, shown.text
        assert {row["total"] for row in shown.json()["recorded"]} == {0}
        for closed in ("outcomes", "work-journeys", "care-leavers", f"people/{jamie['person_id']}/equality"):
            assert councillor.get(f"/v1/casefile/{closed}").status_code == 403, closed
