"""The demo: funds with levy receipts by development, a round with its awards, a round that is open.

Sixteen groups apply to the first one, three are not eligible and are told why; seven are awarded and paid their first
instalment, one is chased for a report. By the doors everybody uses. Again changes nothing.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

_GRANTS: Final = "/v1/grants"
_AGREEMENTS: Final = (
    "reference,name,developer-agreement-type,planning-application,organisation,entry-date,start-date\n"
    'CIL-2401,"Quay Yard, phase 2",cil,24/01170/FULL,local-authority:BDG,{day},{day}\n'
    "CIL-2402,Mill Row,cil,24/00993/FULL,local-authority:BDG,{day},{day}\n"
    "S106-88,Gate House,section-106,23/00101/FULL,local-authority:BDG,{day},{day}\n"
)
_CONTRIBUTIONS: Final = (
    "reference,developer-agreement,contribution-purpose,amount,units\n"
    "C-1,CIL-2401,community-infrastructure-levy,1204318.37,pounds\n"
    "C-2,CIL-2402,community-infrastructure-levy,388902.05,pounds\n"
    "C-3,S106-88,education,50000,pounds\n"
)
_TRANSACTIONS: Final = (
    "reference,developer-agreement-contribution,contribution-funding-status,amount,units,entry-date,start-date\n"
    "T-1,C-1,received,1204318.37,pounds,{day},{day}\n"
    "T-2,C-2,received,388902.05,pounds,{day},{day}\n"
    "T-3,C-3,received,50000,pounds,{day},{day}\n"
)
_WARDS: Final = ("E05014053", "E05014057", "E05014061", "E05014066")
# Who, what for, pounds.
_GROUPS: Final[Sequence[tuple[str, str, int]]] = (
    ("Friends of Northbury Green", "A garden for the square", 9_400),
    ("Thames Boxing Club", "Evenings for girls", 6_200),
    ("Heath Lunch Club", "Hot lunches on Thursdays", 4_800),
    ("Becontree Repair Café", "Tools and a trailer", 3_950),
    ("Sound of the Estuary", "A choir in three languages", 5_100),
    ("Gascoigne Story Hour", "Stories in Somali and Bengali", 2_600),
    ("Parsloes Walkers", "A bench each half mile", 7_700),
    ("Mayesbrook Anglers", "A jetty for wheelchairs", 9_900),
    ("Alibon Dads", "Saturdays with under fives", 1_900),
    ("Eastbury Makers", "Sewing machines", 3_300),
    ("Valence Young Carers", "A weekend away", 8_200),
    ("Goresbrook Growers", "Polytunnels", 6_600),
    ("Village Bell Ringers", "New ropes", 1_200),
    ("Longbridge Traders", "Festive lights", 12_500),
    ("Whalebone Five-a-side", "Goals that fold", 2_200),
    ("Chadwell Film Night", "A screen and licences", 4_000),
)
_NOT_CONSTITUTED: Final = 14
_NO_PAPERS: Final = 15
_AWARDED: Final = 7
_RULES: Final[dict[str, Any]] = {
    "priorities": ["People who are not reached", "Places that many share"],
    "criteria": [
        {"code": "need", "title": "Answers a need of the ward", "weight": 2, "most": 5},
        {"code": "reach", "title": "Reaches people who are not reached", "weight": 1, "most": 5},
        {"code": "able", "title": "Can be done by this group", "weight": 1, "most": 5},
    ],
    "due_diligence": [
        {"up_to_pence": 500_00, "checks": ["constitution"]},
        {"up_to_pence": 10_000_00, "checks": ["constitution", "bank_account"]},
    ],
    "decided_by": "assessment",
}


def load_funds(gateway: str, say: Callable[[str], None]) -> None:
    """Put them in, unless they are there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=20, trust_env=False) as client:
        _sign_in(client, "hannah-price")
        if client.get(f"{_GRANTS}/rounds?limit=1").raise_for_status().json()["items"]:
            return
        levy = _funds(client)
        today = _today(client, levy)
        first = _round(client, levy, "Neighbourhood round, winter", 60_000_00, today)
        applied = _applications(client, first["id"], today)
        _decided(client, first["id"], applied, today)
        _sign_in(client, "hannah-price")
        _round(client, levy, "Neighbourhood round, spring", 90_000_00, today)
    say(f"{len(_GROUPS)} groups applied, {_AWARDED} were awarded and paid; a second round is open")


