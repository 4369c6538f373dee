"""The demo: temporary homes, who stays in them, people on the street, and what the quarterly return says of it.

Places the households of the demo's homelessness cases by the doors an officer uses: a pregnant mother and her child in
bed and breakfast for two nights, and a family who went from a refuge to a leased home. Again changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

_HOUSING = "/v1/housing"
_HOMES: tuple[Mapping[str, Any], ...] = (
    *(
        {"reference": f"Crown hotel {room}", "kind": "bed_and_breakfast", "self_contained": False, "sleeps": 3,
         "shares": ["cooking"], "managed_by": "private", "nightly_cost_pence": 9_200}
        for room in (4, 7, 11)
    ),
    *(
        {"reference": f"Station Parade {flat}", "kind": "nightly_paid", "self_contained": True, "sleeps": 4,
         "managed_by": "private", "nightly_cost_pence": 7_850, "council": "E09000026"}
        for flat in ("A", "B")
    ),
    *(
        {"reference": f"Brocklebank Lodge {room}", "kind": "hostel", "self_contained": False, "sleeps": 4,
         "shares": ["washing", "cooking"], "managed_by": "council", "nightly_cost_pence": 3_400,
         "paid_when_empty": True, "step_free": True}
        for room in (2, 3, 9)
    ),
    {"reference": "Refuge R1", "kind": "hostel", "self_contained": False, "shares": ["cooking"], "sleeps": 5,
     "managed_by": "voluntary", "refuge": True, "nightly_cost_pence": 5_100, "address": "PO box, made up"},
    *(
        {"reference": f"Leased {street}", "kind": "leased", "self_contained": True, "sleeps": 5, "bedrooms": 2,
         "managed_by": "registered_provider", "nightly_cost_pence": 4_300, "paid_when_empty": True}
        for street in ("12 Axe Street", "40 Porters Avenue", "7 Lodge Lane", "91 Heathway")
    ),
    {"reference": "Council home 3 Gale Street", "kind": "social_stock", "self_contained": True, "sleeps": 4,
     "bedrooms": 2, "managed_by": "council", "nightly_cost_pence": 1_950, "paid_when_empty": True},
)  # fmt: skip
_LOOKED_FOR = "Rang the four leased homes, two nightly lets and East Ham: nothing tonight for a mother and a child"
_BEDS: tuple[Mapping[str, Any], ...] = (
    {"title": "Heath church hall", "places": 6, "dogs": True, "how_to_get_in": "Side door, from half past eight"},
    {"title": "Women's room", "places": 2, "for_whom": "women", "how_to_get_in": "Ring the bell, all night"},
    {"title": "Leisure centre (severe weather)", "places": 20, "severe_weather_only": True, "dogs": True,
     "step_free": True, "how_to_get_in": "Main door, from nine"},
)  # fmt: skip


def load_placements(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "housing_officer")
        if _items(client, "temporary-homes?limit=1"):
            return
        today = _today(client)
        homes = {each["reference"]: _home(client, each, today) for each in _HOMES}
        placed = _place(client, homes)
        _say_what_was_done(client)
        _street(client, today)
        returned = _read(client, f"returns/h-clic/summary?quarter={_quarter(today)}")
    say(
        f"{len(homes)} temporary homes, {placed} households in them; people on the street, beds for tonight; "
        f"H-CLIC {returned['quarter']}: {returned['included']} cases in, {returned['errors']} errors"
    )


def _home(client: httpx.Client, said: Mapping[str, Any], today: date) -> str:
    body = {"address": f"{said['reference']} (made up)", "since": (today - timedelta(days=400)).isoformat(), **said}
    return str(_post(client, "temporary-homes", body)["id"])


def _place(client: httpx.Client, homes: Mapping[str, str]) -> int:
    """Families in relief or owed the main duty; who was in a refuge goes to a leased home once that duty began."""
    placed = 0
    for line in _items(client, "homelessness-cases?open=true&limit=100"):
        if not line["family"] or line["position"] not in ("relief", "main") or line["household_id"] is None:
            continue
        case = _read(client, f"homelessness-cases/{line['id']}")
        children = sum(each["role"] == "child" for each in case["members"])
        duties = {each["duty"]: each for each in case["duties"]}
        stay = {
            "household_id": case["household_id"],
            "person_id": case["person_id"],
            "person_ids": [each["person_id"] for each in case["members"] if each["person_id"]],
            "case_id": case["id"],
            "duty": "interim_188",
            "entered_on": case["made_on"],
            "children": children,
            "pregnant": any(each["pregnant"] for each in case["members"]),
            "agreed_by_parent": True,
        }
        fled = (case["assessment"] or {}).get("accommodation_now") == "refuge"
        if fled:
            first = _post(client, "placements", {**stay, "home_id": homes["Refuge R1"]})
            began = date.fromisoformat(duties["relief"]["last_day"]) + timedelta(days=1)
            to = {"home_id": homes["Leased 7 Lodge Lane"], "moved_on": began.isoformat(), "duty": "main_193"}
            _post(client, f"placements/{first['id']}/moves", to, version=first["version"])
        else:
            hotel = homes[f"Crown hotel {(4, 7, 11)[placed % 3]}"]
            _post(client, "placements", {**stay, "home_id": hotel, "nothing_else": _LOOKED_FOR})
        placed += 1
    return placed


def _say_what_was_done(client: httpx.Client) -> None:
    """What the return's checks ask for: of every open case with a duty, what was done about it."""
    for line in _items(client, "homelessness-cases?open=true&limit=100"):
        case = f"homelessness-cases/{line['id']}"
        if line["position"] in ("referral", "approach") or _items(client, f"{case}/activities?limit=1"):
            continue
        body = {"kind": "housing_related_support", "started_on": line["made_on"]}
        _post(client, f"{case}/activities", body)


