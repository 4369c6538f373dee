"""Reaching people: safe ways told on, calls in progress, and the message that tells an objector they were heard."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.store import business_clock
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from tests.triage.desk import Desk, events, know, problem, types
from tests.triage.signals import Ears, Home, envelope, listening

CONTACTS, OFFERS, OBJECTIONS = "/v1/triage/contacts", "/v1/triage/outreach", "/v1/triage/objections"


@pytest.fixture
async def ears(store: ServiceDatabase) -> AsyncIterator[Ears]:
    async with listening(store) as opened:
        yield opened


@pytest.fixture
def caller(desk: Desk) -> Desk:
    return desk.other(worker="caller-1", purpose="outreach")


@pytest.fixture
def home() -> Home:
    return Home.new()


async def _as_it_is(_: Database) -> None:
    """The clock stays."""


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The app under test follows a row of its database every second: here the test alone moves the clock.
    monkeypatch.setattr(business_clock, "load", _as_it_is)
    yield
    clock.set_offset(timedelta(0))


async def contact(desk: Desk, **more: Any) -> Any:
    body = {"channel": "phone", "needs": [{"domain": "money"}], **more}
    answer = await desk.post(CONTACTS, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def the_offer(caller: Desk) -> dict[str, Any]:
    (only,) = (await caller.get(OFFERS)).json()["items"]
    found: dict[str, Any] = only
    return found


def told(store: ServiceDatabase, type_: str) -> list[dict[str, Any]]:
    return [each["data"] for each in events(store) if each["type"] == f"triage.{type_}"]


# Safe ways ---------------------------------------------------------------------------------------------------------


async def test_safe_ways_are_told_on_as_codes_and_only_when_they_change(desk: Desk, store: ServiceDatabase) -> None:
    person = str(uuid4())
    safe = {"ways": ["text"], "never": ["letter"], "times": "when he is at work", "note": "he reads her post"}
    made = await contact(desk, person_id=person, safe_contact=safe)
    (first,) = told(store, "safe_contact.told")
    assert (first["person_id"], first["ways"], first["never"]) == (person, ["text"], ["letter"])
    assert "work" not in json.dumps(first)
    path = f"{CONTACTS}/{made['id']}"
    made = (await desk.patch(path, {"what_matters": "peace"}, if_match=f'"{made["version"]}"')).json()
    assert len(told(store, "safe_contact.told")) == 1
    made = (await desk.patch(path, {"safe_contact": None}, if_match=f'"{made["version"]}"')).json()
    assert [each["ways"] for each in told(store, "safe_contact.told")] == [["text"], []]
    await contact(desk, person_id=person)
    assert len(told(store, "safe_contact.told")) == 2


async def test_whose_they_are_is_told_anew_when_the_person_is_found(desk: Desk, store: ServiceDatabase) -> None:
    made = await contact(desk, safe_contact={"ways": ["text"]})
    person = str(uuid4())
    await desk.patch(f"{CONTACTS}/{made['id']}", {"person_id": person}, if_match=f'"{made["version"]}"')
    assert [each["person_id"] for each in told(store, "safe_contact.told")] == [None, person]


# Calls -------------------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_a_call_holds_messages_until_what_came_of_it_is_recorded(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    offer = await the_offer(caller)
    call = await caller.post(f"{OFFERS}/{offer['id']}/calls", None)
    assert call.status_code == 201, call.text
    assert call.json()["started_by"] == "caller-1"
    (started,) = told(store, "call.started")
    assert (started["household_id"], started["state"]) == (str(home.household), "ringing")
    again = await caller.other(worker="caller-2").post(f"{OFFERS}/{offer['id']}/calls", None)
    assert problem(again, 409, "conflict")["ringing"] == "caller-1"
    tried = await caller.post(
        f"{OFFERS}/{offer['id']}/attempts", {"channel": "call", "outcome": "someone_else_answered"}
    )
    assert tried.status_code == 201
    (ended,) = told(store, "call.ended")
    assert (ended["call_id"], ended["state"]) == (started["call_id"], "ended")
    assert (await caller.post(f"{OFFERS}/{offer['id']}/calls", None)).status_code == 201


@pytest.mark.full
async def test_whoever_objects_on_the_phone_has_ended_the_call(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    await caller.post(f"{OFFERS}/{(await the_offer(caller))['id']}/calls", None)
    await record(caller, home.person)
    assert [each["state"] for each in told(store, "call.ended")] == ["ended"]
    assert types(store).index("call.ended") < types(store).index("outreach.closed")


@pytest.mark.full
async def test_a_forgotten_call_is_over_within_the_hour(ears: Ears, caller: Desk, home: Home) -> None:
    await ears(home.signal())
    path = f"{OFFERS}/{(await the_offer(caller))['id']}/calls"
    assert (await caller.post(path, None)).status_code == 201
    clock.set_offset(timedelta(minutes=59))
    assert (await caller.post(path, None)).status_code == 409
    clock.set_offset(timedelta(minutes=61))
    assert (await caller.post(path, None)).status_code == 201


async def test_two_who_ring_at_once_are_one(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    await ears(home.signal(), home.signal("rent_arrears_jump"))
    offers = (await caller.get(OFFERS)).json()["items"]
    assert len(offers) == 2
    answers = await asyncio.gather(*(caller.post(f"{OFFERS}/{each['id']}/calls", None) for each in offers))
    assert sorted(each.status_code for each in answers) == [201, 409]
    assert len(told(store, "call.started")) == 1


@pytest.mark.full
@pytest.mark.parametrize("said", [{"never": ["call"]}, {"ways": ["text"]}])
async def test_who_told_us_never_to_ring_is_not_rung(
    ears: Ears, desk: Desk, caller: Desk, home: Home, said: dict[str, list[str]]
) -> None:
    await contact(desk, person_id=str(home.person), safe_contact=said)
    await ears(home.signal())
    refused = await caller.post(f"{OFFERS}/{(await the_offer(caller))['id']}/calls", None)
    assert problem(refused, 409, "conflict")["allowed"] == said.get("ways", [])


async def test_nobody_is_rung_while_an_offer_waits(ears: Ears, caller: Desk, home: Home) -> None:
    await ears(home.breathing_space(id_=uuid4()))
    await ears(home.signal())
    (held,) = (await caller.get(f"{OFFERS}?status=held")).json()["items"]
    assert (await caller.post(f"{OFFERS}/{held['id']}/calls", None)).status_code == 409


async def test_a_call_to_somebody_kept_back_is_to_nobody(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    offer = await the_offer(caller)
    know(store, home.person, restricted=True)
    assert (await caller.post(f"{OFFERS}/{offer['id']}/calls", None)).status_code == 404


# Objections are confirmed by their safe route ----------------------------------------------------------------------


async def record(caller: Desk, person: UUID) -> Any:
    body = {"person_id": str(person), "said_by": "themselves", "confirmed_by": "safe_phone"}
    answer = await caller.post(OBJECTIONS, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_who_objects_is_told_so_by_their_safe_way(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    made = await record(caller, home.person)
    await record(caller, home.person)  # once more is the same objection, and no second message
    (asked,) = told(store, "message.requested")
    assert (asked["template"], asked["about_id"], asked["codes"]) == ("objection.recorded", made["id"], [])
    path = f"{OBJECTIONS}?person_id={home.person}"
    assert (await caller.get(path)).json()["items"][0]["confirmation"] is None
    outcome = {
        "message_id": asked["message_id"],
        "person_id": str(home.person),
        "template": asked["template"],
        "asked_by": "triage",
        "about_id": made["id"],
        "state": "failed",
        "reason": "no_safe_way",
        "changed_at": clock.business_now().isoformat(),
    }
    await ears(envelope("casefile.message.failed", outcome, subject=asked["message_id"], sequence=2))
    shown = (await caller.get(path)).json()["items"][0]
    assert (shown["confirmation"]["state"], shown["confirmation"]["reason"]) == ("failed", "no_safe_way")
    body = {"said_by": "themselves", "confirmed_by": "in_person"}
    await caller.send(
        "POST",
        f"{OBJECTIONS}/{made['id']}/withdraw",
        json.dumps(body).encode(),
        content_type="application/json",
        if_match='"1"',
    )
    assert [each["template"] for each in told(store, "message.requested")] == [
        "objection.recorded",
        "objection.withdrawn",
    ]


async def test_another_services_message_is_none_of_ours(ears: Ears, store: ServiceDatabase) -> None:
    message_id = uuid4()
    outcome = {
        "message_id": str(message_id),
        "person_id": str(uuid4()),
        "template": "message.plain",
        "asked_by": "housing",
        "state": "sent",
        "changed_at": clock.business_now().isoformat(),
    }
    await ears(envelope("gateway.message.sent", outcome, subject=message_id, sequence=3))
    assert store.rows("select from known_message") == []
    assert types(store) == []