def _funds(client: httpx.Client) -> str:
    """The funds of the mission; the levy's id. The match pot is £120,000."""
    made = {each["code"]: each for each in _get(client, "funds")["items"]}
    for code, name, kind, rules in (
        ("ncil", "Neighbourhood levy", "ncil", {"administration_percent": 5}),
        ("match", "Match fund", "match", {"match_percent": 50, "match_most_pence": 20_000_00}),
        ("endowment", "Endowment", "endowment", {}),
        ("lottery", "Local lottery", "lottery", {}),
    ):
        if code not in made:
            made[code] = _post(client, "funds", {"code": code, "name": name, "kind": kind, "rules": rules})
    return str(made["ncil"]["id"])


def _today(client: httpx.Client, levy: str) -> date:
    """The day that the demo's clock stands on, with money in every fund."""
    day = date.fromisoformat(_get(client, f"funds/{levy}")["made_at"][:10])
    received = (day - timedelta(days=60)).isoformat()
    tables = (_AGREEMENTS, _CONTRIBUTIONS, _TRANSACTIONS)
    names = ("agreements", "contributions", "transactions")
    body = {name: table.format(day=received) for name, table in zip(names, tables, strict=True)}
    _post(client, f"funds/{levy}/levy-receipts", body)
    for each in _get(client, "funds")["items"]:
        if each["code"] in {"match", "lottery"} and not each["stands"]["received_pence"]:
            pence = 120_000_00 if each["code"] == "match" else 8_412_50
            source = "Reserves" if each["code"] == "match" else "Tickets of the quarter"
            money = {"pence": pence, "source": source, "reference": f"{each['code']}-1", "received_on": received}
            _post(client, f"funds/{each['id']}/receipts", money)
        if each["code"] == "endowment":
            move = {"to_fund_id": each["id"], "pence": 50_000_00, "reference": "1", "why": "To last: Cabinet 2018"}
            _post(client, f"funds/{levy}/transfers", move)
    return day


def _round(client: httpx.Client, levy: str, name: str, pence: int, today: date) -> Any:
    plan = {
        "fund_id": levy,
        "name": name,
        "summary": "Neighbourhood money for what neighbours do together.",
        "slice_pence": pence,
        "opens_on": today.isoformat(),
        "closes_on": _in(today, 42),
        "rules": _RULES,
    }
    draft = _post(client, "rounds", plan)
    return _post(client, f"rounds/{draft['id']}/open", None, version=draft["version"])


def _applications(client: httpx.Client, round_id: str, today: date) -> list[Any]:
    """Sixteen groups apply; thirteen are eligible, and two officers score them. The best first."""
    _sign_in(client, "rosa-lim")
    sent = [_post(client, "applications", _wish(round_id, number, today)) for number in range(len(_GROUPS))]
    _sign_in(client, "ines-carvalho")
    good = []
    for each in sent:
        eligible = all(rule["met"] for rule in each["checked"])
        _post(client, f"applications/{each['id']}/eligibility", {"eligible": eligible}, version=each["version"])
        if eligible:
            good.append(each)
    for assessor in ("ines-carvalho", "hannah-price"):
        _sign_in(client, assessor)
        for place, each in enumerate(good):
            sheet = {"no_interest": True, "scores": _scores(place, assessor)}
            _post(client, f"applications/{each['id']}/assessments", sheet)
    return good


def _wish(round_id: str, number: int, today: date) -> dict[str, Any]:
    who, what, pounds = _GROUPS[number]
    return {
        "round_id": round_id,
        "applicant": {
            "name": who,
            "kind": "charity" if number % 2 else "unincorporated",
            "charity_number": f"11{number:05d}" if number % 2 else None,
            "constituted": number != _NOT_CONSTITUTED,
            "unrelated_signatories": 2,
            "contact": {"name": "The secretary", "email": f"group{number}@groups.example"},
        },
        "title": what,
        "purpose": f"{what}: for everyone in the ward who wants to come, run by those who live there.",
        "asked_pence": pounds * 100,
        "budget": [{"item": "All of it", "pence": pounds * 100}],
        "documents": ([] if number == _NO_PAPERS else ["constitution", "accounts", "safeguarding_policy", "insurance"]),
        "wards": [_WARDS[number % len(_WARDS)]],
        "people_reached": 40 + 15 * number,
        "starts_on": _in(today, 90),
        "ends_on": _in(today, 360),
    }


