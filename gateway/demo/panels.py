"""The demo: eight hundred who put their names forward, thirty of them drawn in public, and what they are given to read.

All of it made up, alike each time, and by the doors an officer uses. Between asking for the draw and its seed lies
the quarter of an hour in which the panels to draw from are public: the demo's clock is moved over it. Again changes
nothing.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

_PANELS: Final = "/v1/grants/panels"
_NEEDS: Final = "/v1/casefile/ward-needs"
_TITLE: Final = "Neighbourhood Fund Residents' Panel"
_POOL: Final = 800
_AT_A_TIME: Final = 400
_PATIENCE_SECONDS: Final = 20.0
_SEED: Final = "07 12 23 31 44 58 bonus 09"
_WITNESS: Final = "Councillor Jo Byrne (made up)"
# Of each group: its share of the pool in per cent, and how many of thirty are wanted. The old volunteer more.
_GROUPS: Final[Mapping[str, Mapping[str, tuple[int, int, int]]]] = {
    "age": {"16-29": (11, 5, 7), "30-44": (24, 7, 9), "45-59": (29, 7, 9), "60+": (36, 7, 9)},
    "gender": {"female": (57, 14, 16), "male": (41, 13, 15), "another": (2, 0, 2)},
    "home": {"owns": (55, 13, 15), "rents from the council": (30, 8, 10), "rents privately": (15, 6, 8)},
    "part of the borough": {"north": (33, 9, 11), "middle": (40, 10, 12), "south": (27, 8, 10)},
}
_FIRST: Final = ("Ade", "Bola", "Carol", "Dinesh", "Ewa", "Femi", "Grace", "Hassan", "Irena", "Joan", "Kofi", "Lena")
_LAST: Final = ("Adeyemi", "Brown", "Choudhury", "Davies", "Evans", "Fashola", "Green", "Hussain", "Ionescu", "Jones")
_WARDS: Final = tuple(f"E050140{number}" for number in range(53, 72))
_MEASURES: Final = (("over_crowded", "Homes with too few bedrooms", "per_cent"),)


def load_panels(gateway: str, say: Callable[[str], None]) -> None:
    """Put the panel in and draw it, unless there is one. Raises httpx.HTTPStatusError if a door refuses."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as client:
        _sign_in(client, "grants_officer", "resident_panel")
        if any(each["title"] == _TITLE for each in client.get(_PANELS).raise_for_status().json()["items"]):
            return
        _sign_in(client, "analyst", "research_statistics")
        # What the demo's own front door heard, by ward; published before, in this month, it stands.
        told = client.post(_NEEDS, headers={"Idempotency-Key": str(uuid5(NAMESPACE_URL, _NEEDS))})
        if told.status_code != httpx.codes.CONFLICT:
            told.raise_for_status()
        _sign_in(client, "grants_officer", "resident_panel")
        panel = _post(client, _PANELS, _plan())
        pool = list(_volunteers())
        for first in range(0, _POOL, _AT_A_TIME):
            _post(client, f"{_PANELS}/{panel['id']}/pool", {"volunteers": pool[first : first + _AT_A_TIME]})
        client.put("/v1/grants/evidence/figures", json=_figures()).raise_for_status()
        _post(client, f"{_PANELS}/{panel['id']}/evidence", None)
        now = datetime.fromisoformat(panel["made_at"])
        asked = {
            "seed_source": "The numbers of a lottery on a day named in advance (made up for the demo)",
            "seed_from": (now + timedelta(minutes=16)).isoformat(),
        }
        draw = _post(client, f"{_PANELS}/{panel['id']}/draws", asked, version=panel["version"])
        draw = _until(client, draw, lambda found: found["state"] != "working")
        if draw["state"] != "announced":
            say(f"{_POOL} put their names forward; the draw is {draw['state']}")
            return
        _sign_in(client, "administrator", "administration")
        client.post("/demo/clock", json={"to": (now + timedelta(minutes=17)).isoformat()}).raise_for_status()
        _sign_in(client, "grants_officer", "resident_panel")
        drawn = _concluded(client, draw)
        often = draw["certificate"]["smallest_of_list"]
    if drawn is None:
        say(f"{_POOL} put their names forward; a thousand panels are published, the seed is to come")
    else:
        say(f"{_POOL} put their names forward, {len(drawn['taken'])} were drawn; all had at least {often} in 1,000")


