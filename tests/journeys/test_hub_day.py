"""A day at a hub, through the gateway: the demo's own step, a volunteer, an appointment on the household's page."""

import time
from datetime import datetime, timedelta

import pytest

from gateway.demo import hubs as demo_hubs
from gateway.demo import loader as demo_loader
from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]


def test_ten_hubs_and_a_day_at_one_of_them(platform: Platform) -> None:
    said: list[str] = []
    demo_loader.load(platform.gateway, said.append)
    begun = time.monotonic()
    demo_hubs.load_hubs(platform.gateway, said.append)
    took = time.monotonic() - begun
    assert said[-1].startswith("10 hubs are open to anybody")
    demo_hubs.load_hubs(platform.gateway, said.append)
    assert said[-1] == "10 hubs are open to anybody"
    # A generous limit, for machines where much else runs.
    assert took < 10

    with Person(platform, "hub_host", "hub_running") as host:
        assert len(host.get("/v1/triage/hubs").json()["items"]) == 10
        waits = host.get("/v1/triage/hubs/heath/waits").json()
        assert (waits["waiting"], waits["called"]) == (4, [{"number": 4, "desk": "Table 2"}])
        assert {each["state"] for each in host.get("/v1/triage/hubs/heath/rota").json()["items"]} == {"duty", "standby"}

    # Gloria sees a first name, a task and a table: no ticket, no appointment, nobody's record.
    with Person(platform, "volunteer_welcome", "hub_running") as gloria:
        (task,) = gloria.get("/v1/triage/volunteer-tasks").json()
        assert (task["first_name"], task["task"], task["table"]) == ("Amina", "tea_and_company", "Table 4")
        for closed in ("hubs/heath/tickets", "appointments", "volunteers", "lone-visits", "hubs/heath/rota"):
            assert gloria.get(f"/v1/triage/{closed}").status_code == 403, closed


def test_an_appointment_stands_on_the_households_page(platform: Platform) -> None:
    with Person(platform, "hub_host", "hub_running") as host:
        if host.get("/v1/triage/hubs/heath").status_code != 200:
            demo_loader.load(platform.gateway, print)
            demo_hubs.load_hubs(platform.gateway, print)
        now = datetime.fromisoformat(host.get("/v1/triage/hubs/heath").json()["opens_next"])
    with Person(platform, "universal_worker", "universal_support") as tom:
        person = tom.post(
            "/v1/casefile/people", {"names": [{"given": "Keeley", "family": "Appointed"}], "confirmed_new": True}
        ).json()
        body = {"kind": "at_hub", "hub": "heath", "worker": "tom", "person_id": person["id"], "about": "money"}
        body |= {"starts_at": (now + timedelta(hours=1)).isoformat(), "household_id": person["household_id"]}
        made = tom.post("/v1/triage/appointments", body)
        assert made.status_code == 201, made.text
        page = f"/v1/casefile/households/{person['household_id']}/timeline"
        lines = tom.soon(page, lambda shown: any(each["title"].startswith("Appointment") for each in shown["items"]))
        (line,) = [each for each in lines["items"] if each["title"].startswith("Appointment")]
        assert line["record"] == f"/v1/triage/appointments/{made.json()['id']}"
