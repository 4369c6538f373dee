"""Everyday tasks: done together, or booked with a reference and a day on which somebody asks."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from kit.errors import Conflict, Invalid
from kit.store.db import Database
from kit.store.timers import Timers
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from services.triage.tasks import domain
from services.triage.tasks.domain import Kind, State, Task
from tests.triage.desk import Desk, events, know, problem, set_clock

CONTACTS = "/v1/triage/contacts"
PERSON = uuid4()
FRIDAY = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


@pytest.fixture
async def alarms(store: ServiceDatabase) -> AsyncIterator[Timers]:
    database = Database(store.url)
    yield Timers(database, SERVICE.name, {each: run for each, run in SERVICE.timers.items() if "everyday_task" in each})
    await database.close()


async def added(desk: Desk, contact: str, **body: Any) -> httpx.Response:
    return await desk.post(f"{contact}/everyday-tasks", {"kind": "blue_badge", "how": "booked", **body})


async def contact_of(desk: Desk, **body: Any) -> str:
    answer = await desk.post(CONTACTS, {"channel": "walk_in", **body})
    return f"{CONTACTS}/{answer.json()['id']}"


def told(store: ServiceDatabase) -> list[str]:
    return [each["type"].rpartition(".")[2] for each in events(store) if "everyday_task" in each["type"]]


async def test_booked_chased_and_done(desk: Desk, store: ServiceDatabase, alarms: Timers) -> None:
    set_clock(store, datetime(2026, 12, 4, 16, tzinfo=UTC))
    contact = await contact_of(desk, person_id=str(PERSON))
    booked = await added(desk, contact, reference="BB-2026/118")
    assert booked.status_code == 201, booked.text
    task = booked.headers["location"]
    view = booked.json()
    assert (view["owner"], view["chase_on"], view["held_by"]) == ("concessions", "2026-12-11", "officer-1")
    set_clock(store, datetime(2026, 12, 11, 8, 59, tzinfo=UTC))
    assert not await alarms.fire_one()
    set_clock(store, datetime(2026, 12, 11, 9, 0, 5, tzinfo=UTC))
    assert await alarms.fire_one()
    (due,) = (await desk.get("/v1/triage/everyday-tasks?state=to_chase&held_by=officer-1")).json()["items"]
    assert due["id"] == view["id"]
    problem(await desk.post(f"{task}/chases", {}), 428, "precondition-required")
    problem(await desk.post(f"{task}/chases", {}, if_match='"1"'), 412, "stale")
    again = await desk.other(worker="officer-2").post(f"{task}/chases", {}, if_match='"2"')
    assert (again.json()["state"], again.json()["chase_on"], again.json()["chased"]) == ("booked", "2026-12-18", 1)
    assert again.json()["held_by"] == "officer-2"
    done = await desk.post(f"{task}/result", {"result": "done"}, if_match=again.headers["etag"])
    assert (done.json()["state"], done.json()["chase_on"]) == ("done", None)
    document = problem(await desk.post(f"{task}/chases", {}, if_match=done.headers["etag"]), 409, "conflict")
    assert (document["state"], document["allowed"]) == ("done", [])
    set_clock(store, datetime(2027, 1, 11, 9, 0, 5, tzinfo=UTC))
    assert not await alarms.fire_one(), "nobody chases what is done"
    assert told(store) == ["booked", "due", "chased", "done"]
    assert "BB-2026" not in str(events(store)), "the reference stays here"


async def test_done_together_is_one_request(desk: Desk, store: ServiceDatabase) -> None:
    contact = await contact_of(desk, needs=[{"domain": "money"}], outcome="resolved")
    answer = await added(desk, contact, kind="council_tax_reduction", how="together")
    assert (answer.status_code, answer.json()["state"], answer.json()["owner"]) == (201, "done", "benefits")
    assert told(store) == ["done"]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"reference": None}, "reference"),
        ({"kind": "other"}, "owner"),
        ({"chase_on": "2026-12-04"}, "chase-date"),
        ({"chase_on": "2026-12-05"}, "working-day"),
        ({"chase_on": "2026-12-25"}, "working-day"),
        ({"chase_on": "2027-12-06"}, "chase-date"),
        ({"need_id": str(uuid4())}, "need-of-this-contact"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, store: ServiceDatabase, body: dict[str, Any], rule: str) -> None:
    set_clock(store, datetime(2026, 12, 4, 12, tzinfo=UTC))
    contact = await contact_of(desk)
    document = problem(await added(desk, contact, **{"reference": "R1", **body}), 422, "invalid")
    assert [each["rule"] for each in document["errors"]] == [rule]
    assert told(store) == []


async def test_why_it_was_not_done_is_said(desk: Desk) -> None:
    task = (await added(desk, await contact_of(desk), reference="R1")).headers["location"]
    document = problem(await desk.post(f"{task}/result", {"result": "not_done"}, if_match='"1"'), 422, "invalid")
    assert document["errors"][0]["pointer"] == "/note"
    body = {"result": "not_done", "note": "the scheme closed"}
    assert (await desk.post(f"{task}/result", body, if_match='"1"')).json()["note"] == "the scheme closed"


async def test_it_becomes_the_persons_once_they_are_found(desk: Desk, store: ServiceDatabase) -> None:
    contact = await contact_of(desk)
    task = (await added(desk, contact, reference="R1")).headers["location"]
    await desk.patch(contact, {"person_id": str(PERSON)}, if_match='"1"')
    assert (await desk.get(task)).json()["person_id"] == str(PERSON)
    assert told(store) == ["booked", "changed"]
    know(store, PERSON, restricted=True)
    for answer in (
        await desk.get(task),
        await desk.post(f"{task}/chases", {}, if_match='"2"'),
        await added(desk, contact, reference="R2"),
    ):
        problem(answer, 404, "not-found")
    assert (await desk.get("/v1/triage/everyday-tasks")).json()["items"] == []


STEPS = st.lists(st.sampled_from(["due", "chase", "done", "not_done"]), max_size=8)


@given(STEPS)
def test_in_every_order_what_waits_has_a_day_and_what_ended_stays(steps: list[str]) -> None:
    task = domain.book("R1", None, FRIDAY)
    for step in steps:
        before = task
        try:
            match step:
                case "due":
                    task = domain.due(task)
                case "chase":
                    task = domain.chase(task, None, FRIDAY)
                case _:
                    task = domain.finish(task, step == "done")
        except Conflict:
            assert before.state in (State.DONE, State.NOT_DONE)
        if before.state in (State.DONE, State.NOT_DONE):
            assert task == before
        assert (task.chase_on is not None) == (task.state in (State.BOOKED, State.TO_CHASE))
        assert task.reference == "R1"


def test_every_kind_has_an_owner_but_the_last() -> None:
    assert set(Kind) - set(domain.OWNERS) == {Kind.OTHER}


def test_what_is_booked_has_a_reference() -> None:
    with pytest.raises(Invalid, match="reference"):
        domain.book(None, None, FRIDAY)
    assert domain.together(None) == Task(State.DONE, None, None)
