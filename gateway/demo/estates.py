"""The demo's rents, decants and schemes, by their own doors: the programme, 24 homes to 64, who returns, the nurse.

Again changes nothing: a programme that stands is left, and what hangs on the example was put in with it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

from gateway.demo.estates_programme import EXAMPLE, finished_homes, programme

_HOUSING: Final = "/v1/housing"
_Known = Mapping[str, str]
"""Somebody's ids: the person's, and their household's if it was told."""
_PEOPLE: Final[tuple[tuple[str, str, str, str], ...]] = (
    # given, family, born, telephone: all made up
    ("Edith", "Marlow", "1951-02-11", "07700 900601"),
    ("Tunde", "Alabi", "1979-09-30", "07700 900602"),
    ("Rosa", "Fonseca", "1988-04-02", "07700 900603"),
    ("Harold", "Beckett", "1947-12-19", "07700 900604"),
)
_NURSE: Final = ("Comfort", "Asamoah", "1993-06-17", "07700 900605")
"""A nurse on the London living wage: £14.80 an hour, 37.5 hours a week, £2,405 a month before tax."""


def load_estates(gateway: str, say: Callable[[str], None]) -> None:
    """Put them in, unless they are there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as client:
        today = _business_day(client)
        _sign_in(client, "housing_officer", "regeneration")
        if client.get(f"{_HOUSING}/schemes?limit=1").raise_for_status().json()["items"]:
            return
        loaded = _post(client, "programme", {"schemes": programme(today)})
        scheme = str(loaded["made"][EXAMPLE])
        people = _registered(client)
        _sign_in(client, "housing_officer", "regeneration")
        _decants(client, scheme, people, today)
        handover = _handed_over(client, scheme, today)
        _scenarios(client, scheme)
        _sign_in(client, "manager", "regeneration")
        gate = {"milestone": "handover", "phase": 1, "reached_on": today.isoformat()}
        version = client.get(f"{_HOUSING}/schemes/{scheme}").raise_for_status().json()["version"]
        _post(client, f"schemes/{scheme}/gateways", gate, version=version)
        _sign_in(client, "housing_officer", "rents")
        words = _nurses_rent(client, handover, people["Comfort"], today)
    say(f"{len(loaded['made'])} schemes; Linnet Court: 24 homes became 64, four households wait to return; {words}")


def _business_day(client: httpx.Client) -> date:
    _sign_in(client, "triage_officer", "front_door")
    now = client.get("/v1/triage/queue/counts").raise_for_status().json()["as_of"]
    return datetime.fromisoformat(now).date()


def _registered(client: httpx.Client) -> dict[str, _Known]:
    """The neighbours and the nurse, by given name: found by telephone, else registered."""
    _sign_in(client, "universal_worker", "universal_support")
    return {person[0]: _who(client, *person) for person in (*_PEOPLE, _NURSE)}


def _who(client: httpx.Client, given: str, family: str, born: str, phone: str) -> _Known:
    asked = {"name": f"{given} {family}", "phone": phone, "limit": 5}
    found = client.post("/v1/casefile/people/search", json=asked).raise_for_status().json()["people"]
    for each in found:
        if each["unmasked"]:
            return {"person_id": each["person_id"]}
    made = {
        "names": [{"given": given, "family": family}],
        "date_of_birth": born,
        "contacts": [{"kind": "phone", "value": phone}],
        "confirmed_new": True,
    }
    key = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:estates:{phone}"))}
    answer = client.post("/v1/casefile/people", json=made, headers=key).raise_for_status().json()
    # Told along: housing may not have heard of their household yet.
    return {"person_id": answer["id"], "household_id": answer["household_id"]}


def _decants(client: httpx.Client, scheme: str, people: Mapping[str, _Known], today: date) -> None:
    sizes = (1, 2, 2, 1)
    for (given, *_), bedrooms in zip(_PEOPLE, sizes, strict=True):
        body = {
            "scheme_id": scheme,
            **people[given],
            "tenure": "secure",
            "move": "permanent",
            "bedrooms_lost": bedrooms,
            "bedrooms_needed": bedrooms,
            "wheelchair": given == "Harold",
            "lived_since": "2009-03-02",
            "consulted_on": (today - timedelta(days=900)).isoformat(),
            "right_until": (today + timedelta(days=365)).isoformat(),
        }
        made = _post(client, "decants", body)
        step = {"kind": "moved", "on": today.isoformat()}
        _post(client, f"decants/{made['id']}/steps", step, version=made["version"])


def _handed_over(client: httpx.Client, scheme: str, today: date) -> list[str]:
    version = client.get(f"{_HOUSING}/schemes/{scheme}").raise_for_status().json()["version"]
    body = {"phase": 1, "handed_over_on": today.isoformat(), "homes": finished_homes(today)}
    answer = _post(client, f"schemes/{scheme}/handovers", body, version=version)
    return [str(each) for each in answer["home_ids"]]


def _scenarios(client: httpx.Client, scheme: str) -> None:
    mix = client.get(f"{_HOUSING}/schemes/{scheme}").raise_for_status().json()["mix"]
    council = [
        {**line, "tenure": "social", "rent_week_pence": 125_00, "value_pence": 0, "grant_pence": 150_000_00}
        for line in mix
        if line["tenure"] == "shared_ownership"
    ]
    kept = [line for line in mix if line["tenure"] == "market_80"]
    social = {line["bedrooms"]: line["homes"] for line in mix if line["tenure"] == "social"}
    for line in council:
        line["homes"] += social.pop(line["bedrooms"], 0)
    rest = [line for line in mix if line["tenure"] == "social" and line["bedrooms"] in social]
    for name, change in (
        ("All but the shares of market at council rent", {"mix": [*kept, *council, *rest]}),
        ("A year later", {"delay_months": 12}),
    ):
        _post(client, f"schemes/{scheme}/scenarios", {"name": name, "change": change})


def _nurses_rent(client: httpx.Client, home_ids: list[str], nurse: _Known, today: date) -> str:
    """Her rent for a one-bedroom home let at up to 80% of market: proposed from three payslips, set by nobody yet."""
    body = {
        # After twenty council-equivalent homes come those let at a share of market.
        "home_id": home_ids[20],
        **nurse,
        "tenancy": "assured_market_linked",
        "household": {"lha_size": "1"},
        "evidence": [
            {
                "kind": "payslip",
                "income": "earnings",
                "every": "month",
                "gross_pence": 2405_00,
                "net_pence": 2024_90,
                "dated": (today - timedelta(days=5 + 30 * month)).isoformat(),
            }
            for month in range(3)
        ],
    }
    found = _post(client, "rents", body)
    return f"a nurse's rent proposed: {str(found['proposed']).replace('market_', '')}% of market"


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Mapping[str, Any], *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:estates:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = (
        client.post(f"{_HOUSING}/{path}", json=dict(body), headers=headers).raise_for_status().json()
    )
    return answer
