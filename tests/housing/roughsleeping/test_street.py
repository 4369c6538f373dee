"""A night on the street through the doors: seen without a name, looked for, a bed, severe weather, the count."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.housing.doors import Housing
from tests.service_doors import MANAGER

FRIDAY = date(2026, 12, 4)
STREET: dict[str, Any] = {"purpose": "homelessness"}
SEEN = {
    "seen_at": "2026-12-04T22:10:00Z",
    "told_by": "public",
    "ward": "heath",
    "place": "Behind the library, by the bins",
    "people": 2,
    "signs": ["tent"],
}
BEDS = {"title": "Hall", "places": 1, "dogs": True, "since": "2026-11-01", "how_to_get_in": "Side door, from nine"}


async def test_seen_looked_for_and_a_bed_tonight(housing: Housing) -> None:
    housing.on(FRIDAY, time(22, 30))
    with_name = {**SEEN, "name": "Old Tom"}
    assert (await housing("POST", "/sightings", with_name, **STREET)).status_code == 422
    seen = await housing.good("POST", "/sightings", SEEN, **STREET)
    assert seen["look_by"] == "2026-12-05T06:00:00Z"
    bed = await housing.good("POST", "/night-beds", {**BEDS, "severe_weather_only": True}, **STREET)
    declared = {"cause": "cold", "forecast": "Met Office: minus two"}
    weather = await housing.good("POST", "/severe-weather", declared, **MANAGER)
    assert (await housing("POST", "/severe-weather", declared, **MANAGER)).status_code == 409
    (waiting,) = (await housing.good("GET", "/sightings?state=waiting", **STREET))["items"]
    sooner = datetime.fromisoformat(waiting["look_by"]) - datetime(2026, 12, 5, 1, 30, tzinfo=UTC)
    assert abs(sooner) < timedelta(minutes=2)

    look = {"outcome": "found", "new_people": 2}
    looked = await housing.good("POST", f"/sightings/{seen['id']}/looks", look, version=1, **STREET)
    first, second = looked["found"]
    assert (await housing("POST", f"/sightings/{seen['id']}/looks", look, version=2, **STREET)).status_code == 409
    (free,) = (await housing.good("GET", "/night-beds?free=true&dog=true", **STREET))["items"]
    assert (free["free"], free["night"]) == (1, "2026-12-04")
    offers = f"/night-beds/{bed['id']}/offers"
    held = await housing.good("POST", offers, {"stay_id": first}, **STREET)
    full = await housing.refused(409, "POST", offers, {"stay_id": second}, **STREET)
    assert full["state"] == "full"
    refused = {"state": "refused", "why": "They would not take her dog"}
    await housing.good("POST", f"{offers}/{held['id']}/answers", refused, **STREET)
    taken = await housing.good("POST", offers, {"stay_id": second}, **STREET)
    await housing.good("POST", f"{offers}/{taken['id']}/answers", {"state": "taken"}, **STREET)
    ended = f"/severe-weather/{weather['id']}/ends"
    assert (await housing.good("POST", ended, version=1, **MANAGER))["ended_by"] == "manager-1"

    count = {"night": "2026-12-04", "method": "count", "found": 2, "wards": [{"ward": "heath", "found": 2}]}
    made = await housing.good("POST", "/night-counts", count, **STREET)
    verified = f"/night-counts/{made['id']}/verifications"
    assert (await housing("POST", verified, version=1, **STREET)).status_code == 403
    await housing.good("POST", verified, version=1, **MANAGER)
    figures = await housing.good("GET", "/rough-sleeping/figures?month=2026-12", **STREET)
    assert (figures["people"], figures["new"], figures["sightings_looked_at_in_time"]) == (2, 2, 1)
    assert (figures["beds_taken"], figures["beds_refused"], figures["highest_verified_count"]) == (1, 1, 2)


async def test_a_persons_way_is_one_and_shown_to_whom_the_person_is(housing: Housing) -> None:
    housing.on(FRIDAY)
    person = str(uuid4())
    met = {"met_at": "2026-12-03T23:00:00Z", "ward": "heath"}
    stay = await housing.good("POST", "/street-stays", met, **STREET)
    path = f"/street-stays/{stay['id']}"
    known = {"step": "known", "person_id": person, "at": "2026-12-04T01:00:00Z", "ward": "heath"}
    await housing.good("POST", f"{path}/steps", known, version=1, **STREET)
    again = await housing("POST", "/street-stays", {**met, "person_id": person}, **STREET)
    assert again.status_code == 409
    off = {"step": "moved_off", "off_to": "hostel", "at": "2026-12-04T09:00:00Z", "ward": "heath"}
    moved = await housing.good("POST", f"{path}/steps", off, version=2, **STREET)
    assert (moved["state"], moved["off_on"], moved["months_off"]) == ("off_street", "2026-12-04", 0)
    housing.on(date(2027, 3, 4))
    assert (await housing.good("GET", path, **STREET))["months_off"] == 3
    back = {"step": "met", "at": "2027-03-03T23:00:00Z", "ward": "heath"}
    assert (await housing.good("POST", f"{path}/steps", back, version=3, **STREET))["returns"] == 1
    housing.know(person, barred=["officer-2"])
    assert (await housing("GET", path, actor="officer-2", **STREET)).status_code == 404
    assert (await housing.good("GET", "/street-stays", actor="officer-2", **STREET))["items"] == []
    assert housing.announced() == []


@pytest.mark.full
async def test_the_last_bed_is_held_once(housing: Housing) -> None:
    housing.on(FRIDAY, time(23))
    bed = await housing.good("POST", "/night-beds", BEDS, **STREET)
    met = {"met_at": "2026-12-04T22:00:00Z", "ward": "heath"}
    stays = [(await housing.good("POST", "/street-stays", met, **STREET))["id"] for _ in range(8)]
    answers = await asyncio.gather(
        *(housing("POST", f"/night-beds/{bed['id']}/offers", {"stay_id": each}, **STREET) for each in stays)
    )
    assert sorted(each.status_code for each in answers) == [201] + [409] * 7
