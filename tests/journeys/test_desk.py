"""Friday at the desk: applied as homeless with one telling, accepted by name, and housing has heard."""

import time

import psycopg
import pytest

from gateway.demo import loader as demo_loader
from gateway.demo.desk import load_desk
from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]


def test_one_telling_from_the_desk_to_whoever_accepts(platform: Platform) -> None:
    said: list[str] = []
    demo_loader.load(platform.gateway, said.append)
    load_desk(platform.gateway, said.append)
    assert said[-1].startswith("At the desk")
    load_desk(platform.gateway, said.append)
    assert len(said) == 2, "a second run puts nothing in"
    with Person(platform, "targeted_specialist", "targeted_support") as priya:
        waiting = priya.get("/v1/triage/handovers?state=offered").json()["items"]
        (offered,) = [each for each in waiting if each["reason"] == "Locked out, with a child"]
        contact = f"/v1/triage/contacts/{offered['contact_id']}"
        application = priya.get(f"{contact}/homelessness-application").json()
        assert (application["tonight"], application["person_id"]) == ("house_tonight", None)
        refused = priya.post(
            f"{contact}/decisions",
            {"outcome": "advice_only", "reason": "leaflet"},
            if_match=priya.get(contact).headers["etag"],
        )
        assert (refused.status_code, "ss183-184" in refused.text) == (422, True)
        taken = priya.post(f"/v1/triage/handovers/{offered['id']}/acceptance", {"retold": False})
        assert taken.status_code == 201, taken.text
        assert priya.get(contact).json()["held_by"] == offered["to_worker"]
    with psycopg.connect(platform.admin_url("housing"), autocommit=True) as housing:
        end = time.monotonic() + 20
        while not housing.execute("select 1 from known_duty_to_refer").fetchone():
            assert time.monotonic() < end, "housing did not hear"
            time.sleep(0.1)
        heard = {str(id_) for (id_,) in housing.execute("select id from known_application").fetchall()}
    assert application["id"] in heard