def _plan() -> dict[str, Any]:
    quotas = [
        {"category": category, "feature": feature, "least": least, "most": most}
        for category, features in _GROUPS.items()
        for feature, (_, least, most) in features.items()
    ]
    return {
        "title": _TITLE,
        "summary": "Thirty residents who look at applications to the Neighbourhood Fund and say what to pay for.",
        "size": 30,
        "quotas": quotas,
        "reserves": 6,
        "dropout": {"usual": 0.08, "groups": [{"category": "age", "feature": "16-29", "chance": 0.2}]},
    }


def _volunteers() -> Iterator[dict[str, Any]]:
    for number in range(_POOL):
        first, last = _FIRST[_lot(number, "first", len(_FIRST))], _LAST[_lot(number, "last", len(_LAST))]
        yield {
            "name": f"{first} {last} {number + 1}",
            # Every twentieth lives with the one before; a third did not say where.
            "uprn": None if number % 3 == 2 else str(100_700_000 + number - (number % 20 == 1)),
            "features": {category: _one_of(number, category, features) for category, features in _GROUPS.items()},
        }


def _one_of(number: int, category: str, features: Mapping[str, tuple[int, int, int]]) -> str:
    place = _lot(number, category, 100)
    for feature, (share, _, _) in features.items():
        place -= share
        if place < 0:
            return feature
    return next(iter(features))


def _figures() -> dict[str, Any]:
    figures = []
    for place, ward in enumerate(_WARDS):
        for measure, title, unit in _MEASURES:
            value = _lot(place, measure, 22) if unit == "per_cent" else 4 + _lot(place, measure, 90)
            figures.append(
                {"measure": measure, "title": title, "period": "2026", "unit": unit, "ward": ward, "value": value}
                | ({"people": 3_000 + _lot(place, "people", 2_000)} if unit == "per_cent" else {})
            )
    return {"source": "Made up for the demo", "figures": figures}


def _until(client: httpx.Client, draw: Mapping[str, Any], there: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The draw once the worker has done its part, or as it stands when patience ends."""
    path, ends = f"{_PANELS}/{draw['panel_id']}/draws/{draw['id']}", time.monotonic() + _PATIENCE_SECONDS
    while True:
        found: dict[str, Any] = client.get(path).raise_for_status().json()
        if there(found) or time.monotonic() > ends:
            return found
        time.sleep(0.1)


def _concluded(client: httpx.Client, draw: Mapping[str, Any]) -> dict[str, Any] | None:
    """The seed entered, as soon as grants has heard of the later hour."""
    path, ends = f"{_PANELS}/{draw['panel_id']}/draws/{draw['id']}/result", time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < ends:
        answer = client.post(
            path, json={"seed": _SEED, "witnessed_by": _WITNESS}, headers={"If-Match": f'"{draw["version"]}"'}
        )
        if answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
            found: dict[str, Any] = answer.raise_for_status().json()
            return found
        time.sleep(0.1)
    return None


def _lot(number: int, what: str, of: int) -> int:
    """The same for the same question, and no pattern between them."""
    return int.from_bytes(hashlib.sha256(f"{number}:{what}".encode()).digest()[:8], "big") % of


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(
    client: httpx.Client, path: str, body: Mapping[str, Any] | None, *, version: int | None = None
) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:panels:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer: dict[str, Any] = client.post(path, json=body, headers=headers).raise_for_status().json()
    return answer
