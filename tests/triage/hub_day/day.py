"""What happens at a hub, in a test's words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from kit import clock
from kit.clock import LONDON
from kit.store.timers import Timers
from kit.testing.databases import ServiceDatabase
from tests.triage.desk import Desk, know, problem

FRIDAY = datetime(2026, 12, 4, 10, 0, tzinfo=LONDON)
HUBS = "/v1/triage/hubs"
APPOINTMENTS = "/v1/triage/appointments"
WEEK = {day: [{"opens": "09:00", "closes": "17:00"}] for day in ("mon", "tue", "wed", "thu", "fri")}


@dataclass(frozen=True)
class Day:
    """The officer's desk, a host beside it, the database behind it, and the alarms."""

    desk: Desk
    store: ServiceDatabase
    timers: Timers

    @property
    def host(self) -> Desk:
        return self.desk.other(worker="host-1", role="hub_host", purpose="hub_running")

    @property
    def manager(self) -> Desk:
        return self.desk.other(worker="manager-1", role="manager", purpose="supervision")

    def at(self, moment: datetime) -> None:
        """It is that time. In the row as well, which every process follows."""
        seconds = round((moment - clock.now()).total_seconds())
        self.store.execute("delete from business_clock")
        self.store.execute(
            "insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)", [UUID(int=7), seconds]
        )
        clock.set_offset(timedelta(seconds=seconds))

    async def until(self, moment: datetime) -> int:
        """It gets that late; how many alarms fired, of those that were not due already."""
        await self.due()
        self.at(moment)
        return await self.due()

    async def due(self) -> int:
        """What is due by now is done; how much that was."""
        fired = 0
        while await self.timers.fire_one():
            fired += 1
        return fired


async def put(who: Desk, path: str, body: Any, *, if_match: str | None = None) -> httpx.Response:
    return await who.send("PUT", path, json.dumps(body).encode(), content_type="application/json", if_match=if_match)


async def step(who: Desk, path: str, body: Any, version: int) -> httpx.Response:
    """A change of something that exists."""
    return await who.post(path, body, if_match=f'"{version}"')


async def put_hub(day: Day, code: str, **changes: Any) -> None:
    entry = {"name": code.title(), "place": "1 High Road", "hours": {"week": WEEK}, "minutes_each": 12} | changes
    answer = await put(day.host, f"{HUBS}/{code}", entry)
    assert answer.status_code == 201, answer.text


async def add_room(day: Day, code: str = "heath", name: str = "Oak", private: bool = True) -> str:
    answer = await day.host.post(f"{HUBS}/{code}/rooms", {"name": name, "private": private})
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


def shift(worker: str, role: str = "triage", hours: tuple[int, int] = (9, 17), **more: Any) -> dict[str, Any]:
    starts, ends = (FRIDAY.replace(hour=hour).isoformat() for hour in hours)
    return {"worker": worker, "role": role, "starts_at": starts, "ends_at": ends} | more


async def on_the_rota(day: Day, worker: str, role: str = "triage", code: str = "heath", **more: Any) -> dict[str, Any]:
    answer = await day.host.post(f"{HUBS}/{code}/rota", shift(worker, role, **more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def appointment(person: UUID | None, at: datetime, worker: str = "tom", **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": "at_hub", "hub": "heath", "worker": worker, "starts_at": at.isoformat()}
    return body | ({"person_id": str(person)} if person else {}) | more


async def booked(day: Day, body: dict[str, Any]) -> dict[str, Any]:
    answer = await day.desk.post(APPOINTMENTS, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def separate(store: ServiceDatabase, her: UUID, him: UUID, *, barred: Sequence[str] = ()) -> None:
    """As casefile's events tell it: under both; his own sign-in and whoever helps him are barred from her."""
    know(store, her, barred=[*barred, str(him)])
    know(store, him)
    for person, apart in ((her, him), (him, her)):
        store.execute("update known_person set separated_from = %s where id = %s", [[apart], person])


__all__ = ["APPOINTMENTS", "FRIDAY", "HUBS", "Day", "appointment", "booked", "problem", "separate"]
