"""A referral, all the way: asked, written to by link, looked at by a scanner, answered once, told to the household."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from gateway.demo import loader as demo_loader
from gateway.demo import referrals as demo_referrals
from gateway.demo.directory import load_directory
from kit.testing.platform import Platform
from tests.journeys.door import Person

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]

ASKED = {
    "domain": "mental_health",
    "urgency": "today",
    "request": "Somebody to talk to this week",
    "share": {"name": "Amina Yusuf", "phone": "07700 900123", "safe_contact": "Text only"},
    "basis": {
        "basis": "consent",
        "consent": {"given_on": "2026-01-05", "how": "in_person", "explicit": True, "words": "referral_1"},
    },
    "sharing_for": "to talk with her",
}


def link_to(platform: Platform, mailbox: str) -> str:
    """The address in the newest letter to that mailbox, from the demo's sink."""

    def found() -> str | None:
        page = httpx.get(f"{platform.gateway}/demo/messages").text
        letter = next((each for each in page.split("<article") if mailbox in each), "")
        said = re.search(r"http://[^\s<>]+/links/[a-z2-7]{32}(?=<)", letter)
        return said[0] if said else None

    return until(found)


def until(look: Callable[[], str | None], seconds: float = 20.0) -> str:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        seen = look()
        if seen:
            return seen
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_a_partner_without_an_account_answers_by_link(platform: Platform) -> None:
    partner, mailbox = uuid4(), f"team-{uuid4().hex[:6]}@quay.example"
    with Person(platform, "administrator", "administration") as administrator:
        entry = {
            "name": "Quay Talking", "kind": "voluntary", "listed": True, "answers_by": "link", "answer_email": mailbox,
        }  # fmt: skip
        made = administrator.put(f"/v1/triage/organisations/{partner}", entry)
        assert made.status_code == 201, made.text
    with Person(platform, "triage_officer", "front_door") as officer:
        person = officer.post(
            "/v1/casefile/people",
            {"names": [{"given": "Amina", "family": f"Yusuf{uuid4().hex[:6]}"}], "confirmed_new": True},
        ).json()
        body = {**ASKED, "organisation_id": str(partner), "person_id": person["id"]}
        asked = officer.post("/v1/triage/referrals", body)
        assert asked.status_code == 201, asked.text
        path = asked.headers["location"]
        link = link_to(platform, mailbox)
        # A scanner follows it, more than once; nothing about her is there.
        for _ in range(3):
            looked = httpx.get(link)
            assert looked.status_code == 200
            assert "Amina" not in looked.text
        assert officer.get(path).json()["state"] == "requested"
        answered = httpx.post(link, data={"answer": "accepted", "note": "We ring tonight"})
        assert (answered.status_code, "07700 900123" in answered.text) == (200, True)
        assert httpx.post(link, data={"answer": "rejected.other"}).status_code == 410
        now = officer.get(path).json()
        assert (now["state"], now["turn"], now["steps"][-1]["note"]) == ("accepted", "receiver", "We ring tonight")
        assert now["steps"][-1]["by"].startswith("link:")
        (shown,) = officer.get(f"/v1/links?target_id={asked.json()['id']}").json()["items"]
        assert shown["standing"] == "answered"
        token = link.rpartition("/")[2]
    for name in ("gateway-api", "gateway-worker", "triage-api", "triage-worker"):
        assert token not in platform.log(name), "the secret stands in no log"


def test_the_demo_has_one_in_each_place(platform: Platform) -> None:
    said: list[str] = []
    demo_loader.load(platform.gateway, said.append)
    load_directory(platform.gateway, said.append)
    for _ in range(2):
        demo_referrals.load_referrals(platform.gateway, said.append)
    with Person(platform, "triage_officer", "front_door") as officer:
        listed = officer.get("/v1/triage/referrals").json()["items"]
        states = sorted((each["domain"], each["state"]) for each in listed if each["domain"] != "mental_health")
        assert states == [("food_and_fuel", "requested"), ("loneliness", "rejected"), ("money", "in_progress")]
