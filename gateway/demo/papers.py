"""The demo's papers: a letter to Kelly Pike, her own page by link and word, and the Heath hub's pack for outages.

Her page's address stands in /demo/messages; the word she chose is told here, for she is made up. Again changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

_CASEFILE = "/v1/casefile"
# As the step of notes and a plan registers her.
_KELLY: Mapping[str, Any] = {"name": "Kelly Pike", "date_of_birth": "1988-06-21", "phone": "07700 900318"}
WORD = "Blue Kettle"


def load_papers(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "universal_worker", "universal_support")
        found = client.post(f"{_CASEFILE}/people/search", json=dict(_KELLY)).raise_for_status().json()
        kelly = next((each["person_id"] for each in found["people"] if each["unmasked"]), None)
        if kelly is None:
            return
        if not client.get(f"{_CASEFILE}/letters", params={"person_id": kelly}).raise_for_status().json()["items"]:
            _write(client, kelly, say)
        _sign_in(client, "hub_host", "hub_running")
        if not client.get(f"{_CASEFILE}/downtime-packs?hub=heath").raise_for_status().json()["items"]:
            _post(client, "downtime-packs", {"hub": "heath"})
            say("The Heath hub's pack for outages is made; the demo's passphrase stands in services/casefile/papers")


def _write(client: httpx.Client, kelly: str, say: Callable[[str], None]) -> None:
    letter = {
        "person_id": kelly,
        "template": "introduction",
        "fields": {"writer": "Tom Abiola", "phone": "020 7946 0000"},
        "own_words": "I am at the Heath hub on Mondays and Thursdays. Bring the letters, opened or not.",
    }
    _post(client, "letters", letter)
    plans = client.get(f"{_CASEFILE}/plans", params={"person_id": kelly}).raise_for_status().json()["items"]
    share: dict[str, Any] = {"person_id": kelly, "shows": ["looked"], "word": WORD, "chosen": "face_to_face"}
    if plans:
        share |= {"shows": ["plan", "looked"], "plan_id": plans[0]["id"]}
    _post(client, "shares", share)
    say(f"Kelly Pike's own page: its address is in /demo/messages, the word she chose is {WORD}")


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Mapping[str, Any]) -> None:
    key = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:papers:{path}"))}
    client.post(f"{_CASEFILE}/{path}", json=dict(body), headers=key).raise_for_status()