def _street(client: httpx.Client, today: date) -> None:
    evening = f"{(today - timedelta(days=1)).isoformat()}T22:40:00Z"
    since = {"since": (today - timedelta(days=60)).isoformat()}
    beds = [_post(client, "night-beds", {**since, **each})["id"] for each in _BEDS]
    seen = {"seen_at": evening, "told_by": "public", "ward": "heath", "place": "Behind the library, by the bins"}
    first = _post(client, "sightings", {**seen, "people": 2, "signs": ["tent", "dog"]})
    _post(client, "sightings", {**seen, "place": "Station subway", "signs": ["asleep"], "told_by": "police"})
    look = {"outcome": "found", "new_people": 2}
    found = _post(client, f"sightings/{first['id']}/looks", look, version=first["version"])["found"]
    held = _post(client, f"night-beds/{beds[0]}/offers", {"stay_id": found[0]})
    _post(client, f"night-beds/{beds[0]}/offers/{held['id']}/answers", {"state": "taken"})
    night = (today - timedelta(days=1)).isoformat()
    wards = [{"ward": "heath", "found": 2}, {"ward": "thames", "found": 1}]
    count = {"night": night, "method": "count", "found": 3, "women": 1, "wards": wards}
    made = _post(client, "night-counts", count)
    _sign_in(client, "manager")
    _post(client, f"night-counts/{made['id']}/verifications", None, version=made["version"])


def _today(client: httpx.Client) -> date:
    return date.fromisoformat(_read(client, "placements/dashboard")["days"][0]["day"])


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _sign_in(client: httpx.Client, role: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "homelessness"})


def _read(client: httpx.Client, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"{_HOUSING}/{path}").raise_for_status().json()
    return answer


def _items(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _read(client, path)["items"]
    return found


def _post(client: httpx.Client, path: str, body: Any, *, version: int | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:placements:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    sent = (
        client.post(f"{_HOUSING}/{path}", json=body, headers=headers)
        if body is not None
        else client.post(f"{_HOUSING}/{path}", headers=headers)
    )
    answer: dict[str, Any] = sent.raise_for_status().json()
    return answer
