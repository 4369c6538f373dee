"""A little casework for the demo, by its own doors: two cases given, rated, asked about, one with a warning.

Kelly Pike's and Rosalind Achterberg's. Again changes nothing: a household that has a case is left alone.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import SIGN_INS

_CASEFILE = "/v1/casefile"
_KELLY: Mapping[str, Any] = {
    "names": [{"given": "Kelly", "family": "Pike"}],
    "date_of_birth": "1988-06-21",
    "contacts": [{"kind": "phone", "value": "07700 900318"}],
}
_ROSA: Mapping[str, Any] = {
    "names": [{"given": "Rosalind", "family": "Achterberg"}],
    "date_of_birth": "1974-03-09",
    "contacts": [{"kind": "phone", "value": "07700 900201"}],
}
_ARRIVES_WITHIN = 3.0
"""Seconds: a decision reaches the case file by an event."""


def load_cases(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    people = {person.slug: str(person.id) for person in SIGN_INS}
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        homes = []
        for person, decision in (
            (_KELLY, {"outcome": "universal", "reason": "Several bills at once"}),
            (_ROSA, {"outcome": "targeted", "specialism": "early_help", "reason": "The children miss school"}),
        ):
            _sign_in(client, "triage_officer", "front_door")
            person_id, home = _who(client, person)
            if not _cases(client, home):
                _decide(client, person_id, decision)
                homes.append((person_id, home))
        if not homes:
            return
        for person_id, home in homes:
            _sign_in(client, "manager", "supervision")
            case = _arrived(client, home)
            if case is None:
                say("A case was not opened in time: it comes by itself")
                return
            given = {"account_manager": people["tom-abiola"]}
            case = _post(client, f"cases/{case['id']}/allocations", given, version=case["version"])
            today = date.fromisoformat(case["opened_at"][:10])
            _work(client, case, today)
            if case["layer"] == "targeted":
                _warn(client, person_id, today)
    say(f"{len(homes)} cases with an account manager, tasks, an approval returned with a comment, a warning")


def _work(client: httpx.Client, case: dict[str, Any], today: date) -> None:
    _sign_in(client, "universal_worker", "universal_support", "tom-abiola")
    red = case["layer"] == "targeted"
    rating = {"rag": "red", "reason": "Summonsed for Thursday"} if red else {"rag": "amber", "reason": "Bills pile up"}
    _post(client, f"cases/{case['id']}/rating", rating, version=case["version"])
    for words, days in (("Ring the school about attendance", 2), ("Ask for the arrears in writing", 5)):
        task = {"case_id": case["id"], "words": words, "due_on": (today + timedelta(days=days)).isoformat()}
        _post(client, "tasks", task)
    if not red:
        return
    asked = {"kind": "spending", "words": "Two bus passes, so that they get to school this week"}
    approval = _post(client, f"cases/{case['id']}/approvals", asked)
    _sign_in(client, "manager", "supervision")
    comment = {"words": "Is there not a travel scheme of the school's? Try that first."}
    _post(client, f"approvals/{approval['id']}/return", comment, version=1)


def _warn(client: httpx.Client, person_id: str, today: date) -> None:
    _sign_in(client, "universal_worker", "universal_support", "tom-abiola")
    body = {
        "person_id": person_id,
        "kind": "dog",
        "incident_on": (today - timedelta(days=6)).isoformat(),
        "incident": "The dog got out and bit the post.",
        "guidance": "Ring first: the dog is put into the kitchen.",
    }
    warning = _post(client, "warnings", body)
    _sign_in(client, "manager", "supervision")
    decision = {
        "stands": True,
        "reason": "Seen by two of us",
        "review_on": (today + timedelta(days=90)).isoformat(),
    }
    _post(client, f"warnings/{warning['id']}/decision", decision, version=1)


def _decide(client: httpx.Client, person_id: str, decision: Mapping[str, Any]) -> None:
    body = {"person_id": person_id, "channel": "walk_in", "hub": "heath", "needs": [{"domain": "money"}]}
    key = str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:cases:{person_id}"))
    made = client.post("/v1/triage/contacts", json=body, headers={"Idempotency-Key": key}).raise_for_status()
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"{key}:decision")), "If-Match": made.headers["etag"]}
    address = f"/v1/triage/contacts/{made.json()['id']}/decisions"
    client.post(address, json={"stage": "final", **decision}, headers=headers).raise_for_status()


def _arrived(client: httpx.Client, home: str) -> dict[str, Any] | None:
    until = time.monotonic() + _ARRIVES_WITHIN
    while not (found := _cases(client, home)):
        if time.monotonic() > until:
            return None
        time.sleep(0.05)
    return found[0]


def _cases(client: httpx.Client, home: str) -> list[dict[str, Any]]:
    answer = client.get(f"{_CASEFILE}/cases", params={"household_id": home}).raise_for_status()
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def _who(client: httpx.Client, person: Mapping[str, Any]) -> tuple[str, str]:
    """The person and where they live: found by name and telephone, else registered."""
    (name,), (phone,) = person["names"], person["contacts"]
    asked = {"name": f"{name['given']} {name['family']}", "phone": phone["value"], "limit": 5}
    found = client.post(f"{_CASEFILE}/people/search", json=asked).raise_for_status().json()["people"]
    for each in found:
        if each["unmasked"]:
            return each["person_id"], each["household_ids"][0]
    made = _post(client, "people", {**person, "confirmed_new": True})
    return made["id"], made["household_id"]


def _sign_in(client: httpx.Client, role: str, purpose: str, slug: str | None = None) -> None:
    asked = {"worker": slug} if slug else {"role": role}
    token = client.post("/demo/token", json=asked).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:cases:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = client.post(f"{_CASEFILE}/{path}", json=body, headers=headers).raise_for_status().json()
    return answer
