"""A little of the journeys for the demo, by their own doors: a way to work, places that open here first, leaving care.

Kelly's way to more hours, with goals she shares with her work coach; a young person whose pathway plan runs. Again
changes nothing: who has a journey already is left alone.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import SIGN_INS

_CASEFILE = "/v1/casefile"
_JAMIE: Mapping[str, Any] = {
    "names": [{"given": "Jamie", "family": "Reid"}],
    "date_of_birth": "2007-05-14",
    "contacts": [{"kind": "phone", "value": "07700 900742"}],
}
_KELLY: Mapping[str, Any] = {"name": "Kelly Pike", "phone": "07700 900318"}
_HERS = "phone number matches"
_AREAS: Mapping[str, str] = {
    "adviser_and_contact": "Kofi, once a week, by text",
    "home": "A room in supported housing until June, then a flat",
    "education_and_training": "Second year of plumbing at college",
    "work": "Saturdays at the builders' merchant",
    "family_and_friends": "An aunt in Leeds; football on Thursdays",
    "skills_for_living": "Cooking for a week on what there is",
    "money": "A bank account, and the setting up home allowance",
    "health": "Registered with a surgery; a dentist to be found",
    "if_it_fails": "The duty adviser's number, and a room for a night",
}


def load_journeys(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    people = {person.slug: str(person.id) for person in SIGN_INS}
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "manager", "leaving_care")
        if client.get(f"{_CASEFILE}/work-vacancies?limit=1").raise_for_status().json()["items"]:
            return
        _sign_in(client, "universal_worker", "universal_support")
        jamie = _post(client, "people", {**_JAMIE, "confirmed_new": True})
        kelly = _found(client)
        if kelly is not None:
            _way_to_work(client, kelly, people["janet-hughes"])
        _sign_in(client, "manager", "leaving_care")
        care = _post(
            client,
            "care-leavers",
            {"person_id": jamie["id"], "status": "former_relevant", "adviser": people["kofi-asante"]},
        )
        today = date.fromisoformat(care["adviser_since"])
        places = {
            "title": "Apprentice joiner",
            "employer": "Riverside builders (made up)",
            "scheme": "Riverside homes",
            "hours": 30,
            "places": 2,
            "opens_to_others_on": (today + timedelta(days=28)).isoformat(),
        }
        _post(client, "work-vacancies", places)
        _sign_in(client, "personal_adviser", "leaving_care")
        needs = [{"area": area, "words": words} for area, words in _AREAS.items()]
        plan = {"wishes": "My own front door, and my ticket as a plumber", "needs": needs, "agreed": True}
        _post(client, f"care-leavers/{care['id']}/plans", plan, version=care["version"])
    say("On their way: Kelly to more hours, Jamie to a front door; two places open here first")


def _found(client: httpx.Client) -> str | None:
    """Kelly, if she is there: whoever has the telephone too, not a namesake of the borough."""
    answer = client.post(f"{_CASEFILE}/people/search", json=dict(_KELLY)).raise_for_status().json()
    return next((str(each["person_id"]) for each in answer["people"] if _HERS in each["reasons"]), None)


def _way_to_work(client: httpx.Client, kelly: str, coach: str) -> None:
    body = {
        "person_id": kelly,
        "goal": "Twenty-four hours instead of sixteen, in school time",
        "activity": "in_work",
        "barriers": [{"kind": "childcare", "words": "No place at the breakfast club"}],
    }
    journey = _post(client, "work-journeys", body)
    for step in (
        {"kind": "childcare", "words": "Ask the breakfast club for a place", "shared": True},
        {"kind": "training", "words": "Food hygiene certificate, two evenings", "shared": True},
        {"kind": "application", "words": "Talk to the manager about the early shift"},
    ):
        journey = _post(client, f"work-journeys/{journey['id']}/steps", step, version=journey["version"])
    share = {"coach": coach, "agreed_on": datetime.fromisoformat(journey["opened_at"]).date().isoformat()}
    path = f"{_CASEFILE}/work-journeys/{journey['id']}/sharing"
    client.put(path, json=share, headers={"If-Match": f'"{journey["version"]}"'}).raise_for_status()


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Mapping[str, Any], *, version: int | None = None) -> dict[str, Any]:
    said = f"urn:newstart:demo:journeys:{path}:{sorted(body)}:{body.get('words', '')}"
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, said))}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    answer: dict[str, Any] = (
        client.post(f"{_CASEFILE}/{path}", json=dict(body), headers=headers).raise_for_status().json()
    )
    return answer
