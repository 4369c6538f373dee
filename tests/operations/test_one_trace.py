"""One trace from a browser's request to the effect in another service, told by real processes to a real collector."""

import time
from typing import Any

import pytest

from kit.testing.platform import Platform
from tests.journeys.door import Person
from tests.operations.collector import Collector, Got

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("operations"), pytest.mark.timeout(180)]

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BROWSER = "00f067aa0ba902b7"
KELLY = {"names": [{"given": "Kelly", "family": "Traced"}], "confirmed_new": True}


def test_from_the_browser_to_the_case_that_another_service_opened(platform: Platform, collector: Collector) -> None:
    with Person(platform, "triage_officer", "front_door") as officer:
        person = officer.post("/v1/casefile/people", KELLY).json()
        told = {
            "channel": "walk_in", "person_id": person["id"], "household_id": person["household_id"],
            "needs": [{"domain": "money"}],
        }  # fmt: skip
        contact = officer.post("/v1/triage/contacts", told)
        decided = officer.post(
            f"/v1/triage/contacts/{contact.json()['id']}/decisions",
            {"outcome": "universal", "reason": "several things at once"},
            if_match=contact.headers["etag"],
            traceparent=f"00-{TRACE}-{BROWSER}-01",
        )
        assert decided.status_code == 201, decided.text
    spans = _until_it_arrives(collector, "newstart-casefile-worker")
    by_id = {each.span: each for each in spans}
    effect = next(each for each in spans if each.process == "newstart-casefile-worker")
    way = [effect]
    while way[-1].parent in by_id:
        way.append(by_id[way[-1].parent])
    processes = [each.process for each in way]
    # The effect, the owner's request, the door; and the door's parent is the browser.
    assert processes[-2:] == ["newstart-triage-api", "newstart-gateway-api"], way
    assert way[-1].parent == BROWSER
    assert "/v1/triage/contacts/{contact_id}/decisions" in way[-1].name
    assert all(person["id"] not in each.name and contact.json()["id"] not in each.name for each in spans)


def _until_it_arrives(collector: Collector, process: str) -> list[Got]:
    limit = time.monotonic() + 30
    while True:
        spans: list[Any] = collector.of(TRACE)
        if any(each.process == process for each in spans) and any("gateway-api" in each.process for each in spans):
            return spans
        assert time.monotonic() < limit, [f"{each.process} {each.name}" for each in spans]
        time.sleep(0.1)
