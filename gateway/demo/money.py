"""A little money work for the demo, by its own doors: who may advise on debt, Kelly's debts, her statement, a claim.

Kelly Pike's, by her account manager. Again changes nothing: what is there already is left as it is. Nobody is put into
Breathing Space: the day in December on which that happens is for whoever shows the demo.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.people import COUNCIL

_MONEY = "/v1/casefile/money"
_KELLY: Mapping[str, Any] = {
    "names": [{"given": "Kelly", "family": "Pike"}],
    "date_of_birth": "1988-06-21",
    "contacts": [{"kind": "phone", "value": "07700 900318"}],
}
_COUNCIL: Mapping[str, Any] = {
    "basis": "exempt_local_authority",
    "exemption": "FSMA 2000 (Exemption) Order 2001: a London borough council",
    "since": "2014-04-01",
}
# Pence; what comes in each month, then what goes out.
_LINES: tuple[tuple[str, str, int, str], ...] = (
    ("earnings", "salary", 1_213_00, "month"),
    ("benefits", "universal_credit", 511_78, "month"),
    ("benefits", "child_benefit", 108_20, "four_weeks"),
    ("home_and_contents", "rent", 265_00, "week"),
    ("home_and_contents", "council_tax", 136_00, "month"),
    ("utilities", "gas", 58_00, "month"),
    ("utilities", "electricity", 64_00, "month"),
    ("utilities", "water", 102_00, "quarter"),
    ("transport_and_travel", "public_transport", 92_00, "month"),
    ("communications_and_leisure", "mobile_phone", 24_00, "month"),
    ("food_and_housekeeping", "groceries", 92_00, "week"),
    ("personal", "clothing_and_footwear", 56_50, "month"),
)
_DEBTS: tuple[Mapping[str, Any], ...] = (
    {"kind": "rent_private", "owed_pence": 1_148_33, "creditor": "The landlord", "stage": "letter"},
    {"kind": "store_card_or_catalogue", "owed_pence": 864_20, "creditor": "A catalogue", "stage": "default_notice"},
    {"kind": "high_cost_credit", "owed_pence": 430_00, "creditor": "A doorstep lender"},
)


def load_register(gateway: str, say: Callable[[str], None]) -> None:
    """The council stands in the register of bodies that may advise on debt. Raises httpx.HTTPStatusError."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "administrator", "administration")
        path = f"{_MONEY}/debt-bodies/{COUNCIL}"
        if client.get(path).status_code != httpx.codes.OK:
            client.put(path, json=dict(_COUNCIL)).raise_for_status()
            say("The council may advise on debt: its exemption is in the register")


def load_money(gateway: str, say: Callable[[str], None]) -> None:
    """Put Kelly's money in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    load_register(gateway, say)
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "universal_worker", "debt_advice")
        kelly = _who(client)
        if client.get(f"{_MONEY}/debts", params={"person_id": kelly}).raise_for_status().json()["items"]:
            return
        debts = [_post(client, "debts", {"person_id": kelly, **each}) for each in _DEBTS]
        lines = [
            {"category": category, "item": item, "amount_pence": pence, "every": every}
            for category, item, pence, every in _LINES
        ]
        drafted = _post(client, "statements", {"person_id": kelly, "lines": lines})
        path = f"statements/{drafted['id']}/agreement"
        agreed = _post(client, path, {}, version=drafted["version"])
        today = date.fromisoformat(agreed["agreed_on"])
        _post(client, "support-plans", _plan(kelly, debts[0]["id"], today))
        check = _post(client, "benefit-checks", {"person_id": kelly, "circumstances": _circumstances()})
        _post(client, "claims", {"person_id": kelly, "benefit": "council_tax_reduction", "check_id": check["id"]})
    say(f"Kelly Pike's money: {len(debts)} debts, {agreed['words']} a month, a plan for her rent, a claim")


def _plan(kelly: str, rent: str, today: date) -> dict[str, Any]:
    return {
        "person_id": kelly,
        "about": "rent",
        "debt_ids": [rent],
        "steps": [
            {"what": "Pay this week's rent first", "whose": "theirs", "due_on": _in(today, 4)},
            {"what": "Ask the landlord for four weeks", "whose": "ours", "due_on": _in(today, 2)},
        ],
        "review_on": _in(today, 28),
    }


def _circumstances() -> dict[str, Any]:
    """A private rent whose market area has no table loaded: the estimate says so."""
    return {
        "adults": [{"age": 38, "earnings_pence": 1_213_00}],
        "children": [{"born": "2019-03-02", "sex": "f"}],
        "home": {
            "tenure": "private_rent",
            "rent_pence": 265_00,
            "every": "week",
            "lha_area": "outer_north_east_london",
        },
        "council_tax_year_pence": 1_360_00,
        "council": "E09000002",
        "gets": {"universal_credit": 511_78, "child_benefit": 117_22},
    }


def _in(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


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
    key = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, "urn:newstart:demo:money:kelly"))}
    return str(client.post("/v1/casefile/people", json=made, headers=key).raise_for_status().json()["id"])


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:money:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = client.post(f"{_MONEY}/{path}", json=body, headers=headers).raise_for_status().json()
    return answer
