"""A little of rights for the demo: an agreement that the board adopted, a complaint, and a request for one's own data.

Again changes nothing.
"""

from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid5

import httpx

_CASEFILE = "/v1/casefile"
# Put in by the demo's concerns (demo_safety).
_ROSA = {"name": "Rosalind Achterberg", "date_of_birth": "1974-03-09"}
_AGREEMENT = {
    "code": "council_tax_for_offers",
    "title": "Council tax accounts and arrears, for offers of help",
    "parties": [
        {"organisation": "Revenues and Benefits", "role": "joint_controller", "contact": "revenues@council.example"},
        {"organisation": "New Start", "role": "joint_controller", "contact": "governance@council.example"},
    ],
    "arrangement": "Revenues answers for what its accounts say; New Start for whom it offers help.",
    "datasets": ["council_tax_accounts", "council_tax_arrears"],
    "fields": "Who is liable, where, and what is owed; nothing of discounts for health.",
    "gateway": "dea_2017_s35",
    "purposes": ["outreach", "debt_advice", "universal_support"],
    "security": "official-sensitive",
    "single_contact": "Grace Osei",
    "dpia": "DPIA-2026-04",
    "dpia_on": "2025-12-01",
    "starts_on": "2026-01-05",
    "review_on": "2027-01-05",
}
_VOTES = [
    {"member": "Joan Webb, chair", "seat": "council", "vote": "for"},
    {"member": "Harbour Advice", "seat": "voluntary_sector", "vote": "for"},
    {"member": "Residents' panel", "seat": "resident", "vote": "for"},
]
_ADOPTED = {
    "question": "adopt",
    "held_on": "2026-01-05",
    "votes": _VOTES,
    "reason": "The panel asked that offers say where we know it from; the letter does now.",
}
_COMPLAINT = {
    "kind": "complaint",
    "theme": "contact",
    "from_whom": "Maureen Ellery",
    "words": "Three times I was told somebody would ring back about my mother, and nobody did.",
    "wanted": "A name, and a day when they will ring.",
}


def load_rights(gateway: str, say: Callable[[str], None]) -> None:
    """Put in what is not there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "peter-lund", "complaints")
        if client.get(f"{_CASEFILE}/complaints?limit=1").raise_for_status().json()["items"]:
            return
        _post(client, f"{_CASEFILE}/complaints", _COMPLAINT)
        _sign_in(client, "grace-osei", "information_governance")
        made = _post(client, f"{_CASEFILE}/agreements", _AGREEMENT)
        path = f"{_CASEFILE}/agreements/{made.json()['id']}/decisions"
        _post(client, path, _ADOPTED, made.headers["ETag"])
        found = client.post(f"{_CASEFILE}/people/search", json=_ROSA).raise_for_status().json()["people"]
        if found:
            asked = {"person_id": found[0]["person_id"], "details": "Everything you have on me, please."}
            _post(client, f"{_CASEFILE}/subject-access-requests", asked)
    say("The board adopted an agreement; a complaint and a request for somebody's own data wait for their answers")


def _sign_in(client: httpx.Client, worker: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"worker": worker}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: object, seen: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:rights:{path}"))}
    if seen:
        headers["If-Match"] = seen
    return client.post(path, json=body, headers=headers).raise_for_status()
