"""The demo's referrals, one in each place a screen shows, with a discharge and a landlord. Again changes nothing."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import PARTNER

_TRIAGE = "/v1/triage"


def _organisation(slug: str) -> str:
    """The id under which the demo's directory has it."""
    return PARTNER if slug == "harbour-advice" else str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:organisation:{slug}"))


_FEMI: Mapping[str, object] = {
    "names": [{"given": "Oluwafemi", "family": "Brackenridge"}],
    "date_of_birth": "1961-08-17",
    "contacts": [{"kind": "phone", "value": "07700 900314"}],
}
_SHARE: Mapping[str, object] = {
    "name": "Oluwafemi Brackenridge",
    "phone": "07700 900314",
    "safe_contact": "Ring after six in the evening; leave no message.",
}
_ASKED: tuple[tuple[str, str, str, str], ...] = (
    (
        "harbour-advice",
        "money",
        "this_week",
        "Help to write to the bank and to stop two loans taking the whole pension.",
    ),
    ("warmer", "food_and_fuel", "today", "A top-up for the meter tonight, and a look at the boiler."),
    ("lantern", "loneliness", "routine", "Company on Tuesdays; he plays chess."),
)


def load_referrals(gateway: str, say: Callable[[str], None]) -> None:
    """Somebody three partners were asked to help: one does, one is silent, one has no room; and more of that kind."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        officer = _signed_in(client, "triage_officer", "front_door")
        made = client.post("/v1/casefile/people", json=_FEMI, headers={**officer, "Idempotency-Key": _id("femi")})
        if made.status_code == httpx.codes.CONFLICT:
            say("The referrals are there")
            return
        person = made.raise_for_status().json()["id"]
        helped, _, refused = (_refer(client, officer, person, *each) for each in _ASKED)
        partner = _signed_in(client, "partner", "partner_referral")
        for to in ("accepted", "in_progress"):
            _post(client, partner, f"referrals/{helped['id']}/transitions", {"to": to}, to)
        no = {"to": "rejected", "reason": "no_capacity", "heard_by": "phone", "note": "Room again in the new year."}
        _post(client, officer, f"referrals/{refused['id']}/transitions", no, "no")
        question = {"organisation_id": _organisation("sparrow"), "domain": "loneliness", "urgency": "this_week"}
        _post(client, officer, "capacity-questions", question, "room")
        # What we were answered with carries the demo's own clock.
        now = datetime.fromisoformat(helped["created_at"])
        link_worker = _signed_in(client, "gp_link_worker", "partner_referral")
        _post(client, link_worker, "discharge-notices", _notice(now + timedelta(days=1)), "home")
        landlord = {
            "organisation_id": _organisation("riverside-homes"),
            "person_id": person,
            "tenancy": "RH-20417",
            "kind": "time_asked",
            "on": (now + timedelta(days=21)).date().isoformat(),
            "basis": _basis(),
        }
        _post(client, {**officer, "Newstart-Purpose": "homelessness"}, "landlord-messages", landlord, "landlord")
    say("Three referrals, a capacity question, a discharge and a landlord's message: links to answer in /demo/messages")


def _refer(
    client: httpx.Client, officer: Mapping[str, str], person: str, slug: str, domain: str, urgency: str, request: str
) -> dict[str, Any]:
    body = {
        "organisation_id": _organisation(slug),
        "person_id": person,
        "domain": domain,
        "urgency": urgency,
        "request": request,
        "share": _SHARE,
        "basis": _basis(),
        "sharing_for": "to give the help that is asked for, and nothing else",
    }
    return _post(client, officer, "referrals", body, slug)


def _basis() -> dict[str, object]:
    consent = {"given_on": "2026-01-05", "how": "in_person", "explicit": True, "words": "referral_1"}
    return {"basis": "consent", "consent": consent}


def _notice(home: datetime) -> dict[str, object]:
    ready = [{"linkId": "key", "answer": [{"valueBoolean": True}]}]
    resources: list[dict[str, object]] = [
        {"resourceType": "MessageHeader", "eventCoding": {"code": "discharge-notice"}},
        {
            "resourceType": "Patient",
            "name": [{"text": "Winifred Applegarth"}],
            "birthDate": "1938-11-02",
            "telecom": [{"system": "phone", "value": "07700 900315"}],
        },
        {"resourceType": "Encounter", "period": {"end": home.isoformat()}},
        {"resourceType": "QuestionnaireResponse", "item": ready},
    ]
    entry = [{"resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "message", "identifier": {"value": _id("home")}, "entry": entry}


def _signed_in(client: httpx.Client, role: str, purpose: str) -> dict[str, str]:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    return {"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose}


def _post(client: httpx.Client, who: Mapping[str, str], path: str, body: object, what: str) -> dict[str, Any]:
    headers = {**who, "Idempotency-Key": _id(what)}
    answer: dict[str, Any] = client.post(f"{_TRIAGE}/{path}", json=body, headers=headers).raise_for_status().json()
    return answer


def _id(what: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:referrals:{what}"))
