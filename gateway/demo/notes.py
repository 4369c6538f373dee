"""A little of an account manager's work for the demo, by its own doors: notes, a plan agreed, one note misfiled.

Kelly Pike's. Again changes nothing: what is there already is left as it is.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

_CASEFILE = "/v1/casefile"
_KELLY: Mapping[str, Any] = {
    "names": [{"given": "Kelly", "family": "Pike"}],
    "date_of_birth": "1988-06-21",
    "contacts": [{"kind": "phone", "value": "07700 900318"}],
}
# As the step of concerns and messages registers her.
_ROSA: Mapping[str, Any] = {
    "names": [{"given": "Rosalind", "family": "Achterberg"}],
    "date_of_birth": "1974-03-09",
    "contacts": [{"kind": "phone", "value": "07700 900201"}],
}
_VISIT = "Kelly showed me the letters: rent, council tax, a catalogue. She had not opened the last three."
_VISIT_CORRECTED = _VISIT.replace("last three", "last four")
_CALL = "Rang to say that her sister takes the dog on Thursdays now."
_BEGUN = "Rang the landlord at ten, nobody answered. Try again before"


def load_notes(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "universal_worker"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "universal_support"})
        kelly, home = _who(client, _KELLY)
        there = client.get(f"{_CASEFILE}/notes", params={"household_id": home}).raise_for_status().json()["items"]
        if not there:
            there = [_write_notes(client, kelly, home)]
            say("Kelly Pike's file: notes, one begun and one that was on the wrong file")
        living = client.get(f"{_CASEFILE}/plans", params={"person_id": kelly}).raise_for_status().json()["items"]
        if not living:
            # The borough's calendar, not this machine's.
            _make_plan(client, kelly, home, date.fromisoformat(there[0]["recorded_at"][:10]))
            say("Kelly Pike's file: a plan she agreed to")


# The pages give every note begun an id of its own.
_BEGUN_KEY = uuid5(NAMESPACE_URL, "urn:newstart:demo:note:begun")


def _write_notes(client: httpx.Client, kelly: str, home: str) -> dict[str, Any]:
    note = {"household_id": home, "person_ids": [kelly], "kind": "visit", "words": _VISIT}
    draft = client.put(f"{_CASEFILE}/drafts/note/demo-visit", json=note).raise_for_status().json()
    sent = {**note, "draft": {"key": "demo-visit", "version": draft["version"]}}
    visit = _post(client, "notes", sent)
    corrected = {"words": _VISIT_CORRECTED, "reason": "There was one more under the bread bin"}
    path = f"notes/{visit['id']}"
    _post(client, f"{path}/corrections", corrected, version=visit["version"])
    _post(client, f"{path}/pin", None, version=visit["version"] + 1)
    begun = {"household_id": home, "kind": "call", "words": _BEGUN}
    client.put(f"{_CASEFILE}/drafts/note/{_BEGUN_KEY}", json=begun).raise_for_status()
    # Somebody else's, written down on this file: it goes where it belongs, and information governance hears of it.
    _, right = _who(client, _ROSA)
    wrong = _post(client, "notes", {"household_id": home, "kind": "call", "words": _CALL})
    moved = {"household_id": right, "reason": "Two files were open side by side"}
    _post(client, f"notes/{wrong['id']}/misfiled", moved, version=wrong["version"])
    return visit


def _make_plan(client: httpx.Client, kelly: str, home: str, today: date) -> None:
    letters = {"words": "Bring every letter on Monday", "whose": "theirs", "due_on": _in(today, 3)}
    landlord = {"words": "Ring the landlord and ask for time", "whose": "ours", "due_on": _in(today, 1)}
    bills = {"words": "Go through the bills with her", "whose": "partners", "due_on": _in(today, 14)}
    plan = _post(
        client,
        "plans",
        {
            "person_id": kelly,
            "household_id": home,
            "what_matters": "That my girl stays at her school",
            "review_on": _in(today, 42),
            "goals": [
                {"words": "I want to open the post without feeling sick", "actions": [letters, landlord, bills]},
                {"words": "I want to work mornings again", "by": _in(today, 120)},
            ],
        },
    )
    path = f"plans/{plan['id']}"
    _post(client, f"{path}/agreements", {"words": "That is what I said"}, version=plan["version"])
    done = {"state": "done", "words": "She brought eleven, in a shoe box"}
    _post(client, f"{path}/actions/{plan['actions'][0]['id']}/progress", done, version=1)


def _who(client: httpx.Client, person: Mapping[str, Any]) -> tuple[str, str]:
    """The person and where they live: found by name and telephone, else registered."""
    (name,), (phone,) = person["names"], person["contacts"]
    asked = {"name": f"{name['given']} {name['family']}", "phone": phone["value"], "limit": 5}
    found = client.post(f"{_CASEFILE}/people/search", json=asked).raise_for_status().json()["people"]
    # Unmasked is who has the telephone too: a namesake of the borough is left alone.
    for each in found:
        if each["unmasked"]:
            return each["person_id"], each["household_ids"][0]
    made = _post(client, "people", {**person, "confirmed_new": True})
    return made["id"], made["household_id"]


def _in(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:notes:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = client.post(f"{_CASEFILE}/{path}", json=body, headers=headers).raise_for_status().json()
    return answer
