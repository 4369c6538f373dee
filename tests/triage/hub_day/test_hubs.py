"""Places, rooms, and the rota with cover."""

import asyncio

import pytest

from tests.triage.hub_day.day import FRIDAY, HUBS, WEEK, Day, add_room, on_the_rota, problem, put, put_hub, shift, step

ROTA = f"{HUBS}/heath/rota"


@pytest.mark.full
async def test_a_hub_says_whether_it_is_open_and_when_it_opens_next(day: Day) -> None:
    shown = (await day.desk.get(f"{HUBS}/heath")).json()
    assert (shown["open_now"], shown["opens_next"]) == (True, "2026-12-07T09:00:00Z")
    day.at(FRIDAY.replace(day=25))
    closed = (await day.desk.get(f"{HUBS}/heath")).json()
    assert (closed["open_now"], closed["opens_next"]) == (False, "2026-12-29T09:00:00Z")
    await put_hub(day, "thames")
    assert [each["code"] for each in (await day.desk.get(HUBS)).json()["items"]] == ["heath", "thames"]


@pytest.mark.full
async def test_a_hub_is_changed_only_as_it_was_read(day: Day) -> None:
    entry = {"name": "Heath", "place": "2 High Road", "hours": {"week": WEEK}}
    problem(await put(day.host, f"{HUBS}/heath", entry), 428, "precondition-required")
    problem(await put(day.host, f"{HUBS}/heath", entry, if_match='"7"'), 412, "stale")
    changed = await put(day.host, f"{HUBS}/heath", entry, if_match='"1"')
    assert (changed.status_code, changed.json()["place"], changed.headers["etag"]) == (200, "2 High Road", '"2"')
    backwards = {**entry, "hours": {"week": {"mon": [{"opens": "17:00", "closes": "09:00"}]}}}
    refused = problem(await put(day.host, f"{HUBS}/heath", backwards, if_match='"2"'), 422, "invalid")
    assert refused["errors"][0]["rule"] == "hours-forward"


@pytest.mark.full
async def test_rooms(day: Day) -> None:
    await add_room(day, name="Oak")
    problem(await day.host.post(f"{HUBS}/heath/rooms", {"name": "Oak", "private": True}), 409, "conflict")
    assert [each["name"] for each in (await day.desk.get(f"{HUBS}/heath/rooms")).json()] == ["Oak"]
    problem(await day.desk.get(f"{HUBS}/nowhere/rooms"), 404, "not-found")


async def test_nobody_is_on_two_rotas_at_once(day: Day) -> None:
    await put_hub(day, "thames")
    await on_the_rota(day, "sade", hours=(9, 13))
    refused = problem(await day.host.post(f"{HUBS}/thames/rota", shift("sade", hours=(12, 17))), 409, "conflict")
    assert "somewhere at that time" in refused["detail"]
    await on_the_rota(day, "sade", code="thames", hours=(13, 17))
    both = [day.host.post(f"{HUBS}/{hub}/rota", shift("farid")) for hub in ("heath", "thames")]
    assert sorted(each.status_code for each in await asyncio.gather(*both)) == [201, 409]


async def test_who_stands_by_steps_in(day: Day) -> None:
    hers = await on_the_rota(day, "sade")
    other_role = await on_the_rota(day, "bev", "welcome", standby=True)
    his = await on_the_rota(day, "farid", standby=True)
    absent = await step(day.host, f"{ROTA}/{hers['id']}/absences", {}, 1)
    assert absent.status_code == 200, absent.text
    told = absent.json()
    assert (told["state"], told["covered_by"], told["gap"]) == ("absent", his["id"], False)
    rota = {each["worker"]: each["state"] for each in (await day.host.get(ROTA)).json()["items"]}
    assert rota == {"sade": "absent", "farid": "duty", "bev": "standby"}
    assert other_role["state"] == "standby"
    problem(await step(day.host, f"{ROTA}/{hers['id']}/absences", {}, told["version"]), 409, "conflict")
    # Nothing says why.
    assert set(told) & {"reason", "because", "sick"} == set()


@pytest.mark.full
async def test_a_gap_is_shown_and_a_named_person_decides_who_covers(day: Day) -> None:
    before = FRIDAY.replace(day=3)
    for worker in ("farid", "ewa"):
        earlier = {"starts_at": before.replace(hour=9).isoformat(), "ends_at": before.replace(hour=17).isoformat()}
        await on_the_rota(day, worker, **earlier)
    await on_the_rota(day, "ewa", "welcome")
    hers = await on_the_rota(day, "sade")
    gap = (await step(day.host, f"{ROTA}/{hers['id']}/absences", {}, 1)).json()
    assert (gap["covered_by"], gap["gap"]) == (None, True)
    # Ewa is somewhere else on that day.
    could = (await day.host.get(f"{ROTA}/{hers['id']}/candidates")).json()
    assert [each["worker"] for each in could] == ["farid"]
    problem(await step(day.host, f"{ROTA}/{hers['id']}/covers", {"worker": "ewa"}, 2), 409, "conflict")
    covered = (await step(day.host, f"{ROTA}/{hers['id']}/covers", {"worker": "farid"}, 2)).json()
    assert (covered["gap"], covered["version"]) == (False, 3)
    again = problem(await step(day.host, f"{ROTA}/{hers['id']}/covers", {"worker": "marcus"}, 3), 409, "conflict")
    assert "already" in again["detail"]


@pytest.mark.full
async def test_two_absences_do_not_get_the_same_stand_by(day: Day) -> None:
    first, second = await on_the_rota(day, "sade"), await on_the_rota(day, "ewa")
    await on_the_rota(day, "farid", standby=True)
    both = await asyncio.gather(*(step(day.host, f"{ROTA}/{each['id']}/absences", {}, 1) for each in (first, second)))
    assert sorted(each.json()["gap"] for each in both) == [False, True]
