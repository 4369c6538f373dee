"""A little of who may see whom for the demo: a file opened in an emergency that waits for a manager, and a declaration.

Again changes nothing.
"""

from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid5

import httpx

_CASEFILE = "/v1/casefile"
# Put in by the demo's concerns (demo_safety).
_ROSA = {"name": "Rosalind Achterberg", "date_of_birth": "1974-03-09"}
_WHY = "The ambulance service is at her door and asks whom to call; nobody of her team can be reached."


def load_access(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "ewa-nowak", "universal_support")
        if client.get(f"{_CASEFILE}/access/broken-glass?limit=1").raise_for_status().json()["items"]:
            return
        found = client.post(f"{_CASEFILE}/people/search", json=_ROSA).raise_for_status().json()["people"]
        if not found:
            return
        person = found[0]["person_id"]
        _post(client, f"{_CASEFILE}/access/break-glass", {"person_id": person, "reason": _WHY})
        _sign_in(client, "colin-marsh", "revenues_recovery_hold")
        declared = {"person_id": person, "relation": "neighbour", "note": "We share a wall."}
        _post(client, f"{_CASEFILE}/access/conflicts", declared)
    say("One broken glass waits for its review, and one worker has declared a neighbour")


def _sign_in(client: httpx.Client, worker: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"worker": worker}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: dict[str, str]) -> None:
    key = str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:access:{path}"))
    client.post(path, json=body, headers={"Idempotency-Key": key}).raise_for_status()
