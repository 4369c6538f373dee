"""The ward index and measures in the demo: wards with tiles and open figures, the index of each year, unit costs and a
baseline that say they are for show, and the last quarters closed by name.

By the doors everybody uses. Again changes nothing: a published year and a closed quarter are left alone.
"""

import csv
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

from kit.clock import LONDON

_BOROUGH: Final = Path(__file__).parents[2] / "demo" / "borough"
_RISK: Final = "/v1/risk"
_SHOWN: Final = "Made up for the demo: no published figure"
_COSTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "temporary_home_quarter": {
        "measure": "temporary_accommodation",
        "title": "A quarter in temporary accommodation",
        "low_pence": 250_000, "central_pence": 400_000, "high_pence": 600_000,
        "cash": "cashable", "falls_on": "The council, housing",
    },
    "assessment": {
        "measure": "assessments_avoided",
        "title": "An assessment that was not made again",
        "low_pence": 12_000, "central_pence": 20_000, "high_pence": 32_000,
        "cash": "avoided", "falls_on": "The council, staff time",
    },
    "home_kept": {
        "measure": "homes_kept",
        "title": "An eviction that did not happen",
        "low_pence": 150_000, "central_pence": 280_000, "high_pence": 500_000,
        "cash": "avoided", "falls_on": "The council and landlords",
    },
}  # fmt: skip
_BASELINES: Final = {"temporary_accommodation": 60, "assessments_avoided": 0, "homes_kept": 0}


def load_insight(gateway: str, say: Callable[[str], None]) -> None:
    """Put in what is missing. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=60, trust_env=False) as client:
        today = _today(client)
        _sign_in(client, "analyst", "research_statistics")
        years = _index(client, today.year)
        quarters = _quarters(client, today)
    say(f"The ward index of {', '.join(map(str, years)) or 'no year'}; {quarters} quarters closed for the board")


def _index(client: httpx.Client, this_year: int) -> list[int]:
    areas = [
        {
            "code": row["ward"], "name": row["name"], "kind": "ward",
            "column": int(row["column"]), "row": int(row["row"]),
        }
        for row in _rows("tiles.csv")
    ]  # fmt: skip
    client.put(f"{_RISK}/index/areas", json={"areas": areas}).raise_for_status()
    told: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in _rows("wards.csv"):
        value = {"indicator": row["indicator"], "area": row["ward"], "year": int(row["year"])}
        told.setdefault((row["source"], row["licence"], row["dated"]), []).append({**value, "value": row["value"]})
    for (source, licence, dated), values in told.items():
        body = {"source": source, "licence": licence, "dated": dated, "values": values}
        client.put(f"{_RISK}/index/values", json=body).raise_for_status()
    editions = client.get(f"{_RISK}/index/editions").raise_for_status().json()["items"]
    there = {each["year"] for each in editions if each["state"] == "published"}
    # The newest first: by it the weights are learned, for it is the year of which most is known.
    wanted = [year for year in range(this_year, 2021, -1) if year not in there]
    for year in wanted:
        _sign_in(client, "analyst", "research_statistics")
        made = _post(client, f"{_RISK}/index/editions", {"year": year})
        _sign_in(client, "manager", "research_statistics")
        path = f"{_RISK}/index/editions/{made['id']}/publication"
        _post(client, path, None, version=made["version"])
    return sorted(there | set(wanted))


def _quarters(client: httpx.Client, today: date) -> int:
    _sign_in(client, "analyst", "research_statistics")
    for code, cost in _COSTS.items():
        body = {**cost, "dated": f"{today.year - 1}-04-01", "source": _SHOWN}
        # One that is there already asks for the version that was read: it is left as it stands.
        answer = client.put(f"{_RISK}/measures/costs/{code}", json=body)
        if answer.status_code != httpx.codes.PRECONDITION_REQUIRED:
            answer.raise_for_status()
    closed = {each["quarter"] for each in client.get(f"{_RISK}/packs").raise_for_status().json()["items"]}
    wanted = [each for each in _last_quarters(today, 4) if each.isoformat() not in closed]
    for first_day in wanted:
        _sign_in(client, "analyst", "research_statistics")
        for measure, count in _BASELINES.items():
            path = f"{_RISK}/measures/baselines/{first_day}/{measure}"
            answer = client.put(path, json={"count": count, "source": _SHOWN})
            if answer.status_code != httpx.codes.PRECONDITION_REQUIRED:
                answer.raise_for_status()
        _sign_in(client, "manager", "oversight")
        _post(client, f"{_RISK}/packs", {"quarter": first_day.isoformat(), "closed_as": "Hannah Price"})
    return len(closed) + len(wanted)


def _last_quarters(today: date, how_many: int) -> list[date]:
    """The first days of the last quarters that are over, the oldest first."""
    at = today.year * 4 + (today.month - 1) // 3
    return [date(each // 4, each % 4 * 3 + 1, 1) for each in range(at - how_many, at)]


def _today(client: httpx.Client) -> date:
    """The platform's business date, which the demo may have moved."""
    _sign_in(client, "manager", "supervision")
    told = client.get("/v1/triage/queue/counts").raise_for_status().json()
    return datetime.fromisoformat(told["as_of"]).astimezone(LONDON).date()


def _rows(name: str) -> list[dict[str, str]]:
    with (_BOROUGH / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    client.headers.pop("Authorization", None)
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:insight:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = client.post(path, json=body, headers=headers).raise_for_status().json()
    return answer
