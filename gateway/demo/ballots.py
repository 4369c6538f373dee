"""The demo: a ballot that was counted and one that is open, proposals, and a campaign with a match.

By the doors everybody uses. Again changes nothing: a ballot of the same title is left as it is.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

_GRANTS: Final = "/v1/grants"
_COUNTED, _OPEN = "Small projects of the summer", "Neighbourhood money: your vote"
# Reference, what it is, pounds.
_PROJECTS: Final = (
    ("A1", "Benches and a tree on the parade", 9_000),
    ("A2", "A pump track for the young", 24_000),
    ("A3", "Lunch club for older people", 6_500),
    ("A4", "Repair café, a year of Saturdays", 4_200),
    ("A5", "Women's swimming, twenty evenings", 5_800),
    ("A6", "Allotment beds for wheelchair users", 7_400),
    ("A7", "Outdoor screen", 31_000),
    ("A8", "Somali story hour at the library", 2_600),
)
# How many voted so: two camps and many in between.
_VOTES: Final = (
    (("A2", "A7"), 7),
    (("A1", "A3", "A5"), 5),
    (("A3", "A4", "A8"), 4),
    (("A5", "A6", "A8"), 4),
    (("A4",), 2),
)
_PROPOSALS: Final = (
    ("A crossing by the school gate", "Two children were nearly hit this term."),
    ("Lights on the path to the station", "Nobody walks there after five."),
)


def load_ballots(gateway: str, say: Callable[[str], None]) -> None:
    """Put them in, unless they are there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=20, trust_env=False) as client:
        _sign_in(client, "grants_officer", "participation")
        ballots = client.get(f"{_GRANTS}/ballot-drafts").raise_for_status().json()["items"]
        if {_COUNTED, _OPEN} <= {each["title"] for each in ballots}:
            return
        # Its answer says what day it is: the demo's clock can stand anywhere.
        now = _proposals(client)
        _sign_in(client, "grants_officer", "participation")
        _counted(client, now)
        _opened(client, now)
        _campaign(client, now)
    say("A ballot counted and explained, one open; two proposals; a campaign with a match")


def _counted(client: httpx.Client, now: datetime) -> None:
    made = _draft(client, now, _COUNTED, 40_000)
    made = _post(client, f"ballots/{made['id']}/open", None, version=made["version"])
    number = 0
    for choices, times in _VOTES:
        for _ in range(times):
            number += 1
            voter = {"family_name": f"Voter {_letters(number)}", "date_of_birth": "1980-01-01", "postcode": "RM8 1AA"}
            body = {"voter": voter, "choices": list(choices), "channel": "paper", "noise": f"{number:016d}"}
            _post(client, f"ballots/{made['id']}/papers", body)
    _post(client, f"ballots/{made['id']}/close", {"reason": "All the papers are in."}, version=made["version"])


def _opened(client: httpx.Client, now: datetime) -> None:
    made = _draft(client, now, _OPEN, 40_000)
    _post(client, f"ballots/{made['id']}/open", None, version=made["version"])


def _draft(client: httpx.Client, now: datetime, title: str, pounds: int) -> dict[str, Any]:
    projects = [{"ref": ref, "title": what, "cost_pence": cost * 100} for ref, what, cost in _PROJECTS]
    body = {
        "title": title,
        "kind": "approval",
        "rule": "equal_shares_topped_up",
        "budget_pence": pounds * 100,
        "opens_at": now.isoformat(),
        "closes_at": (now + timedelta(days=21)).isoformat(),
        "projects": projects,
    }
    return _post(client, "ballot-drafts", body)


def _proposals(client: httpx.Client) -> datetime:
    _sign_in(client, "resident", "participation")
    made = [
        _post(client, "proposals", {"title": title, "words": words, "supports_needed": 3})
        for title, words in _PROPOSALS
    ]
    _sign_in(client, "grants_officer", "participation")
    for each in made:
        path = f"moderation/proposals/{each['id']}/verdict"
        _post(client, path, {"verdict": "shown"}, version=each["version"])
    codes = _post(client, "participation-codes", {"postcodes": ["RM8 1AA", "RM8 1AB"]})["codes"]
    for name in ("Authorization", "Newstart-Purpose"):
        client.headers.pop(name)
    for code in codes:
        by = {"pass": _post(client, "participation-passes", code)["pass"]}
        _post(client, f"proposals/{made[0]['id']}/supports-by-pass", by)
    _sign_in(client, "resident", "participation")
    _post(client, f"proposals/{made[0]['id']}/supports", None)
    _post(client, f"proposals/{made[0]['id']}/comments", {"words": "My girl walks there every day."})
    return datetime.fromisoformat(made[0]["raised_at"])


def _campaign(client: httpx.Client, now: datetime) -> None:
    _sign_in(client, "manager", "grants_administration")
    funds = client.get(f"{_GRANTS}/funds").raise_for_status().json()["items"]
    match = next((each for each in funds if each["kind"] == "match"), None)
    if match is None:
        rules = {"match_percent": 50, "match_most_pence": 2_000_000}
        match = _post(client, "funds", {"code": "match", "name": "Match fund", "kind": "match", "rules": rules})
        money = {
            "pence": 12_000_000,
            "source": "Reserves, Cabinet of 15 November 2016",
            "reference": "MATCH-1",
            "received_on": now.date().isoformat(),
        }
        _post(client, f"funds/{match['id']}/receipts", money)
    _sign_in(client, "grants_officer", "grants_administration")
    body = {
        "title": "A play area for every child",
        "words": "Swings that a wheelchair fits on.",
        "group_name": "Friends of the park",
        "target_pence": 2_400_000,
        "closes_at": (now + timedelta(days=60)).isoformat(),
    }
    made = _post(client, "campaigns", body)
    _sign_in(client, "manager", "grants_administration")
    for what in ("costed", "permission", "insurance", "account", "upkeep", "safeguarding"):
        found = {"check": what, "in_order": True, "words": "Seen and in order."}
        made = _post(client, f"campaigns/{made['id']}/checks", found, version=made["version"])
    opening = {"fund_code": match["code"]} if match["rules"].get("match_percent") else {}
    _post(client, f"campaigns/{made['id']}/open", opening, version=made["version"])
    _sign_in(client, "resident", "participation")
    _post(client, f"campaigns/{made['id']}/pledges", {"pence": 2_500})


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + (number // 26**place) % 26) for place in (1, 0))


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    client.headers.pop("Authorization", None)
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:ballots:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = client.post(f"{_GRANTS}/{path}", json=body, headers=headers).raise_for_status().json()
    return answer
