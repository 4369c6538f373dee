"""The message path through every process: a person is told by their safe way, and not while somebody rings them."""

import time
from uuid import uuid4

import httpx
import pytest

from kit.testing.platform import Platform
from tests.journeys.conftest import NOTIFY_TOKEN
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

NUMBER = "+447700900654"
KELLY = {"names": [{"given": "Kelly", "family": "Pike"}]}
WAYNE = {"names": [{"given": "Wayne", "family": "Hall"}], "contacts": [{"kind": "phone", "value": NUMBER}]}


def test_an_objector_is_told_by_their_safe_way_once_nobody_rings_their_household(platform: Platform) -> None:
    with (
        Person(platform, "triage_officer", "front_door") as officer,
        Person(platform, "triage_officer", "outreach") as caller,
        httpx.Client(base_url=platform.gateway, trust_env=False) as anybody,
    ):
        kelly = officer.post("/v1/casefile/people", {**KELLY, "confirmed_new": True}).json()
        home = kelly["household_id"]
        wayne = officer.post("/v1/casefile/people", {**WAYNE, "household_id": home, "confirmed_new": True}).json()

        called_for = {"person_id": kelly["id"], "household_id": home, "kind": "first_missed_council_tax"}
        offer = caller.post("/v1/triage/outreach", called_for)
        assert offer.status_code == 201, offer.text
        path = f"/v1/triage/outreach/{offer.json()['id']}"
        assert caller.post(f"{path}/calls").status_code == 201
        # The call reaches the gateway by an event: a moment, as long as a number takes to dial.
        time.sleep(2)
        said = {"person_id": wayne["id"], "said_by": "themselves", "confirmed_by": "in_person"}
        assert officer.post("/v1/triage/objections", said).status_code == 201

        messages = f"/v1/casefile/messages?person_id={wayne['id']}"
        officer.soon(messages, lambda found: [each["state"] for each in found["items"]] == ["addressed"], within=30)
        time.sleep(2)
        assert NUMBER not in anybody.get("/demo/messages").text

        tried = caller.post(f"{path}/attempts", {"channel": "call", "outcome": "no_answer"})
        assert tried.status_code == 201, tried.text
        shown = officer.soon(messages, lambda found: found["items"][0]["state"] == "sent", within=30)
        assert (shown["items"][0]["way"], shown["items"][0]["plain"]) == ("sms", False)
        assert NUMBER in anybody.get("/demo/messages").text
        objections = f"/v1/triage/objections?person_id={wayne['id']}"
        heard = officer.soon(objections, lambda found: found["items"][0]["confirmation"] is not None, within=30)
        assert heard["items"][0]["confirmation"]["state"] == "sent"


def test_what_they_text_back_reaches_whoever_works_with_them_and_nothing_else_tells_it(platform: Platform) -> None:
    number = "447700900657"
    told = {
        "id": str(uuid4()),
        "source_number": number,
        "destination_number": "447700900000",
        "message": "Can we meet on Tuesday instead?",
        "date_received": "2026-11-22T20:30:00.000000Z",
    }
    with (
        Person(platform, "triage_officer", "front_door") as officer,
        httpx.Client(base_url=platform.gateway, trust_env=False) as notify,
    ):
        kelly = officer.post(
            "/v1/casefile/people",
            {**KELLY, "contacts": [{"kind": "phone", "value": f"+{number}"}], "confirmed_new": True},
        ).json()
        refused = notify.post("/messages/replies", json=told, headers={"Authorization": f"Bearer {NOTIFY_TOKEN}x"})
        assert refused.status_code == 401
        for _ in range(2):
            taken = notify.post("/messages/replies", json=told, headers={"Authorization": f"Bearer {NOTIFY_TOKEN}"})
            assert taken.status_code == 202, taken.text
        replies = f"/v1/casefile/replies?person_id={kelly['id']}"
        found = officer.soon(replies, lambda found: len(found["items"]) == 1, within=30)["items"]
        assert (found[0]["words"], found[0]["state"]) == (told["message"], "waiting")
        timeline = f"/v1/casefile/households/{kelly['household_id']}/timeline"
        story = officer.soon(timeline, lambda found: "Answered us by text message" in str(found), within=30)
        assert "Tuesday" not in str(story)
