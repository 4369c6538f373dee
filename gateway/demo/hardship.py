"""The demo: hardship payments for Kelly Pike, projects with a fixer and a blocker, a commission beside its load.

By the doors everybody uses. Again changes nothing: whom a payment was made to is left alone.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import NHS, PARTNER, SIGN_INS, VOLUNTARY

_GRANTS: Final = "/v1/grants"
_KELLY: Mapping[str, Any] = {
    "names": [{"given": "Kelly", "family": "Pike"}],
    "date_of_birth": "1988-06-21",
    "contacts": [{"kind": "phone", "value": "07700 900318"}],
}
_REQUESTS: Final = (
    {"need": "fuel", "shock": "unexpected_bill", "words": "The meter ran out.", "amount_pence": 49_00},
    {"need": "furniture_or_appliance", "shock": "new_home", "words": "No cooker, no beds.", "amount_pence": 410_00},
)
_CASH: Final = {"way": "cash_code"}


def load_hardship(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    people = {person.slug: str(person.id) for person in SIGN_INS}
    with httpx.Client(base_url=gateway, timeout=20, trust_env=False) as client:
        _sign_in(client, "universal_worker", "debt_advice")
        kelly = _who(client)
        _sign_in(client, "universal_worker", "hardship")
        path = f"{_GRANTS}/hardship-payments"
        if client.get(path, params={"person_id": kelly}).raise_for_status().json()["items"]:
            return
        asked = [_post(client, "hardship-payments", {"person_id": kelly, "payee": _CASH, **each}) for each in _REQUESTS]
        today = datetime.fromisoformat(asked[0]["asked_at"]).date()
        _fund(client, today)
        _sign_in(client, "manager", "supervision")
        training = {"trained_on": (today - timedelta(days=60)).isoformat(), "until": _in(today, 300)}
        for slug in ("tom-abiola", "ewa-nowak", "hannah-price"):
            client.put(f"{_GRANTS}/desk-training/{people[slug]}", json=training).raise_for_status()
        _sign_in(client, "universal_worker", "hardship")
        for each in asked:
            paid = f"hardship-payments/{each['id']}/payment"
            _post(client, paid, {"advice": "benefit_check"}, version=each["version"])
        _sign_in(client, "grants_officer", "grants_administration")
        _projects(client, people["ines-carvalho"], today)
        _commission(client, today)
    say("A hardship payment at the desk and one that waits for a second officer; projects; a commission")


def _fund(client: httpx.Client, today: date) -> None:
    _sign_in(client, "manager", "grants_administration")
    funds = client.get(f"{_GRANTS}/funds").raise_for_status().json()["items"]
    if any(each["code"] == "hardship" for each in funds):
        return
    made = _post(client, "funds", {"code": "hardship", "name": "Crisis and Resilience Fund", "kind": "hardship"})
    money = {
        "pence": 50_000_000,
        "source": "Department for Work and Pensions",
        "reference": "CRF-2026",
        "received_on": today.isoformat(),
    }
    _post(client, f"funds/{made['id']}/receipts", money)


def _projects(client: httpx.Client, fixer: str, today: date) -> None:
    for title, summary, came in (
        ("Sewing together", "Bring what is torn; somebody knows how.", (14, 18, 23)),
        ("Open kitchen", "We cook what the gardens gave.", (31, 28, 36)),
    ):
        made = _post(client, "projects", {"title": title, "summary": summary, "fixer": fixer})
        path = f"projects/{made['id']}"
        _post(client, f"{path}/state", {"state": "running"}, version=made["version"])
        for weeks, people in enumerate(came, start=1):
            session = {"held_on": (today - timedelta(weeks=weeks)).isoformat(), "place": "The hall"}
            held = _post(client, f"{path}/sessions", session)
            counted = {"people": people, "first_time": people // 3, "children": people // 4}
            _post(client, f"project-sessions/{held['id']}/count", counted, version=held["version"])
        _post(client, f"{path}/blockers", {"kind": "keys", "words": f"{title}: nobody has the keys on Sundays."})
    business = {"name": "The mending shop", "jobs": 2, "started_on": (today - timedelta(days=90)).isoformat()}
    _post(client, "community-businesses", business)


def _commission(client: httpx.Client, today: date) -> None:
    year = today.year if today.month >= 4 else today.year - 1
    body = {
        "title": "Debt advice in three hubs",
        "words": "Two small organisations together.",
        "years": [{"year": year + each, "pence": 6_000_000} for each in range(3)],
        "members": [{"organisation_id": VOLUNTARY, "percent": 60}, {"organisation_id": PARTNER, "percent": 40}],
    }
    made = _post(client, "commissions", body)
    forum = {"words": "They are known and trusted.", "on": today.isoformat()}
    _post(client, f"commissions/{made['id']}/recommendation", forum, version=made["version"])
    month = today.strftime("%Y-%m")
    loads = [
        {"organisation_id": each, "month": month, "referrals": referrals}
        for each, referrals in ((VOLUNTARY, 64), (PARTNER, 31), (NHS, 12))
    ]
    client.put(f"{_GRANTS}/commissions/loads", json={"loads": loads}).raise_for_status()


def _in(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def _who(client: httpx.Client) -> str:
    """Kelly: found by name and telephone, else registered."""
    (name,), (phone,) = _KELLY["names"], _KELLY["contacts"]
    asked = {"name": f"{name['given']} {name['family']}", "phone": phone["value"], "limit": 5}
    found = client.post("/v1/casefile/people/search", json=asked).raise_for_status().json()["people"]
    # Unmasked is who has the telephone too: a namesake of the borough is left alone.
    for each in found:
        if each["unmasked"]:
            return str(each["person_id"])
    made = {**_KELLY, "confirmed_new": True}
    key = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, "urn:newstart:demo:hardship:kelly"))}
    return str(client.post("/v1/casefile/people", json=made, headers=key).raise_for_status().json()["id"])


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    client.headers.pop("Authorization", None)
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:hardship:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = client.post(f"{_GRANTS}/{path}", json=body, headers=headers).raise_for_status().json()
    return answer
