"""Projects through the door: a fixer for each, blockers with an age, people counted and never told below ten."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from services.grants.projects import domain
from tests.grants.doors import PUBLIC, Grants
from tests.grants.moments import stand_at

WARD = "E05014053"


@pytest.fixture(autouse=True)
def clock_put_back() -> Iterator[None]:
    """Whatever a test does to the business clock is undone."""
    yield
    clock.set_offset(timedelta(0))


async def project(grants: Grants, **more: Any) -> dict[str, Any]:
    body = {"title": "Sewing together", "summary": "Bring what is torn.", "ward": WARD, **more}
    found: dict[str, Any] = await grants.good("POST", "/projects", body)
    return found


async def test_it_runs_with_a_fixer_and_shows_what_stands_in_its_way(grants: Grants) -> None:
    of = await project(grants)
    told = await grants.refused(422, "POST", f"/projects/{of['id']}/state", {"state": "running"}, version=of["version"])
    assert told["errors"][0]["rule"] == "a-fixer"
    running = {"state": "running", "fixer": "fixer-1"}
    of = await grants.good("POST", f"/projects/{of['id']}/state", running, version=of["version"])
    keys = {"kind": "keys", "words": "Nobody has the hall's keys on Sundays."}
    blocker = await grants.good("POST", f"/projects/{of['id']}/blockers", keys)
    assert (blocker["owner"], blocker["age_days"], blocker["stuck"]) == ("fixer-1", 0, False)
    stand_at(grants, clock.now() + timedelta(days=15))
    [old] = (await grants.good("GET", "/projects/blockers?owner=fixer-1"))["items"]
    assert (old["age_days"], old["stuck"]) == (15, True)
    path = f"/project-blockers/{blocker['id']}/clearance"
    await grants.good("POST", path, {"words": "The caretaker does."}, version=blocker["version"])
    await grants.refused(412, "POST", path, {"words": "Again"}, version=blocker["version"])
    assert (await grants.good("GET", f"/projects/{of['id']}"))["blockers"] == []
    told = await grants.refused(409, "POST", f"/projects/{of['id']}/state", {"state": "idea"}, version=of["version"])
    assert told["allowed"] == ["paused", "finished", "stopped"]


async def test_people_are_counted_without_names_and_told_from_ten(grants: Grants) -> None:
    of = await project(grants, fixer="fixer-1")
    await grants.good("POST", f"/projects/{of['id']}/state", {"state": "running"}, version=of["version"])
    ahead = clock.today() + timedelta(days=3)
    later = {"held_on": ahead.isoformat(), "place": "The hall"}
    session = await grants.good("POST", f"/projects/{of['id']}/sessions", later)
    path = f"/project-sessions/{session['id']}/count"
    told = await grants.refused(422, "POST", path, {"people": 9}, version=session["version"])
    assert told["errors"][0]["rule"] == "session-over"
    stand_at(grants, clock.now() + timedelta(days=4))
    await grants.refused(422, "POST", path, {"people": 9, "children": 10}, version=session["version"])
    await grants.good("POST", path, {"people": 9, "first_time": 4}, version=session["version"])
    assert (await grants.good("GET", f"/projects/{of['id']}"))["people"] == 9
    [shown] = (await grants.good("GET", "/projects/published", **PUBLIC))["items"]
    assert (shown["sessions"], shown["people"]) == (1, None)
    figures = await grants.good("GET", "/projects/figures", **PUBLIC)
    assert (figures["running"], figures["people"], figures["people_by_ward"]) == (1, None, {WARD: None})


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40)))
def test_nobody_can_subtract(counts: dict[str, int]) -> None:
    told = domain.suppressed(counts)
    hidden = [key for key, value in told.items() if value is None]
    assert all(value is None or (value == counts[key] and (value >= 10 or value == 0)) for key, value in told.items())
    others = [key for key, value in counts.items() if value]
    assert len(hidden) != 1 or others == hidden
