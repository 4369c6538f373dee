"""The demo's ten hubs and a day at one of them, by the same doors as real ones. Again changes nothing."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import httpx

from gateway.demo.people import SIGN_INS

_LONDON = ZoneInfo("Europe/London")
_HUBS = (
    *("heath", "thames", "abbey", "becontree", "eastbury"),
    *("gascoigne", "longbridge", "marks_gate", "parsloes", "valence"),
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
_ROOMS = (("Oak", 3), ("Willow", 6))
_WORKERS = {person.slug: str(person.id) for person in SIGN_INS}


def load_hubs(gateway: str, say: Callable[[str], None]) -> None:
    """Put in the hubs and, the first time, a day at the Heath hub."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        desk = _Desk(client)
        made = sum(_hub(desk, number, code) for number, code in enumerate(_HUBS))
        if made:
            _day_at(desk, "heath")
    say(f"{len(_HUBS)} hubs are open to anybody" + (f", {made} of them new" if made else ""))


class _Desk:
    """A hub's host. Each thing made has an Idempotency-Key of its own, so that a start broken off goes on."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        token = client.post("/demo/token", json={"role": "hub_host"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "hub_running"})

    def there(self, path: str) -> bool:
        return self._client.get(f"/v1/triage/{path}").status_code == httpx.codes.OK

    def put(self, path: str, entry: Mapping[str, object]) -> None:
        self._client.put(f"/v1/triage/{path}", json=entry).raise_for_status()

    def make(self, path: str, body: Mapping[str, object], name: str = "") -> dict[str, str]:
        key = str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:{path}:{name}:{body}"))
        answer = self._client.post(f"/v1/triage/{path}", json=body, headers={"Idempotency-Key": key})
        made: dict[str, str] = answer.raise_for_status().json()
        return made


def _hub(desk: _Desk, number: int, code: str) -> bool:
    if desk.there(f"hubs/{code}"):
        return False
    name = code.replace("_", " ").title()
    week = {day: [{"opens": "09:00", "closes": "17:00"}] for day in _WEEKDAYS}
    # One is open late on Thursdays, one on Saturday mornings, and one keeps its doors open on bank holidays.
    if number == 0:
        week["thu"] = [{"opens": "09:00", "closes": "19:00"}]
    if number == 1:
        week["sat"] = [{"opens": "10:00", "closes": "13:00"}]
    holidays = [{"opens": "10:00", "closes": "14:00"}] if number == 0 else []
    hours = {"week": week, "bank_holidays": holidays}
    desk.put(f"hubs/{code}", {"name": f"{name} hub", "place": f"{number + 1} {name} Square", "hours": hours})
    for room, seats in _ROOMS:
        desk.make(f"hubs/{code}/rooms", {"name": room, "private": True, "seats": seats})
    return True


def _day_at(desk: _Desk, hub: str) -> None:
    """Who is on duty, who waits, a volunteer with a task, a food club and a network."""
    tickets: tuple[dict[str, object], ...] = (
        {"about": "housing"},
        {"about": "money", "language": "so"},
        {"about": "food_and_fuel"},
        {"about": "health", "sooner": "unwell"},
        {},
    )
    # The first tells what time it is: the demo's clock may stand anywhere.
    first, *_ = [desk.make(f"hubs/{hub}/tickets", body, str(place)) for place, body in enumerate(tickets)]
    now = datetime.fromisoformat(first["arrived_at"]).astimezone(_LONDON)
    desk.make(f"hubs/{hub}/calls", {"desk": "Table 2"})
    rota = (
        ("sade-okafor", "triage", False),
        ("bev-carter", "welcome", False),
        ("hannah-price", "duty_manager", False),
        ("farid-rahman", "triage", True),
    )
    for slug, role, standby in rota:
        body = {"worker": _WORKERS[slug], "role": role, "standby": standby, **_hours(now, 8)}
        desk.make(f"hubs/{hub}/rota", body)
    desk.make(
        "appointments",
        {
            "kind": "room_only",
            "hub": hub,
            "worker": _WORKERS["tom-abiola"],
            "starts_at": _next_opening(now).isoformat(),
            "minutes": 45,
        },
    )
    _volunteer(desk, hub, now)
    club = {"kind": "food_club", "name": "Heath food club", "about": "food", "hub": hub}
    made = desk.make("community-groups", {**club, "led_by": _WORKERS["tom-abiola"]})
    desk.make(f"community-groups/{made['id']}/meetings", {"held_on": now.date().isoformat()})
    network = {"kind": "network", "name": "Food network", "about": "food", "led_by": _WORKERS["abena-mensah"]}
    desk.make("community-groups", network)


def _volunteer(desk: _Desk, hub: str, now: datetime) -> None:
    entry = {"name": "Gloria", "worker": _WORKERS["gloria"], "roles": ["welcome", "food_club"], "languages": ["en"]}
    gloria = desk.make("volunteers", entry)
    for kind in ("references", "induction", "safeguarding_training"):
        desk.make(f"volunteers/{gloria['id']}/checks", {"kind": kind, "seen_on": now.date().isoformat()})
    here = {"volunteer_id": gloria["id"], "hub": hub, "role": "welcome", **_hours(now, 4)}
    session = desk.make("volunteer-sessions", here)
    task = {"session_id": session["id"], "first_name": "Amina", "task": "tea_and_company", "table": "Table 4"}
    desk.make("volunteer-tasks", task)


def _hours(now: datetime, length: int) -> dict[str, str]:
    return {"starts_at": now.isoformat(), "ends_at": (now + timedelta(hours=length)).isoformat()}


def _next_opening(now: datetime) -> datetime:
    """Eleven o'clock on the next weekday: the Heath hub is open then, on bank holidays too."""
    day: date = now.date() + timedelta(days=1)
    while day.weekday() >= len(_WEEKDAYS):
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 11, tzinfo=_LONDON)