def _scores(place: int, assessor: str) -> list[dict[str, Any]]:
    marks = (5 if place < _AWARDED else 3, 4 - place % 2, 4 if assessor == "hannah-price" else 3)
    reasons = ("The ward's figures bear it out.", "They knock on doors.", "They have done it before.")
    codes = ("need", "reach", "able")
    return [
        {"criterion": code, "score": mark, "reason": reason}
        for code, mark, reason in zip(codes, marks, reasons, strict=True)
    ]


def _decided(client: httpx.Client, round_id: str, applied: list[Any], today: date) -> None:
    _sign_in(client, "hannah-price")
    _post(client, f"rounds/{round_id}/close", {"reason": "Every group that we know of has applied."})
    _sign_in(client, "ines-carvalho")
    items = [
        {
            "application_id": each["id"],
            "recommended": place < _AWARDED,
            "pence": each["asked_pence"] if place < _AWARDED else 0,
            "reason": f"Place {place + 1} of {len(applied)} by two assessors' scores.",
        }
        for place, each in enumerate(applied)
    ]
    body = {"source": "assessment", "statement": "By the scores, as far as the money went.", "items": items}
    made = _post(client, f"rounds/{round_id}/recommendations", body)
    for each in applied[:_AWARDED]:
        for check in ("constitution", "bank_account"):
            found = {"check": check, "passed": True, "note": "Seen and in order."}
            _post(client, f"applications/{each['id']}/due-diligence", found)
    _sign_in(client, "hannah-price")
    chosen = [
        {
            "application_id": each["id"],
            "outcome": "adopted",
            "regulation_59f_reason": "New homes bring families to a ward with few places to meet.",
            "subsidy": "not_a_subsidy",
        }
        for each in applied[:_AWARDED]
    ]
    decision = {"authority": "Cabinet 16 October 2018: up to £200,000 a round", "items": chosen}
    _post(client, f"recommendations/{made['id']}/adoption", decision, version=made["version"])
    now = _get(client, f"rounds/{round_id}")
    _post(client, f"rounds/{round_id}/conclusion", None, version=now["version"])
    for place, award in enumerate(_get(client, f"awards?round_id={round_id}")["items"]):
        _paid(client, award, today, late=place == 0)


def _paid(client: httpx.Client, award: Any, today: date, *, late: bool) -> None:
    """Agreed, and the first instalment paid by two hands. One was agreed long ago, and its report is due."""
    _sign_in(client, "ines-carvalho")
    first = award["pence"] * 6 // 10
    file = _get(client, f"awards/{award['id']}/file")
    agreement = {
        "agreed_on": _in(today, -200 if late else 0),
        "starts_on": _in(today, 90),
        "ends_on": _in(today, 360),
        "conditions": ["Say that neighbours paid for it"],
        "instalments": [
            {"pence": first, "milestone": "The agreement is signed", "due_on": _in(today, 0)},
            {"pence": award["pence"] - first, "milestone": "Half of it is done", "due_on": _in(today, 150)},
        ],
    }
    _post(client, f"awards/{award['id']}/agreement", agreement, version=file["version"])
    if late:
        # Its alarm rings now: payments wait until the report is in.
        return
    ask = {"instalment": 1, "payee_checked": True, "evidence": "Both signatures are on it."}
    payment = _post(client, f"awards/{award['id']}/payments", ask)
    _sign_in(client, "rosa-lim")
    _post(client, f"payments/{payment['id']}/release", None)


def _in(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def _sign_in(client: httpx.Client, worker: str) -> None:
    token = client.post("/demo/token", json={"worker": worker}).raise_for_status().json()["access_token"]
    who = {"Authorization": f"Bearer {token}", "Newstart-Purpose": "grants_administration", "User-Agent": worker}
    client.headers.update(who)


def _get(client: httpx.Client, path: str) -> Any:
    return client.get(f"{_GRANTS}/{path}").raise_for_status().json()


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> Any:
    told = f"{path}:{client.headers['User-Agent']}:{sorted(body.items()) if body else ''}"
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:funds:{told}"))}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return client.post(f"{_GRANTS}/{path}", json=body, headers=headers).raise_for_status().json()
