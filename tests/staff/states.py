"""What the demo has not done by itself, so that every page has something to show: a case nobody has, a line out."""

from typing import Any
from uuid import uuid4

import httpx

from gateway.demo.people import PARTNER, SIGN_INS
from tests.journeys.door import Person
from tests.staff.conftest import Running

IDS = {person.slug: str(person.id) for person in SIGN_INS}


def prepared(running: Running) -> dict[str, list[str]]:
    """Makes them by the gateway's door; the addresses to start from, by person."""
    with (
        Person(running, "triage_officer", "front_door") as officer,
        Person(running, "manager", "supervision") as manager,
        Person(running, "partner", "partner_referral") as partner,
        Person(running, "housing_officer", "lettings") as lettings,
    ):
        kelly = _kelly(officer)
        case = _nobodys_case(officer, manager)
        return {
            "sade-okafor": [_letter_to_a_partner(officer, kelly["id"]), _text_back(running, officer)],
            "tom-abiola": [
                f"/people/{kelly['id']}",
                f"/households/{kelly['household_id']}",
                f"/households/{kelly['household_id']}/notes",
                f"/households/{kelly['household_id']}/plan",
            ],
            "hannah-price": [
                f"/cases/{case['id']}/allocate",
                f"/cover/{IDS['tom-abiola']}",
                _receipt(running),
            ],
            "dev-sharma": [_partners_line(partner)],
            # Whoever had an offer is one of many on a larger borough's register.
            "marcus-bell": [f"/offers/{lettings.get('/v1/housing/offers?limit=1').json()['items'][0]['id']}"],
        }


def _kelly(officer: Person) -> Any:
    found = officer.post("/v1/casefile/people/search", {"name": "Kelly Pike", "date_of_birth": "1988-06-21"})
    first = found.json()["people"][0]
    return {"id": first["person_id"], "household_id": first["household_ids"][0]}


def _nobodys_case(officer: Person, manager: Person) -> Any:
    names = [{"given": "Marion", "family": f"Quillfeather{uuid4().hex[:4]}"}]
    person = officer.post("/v1/casefile/people", {"names": names, "confirmed_new": True}).json()
    told = {"person_id": person["id"], "channel": "walk_in", "hub": "heath", "needs": [{"domain": "money"}]}
    made = officer.post("/v1/triage/contacts", told)
    decision = {"stage": "final", "outcome": "universal", "reason": "Several bills"}
    path = f"/v1/triage/contacts/{made.json()['id']}/decisions"
    assert officer.post(path, decision, if_match=made.headers["etag"]).status_code == 201
    found = manager.soon(f"/v1/casefile/cases?household_id={person['household_id']}", lambda page: bool(page["items"]))
    return found["items"][0]


def _text_back(running: Running, officer: Person) -> str:
    """The demo's own objector texts again, and so does somebody whose number nobody has."""
    with httpx.Client(base_url=running.gateway, timeout=60, trust_env=False) as telephones:
        for number in ("07700 900201", "07700 900977"):
            sent = telephones.post("/demo/messages", data={"number": number, "text": "Could you ring me after five?"})
            assert sent.status_code == 303, sent.text
    officer.soon("/v1/casefile/unknown-replies", lambda page: bool(page["items"]))
    hers = officer.soon("/v1/casefile/replies", lambda page: bool(page["items"]))
    return f"/replies/{hers['items'][0]['id']}"


def _letter_to_a_partner(officer: Person, person: str) -> str:
    found = officer.post("/v1/triage/directory/search", {"said": "debts", "per_page": 1}).json()["contents"][0]
    return f"/referrals/send?organisation={found['organization']['id']}&service={found['id']}&person={person}"


def _receipt(running: Running) -> str:
    with Person(running, "manager", "safeguarding") as anyone:
        sent = anyone.post("/v1/triage/safeguarding-concerns", {"what_happened": "She has not eaten for two days"})
        assert sent.status_code in (200, 201, 202), sent.text
        return f"/safeguarding/receipt/{sent.json()['concern_id']}"


def _partners_line(partner: Person) -> str:
    line = {
        "organisation_id": PARTNER,
        "url": "https://harbour-advice.example/hook",
        "description": "Harbour's program",
        "types": ["triage.referral.requested"],
    }
    made = partner.post("/v1/webhooks/endpoints", line)
    assert made.status_code == 201, made.text
    return f"/partners/{made.json()['endpoint']['id']}"
