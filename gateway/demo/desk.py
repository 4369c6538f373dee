"""A little of the desk's day for the demo, put in by its own doors: a handover offered, tasks, a duty to refer.

Amina is nobody's record here: help is given unnamed, and the application opens all the same.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import SIGN_INS

_WHY = "Locked out, with a child"
_ROOFLESS = {
    "domain": "housing",
    "urgency": "immediate",
    "where_tonight": "nowhere",
    "homelessness_signs": ["nowhere_safe_tonight"],
    "priority_signs": ["pregnant", "dependent_children"],
    "goal": "A room tonight, and the locks",
}


def load_desk(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    people = {person.slug: str(person.id) for person in SIGN_INS}
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "triage_officer", "front_door")
        offered = client.get("/v1/triage/handovers?limit=200").raise_for_status().json()["items"]
        if any(each["reason"] == _WHY for each in offered):
            return
        now = client.get("/v1/triage/queue/counts").raise_for_status().json()["as_of"]
        contact = _post(client, "/v1/triage/contacts", {"channel": "walk_in", "hub": "heath", "needs": [_ROOFLESS]})
        place = f"/v1/triage/contacts/{contact['id']}"
        task = {"kind": "other", "how": "booked", "owner": "enforcement", "reference": "LOCK-4411"}
        _post(client, f"{place}/everyday-tasks", task)
        _post(client, f"{place}/everyday-tasks", {"kind": "benefit_claim", "how": "together"})
        offer = {
            "to_worker": people["priya-nair"],
            "resident": "present",
            "reason": _WHY,
        }
        _post(client, f"{place}/handovers", offer, if_match=f'"{contact["version"]}"')
        _sign_in(client, "work_coach", "duty_to_refer")
        _post(client, "/v1/triage/duty-to-refer", _referral(datetime.fromisoformat(now)))
    say("At the desk: an application as homeless, a handover offered, two tasks, a duty to refer")


def _referral(now: datetime) -> dict[str, Any]:
    return {
        "body": "jobcentre_plus",
        "reference": "JCP-0007",
        "referrer": {"name": "Janet Hughes", "role": "work coach"},
        "person": {"name": "Sam Dearing (made up)", "phone": "07700 900456", "safe_to_contact": "After four"},
        "consent": {
            "to_refer": True,
            "to_share_contact": True,
            "given_on": now.date().isoformat(),
            "how": "in_person",
        },
        "area_chosen": "E09000002",
        "reason": "threatened",
        "where_tonight": "home",
    }


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: dict[str, Any], *, if_match: str | None = None) -> dict[str, Any]:
    # A key of its own for each thing; that all of it is there is seen by the handover, which is put in last but one.
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:desk:{path}:{sorted(body)}"))}
    headers |= {"If-Match": if_match} if if_match else {}
    answer: dict[str, Any] = client.post(path, json=body, headers=headers).raise_for_status().json()
    return answer
