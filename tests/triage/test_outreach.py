"""From a signal to an answer: one offer, worked by people, stopped by an objection, waiting for a Breathing Space."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from kit import clock
from kit.store.timers import Timers
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from tests.triage.desk import Desk, events, know, looks, problem, types
from tests.triage.signals import Ears, Home, envelope, listening

OFFERS, OBJECTIONS, HOLDS = "/v1/triage/outreach", "/v1/triage/objections", "/v1/triage/recovery-holds"


@pytest.fixture
async def ears(store: ServiceDatabase) -> AsyncIterator[Ears]:
    async with listening(store) as opened:
        yield opened


@pytest.fixture
def caller(desk: Desk) -> Desk:
    """Somebody who offers help."""
    return desk.other(worker="caller-1", purpose="outreach")


@pytest.fixture
def home() -> Home:
    return Home.new()


async def listed(caller: Desk, query: str = "") -> list[dict[str, Any]]:
    answer = await caller.get(OFFERS + query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def the_offer(caller: Desk, query: str = "") -> dict[str, Any]:
    (only,) = await listed(caller, query)
    answer = await caller.get(f"{OFFERS}/{only['id']}")
    assert answer.headers["etag"] == f'"{only["version"]}"'
    view: dict[str, Any] = answer.json()
    return view


async def object_to(caller: Desk, person: UUID, **more: str) -> httpx.Response:
    body = {"person_id": str(person), "said_by": "themselves", "confirmed_by": "safe_phone", **more}
    return await caller.post(OBJECTIONS, body)


async def settle(caller: Desk, offer: dict[str, Any], outcome: str, reason: str | None = None) -> httpx.Response:
    path = f"{OFFERS}/{offer['id']}/outcomes"
    return await caller.post(path, {"outcome": outcome, "reason": reason}, if_match=f'"{offer["version"]}"')


def of_offer(store: ServiceDatabase) -> list[str]:
    return [each for each in types(store) if each.startswith("outreach.")]


# One offer ------------------------------------------------------------------------------------------------


async def test_a_signal_becomes_an_offer_with_an_honest_reason(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    offer = await the_offer(caller)
    assert (offer["status"], offer["household_id"], offer["attempts_made"]) == ("offered", str(home.household), 0)
    assert "a council tax payment was missed" in offer["honest_reason"]
    assert "leave no message" in offer["route_note"]
    (told,) = [each for each in events(store) if each["type"] == "triage.outreach.offered"]
    assert told["data"]["offer_id"] == offer["id"]
    # The act that caused it stays the cause.
    assert (told["actor"], told["purpose"]) == ("system:risk", "data_linkage")
    assert ("offer_help", f"outreach/{offer['id']}", [home.person]) in looks(store)
    # A caller reads neither source nor cohort nor which signals they were.
    assert not {"source", "cohort_id", "signal_ids", "signal_id", "kind", "score"} & offer.keys()


@pytest.mark.full
@pytest.mark.parametrize("again", ["the same event", "the same signal anew", "another signal"])
async def test_what_comes_again_joins(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase, again: str) -> None:
    signal_id = uuid4()
    first = home.signal(signal_id=signal_id)
    await ears(first)
    second = {"the same event": first, "the same signal anew": home.signal(signal_id=signal_id)}
    await ears(second.get(again, home.signal()))
    await ears(second.get(again, home.signal()))
    assert len(await listed(caller)) == 1
    assert of_offer(store) == ["outreach.offered"]


async def test_a_replay_after_the_end_opens_nothing(ears: Ears, caller: Desk, home: Home) -> None:
    signal_id = uuid4()
    await ears(home.signal(signal_id=signal_id))
    assert (await settle(caller, await the_offer(caller), "declined", "not_now")).status_code == 201
    await ears(home.signal(signal_id=signal_id))
    assert await listed(caller) == []
    # A new fact may be offered help for anew.
    await ears(home.signal())
    assert len(await listed(caller)) == 1


async def test_two_kinds_and_two_households_are_offers_of_their_own(ears: Ears, caller: Desk, home: Home) -> None:
    other = Home.new()
    await ears(home.signal(), home.signal("rent_arrears_jump"), other.signal(), home.signal("cohort"))
    assert len(await listed(caller)) == 4
    assert len(await listed(caller, "?kind=rent_arrears_jump")) == 1
    assert len(await listed(caller, f"?person_id={other.person}")) == 1


async def test_many_signals_at_once_make_one_offer(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    # Of different people of the household too.
    others = [Home(uuid4(), home.household) for _ in range(5)]
    await asyncio.gather(*(ears(each.signal()) for each in [home, *others]))
    assert len(await listed(caller)) == 1
    assert of_offer(store) == ["outreach.offered"]
    (row,) = store.rows("select cardinality(signal_ids) as joined from outreach_offer")
    assert row["joined"] == 6


@pytest.mark.full
async def test_the_oldest_comes_first_and_pages_follow(ears: Ears, caller: Desk) -> None:
    homes = [Home.new() for _ in range(5)]
    for each in homes:
        await ears(each.signal())
    first = (await caller.get(f"{OFFERS}?limit=3")).json()
    rest = (await caller.get(f"{OFFERS}?limit=3&after={first['next']}")).json()
    assert [each["household_id"] for each in first["items"] + rest["items"]] == [str(each.household) for each in homes]
    assert rest["next"] is None


async def test_a_team_and_a_hub_narrow_the_list(ears: Ears, caller: Desk, home: Home) -> None:
    await ears(home.signal(), Home.new().signal())
    (offer, _) = await listed(caller)
    path = f"{OFFERS}/{offer['id']}"
    done = await caller.patch(path, {"team": "money", "hub": "heath"}, if_match=f'"{offer["version"]}"')
    assert done.status_code == 200, done.text
    assert [each["id"] for each in await listed(caller, "?team=money&hub=heath")] == [offer["id"]]
    assert await listed(caller, "?team=families") == []
    problem(await caller.patch(path, {"team": None}, if_match=f'"{offer["version"]}"'), 412, "stale")


async def test_an_offer_by_hand_joins_too(ears: Ears, caller: Desk, home: Home) -> None:
    body = {"person_id": str(home.person), "household_id": str(home.household), "kind": "rent_arrears_jump"}
    made = await caller.post(OFFERS, body)
    assert made.status_code == 201, made.text
    await ears(home.signal("rent_arrears_jump"))
    assert [each["id"] for each in await listed(caller)] == [made.json()["id"]]
    problem(await caller.post(OFFERS, body | {"kind": "cohort"}), 422, "invalid")


# Worked by people -----------------------------------------------------------------------------------------


async def test_attempts_are_counted_and_told(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    await ears(home.signal())
    offer = await the_offer(caller)
    path = f"{OFFERS}/{offer['id']}/attempts"
    first = await caller.post(path, {"channel": "call", "outcome": "someone_else_answered", "note": "Wayne answered"})
    assert first.status_code == 201, first.text
    second = await caller.post(path, {"channel": "call", "outcome": "spoke_to_them"})
    assert [each["outcome"] for each in second.json()["attempts"]] == ["someone_else_answered", "spoke_to_them"]
    told = [each["data"] for each in events(store) if each["type"] == "triage.outreach.attempted"]
    assert [(each["attempts"], each["last_outcome"]) for each in told] == [
        (1, "someone_else_answered"),
        (2, "spoke_to_them"),
    ]
    assert "Wayne" not in json.dumps(events(store))
    future = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    problem(await caller.post(path, {"channel": "call", "outcome": "no_answer", "made_at": future}), 422, "invalid")


async def test_the_safe_route_is_theirs_and_a_slip_shows(ears: Ears, desk: Desk, caller: Desk, home: Home) -> None:
    safe = {"ways": ["call"], "never": ["letter", "voicemail"], "times": "mornings"}
    body = {"channel": "walk_in", "person_id": str(home.person), "safe_contact": safe}
    assert (await desk.post("/v1/triage/contacts", body)).status_code == 201
    await ears(home.signal())
    offer = await the_offer(caller)
    assert offer["safe_route"] == {**safe, "note": None}
    path = f"{OFFERS}/{offer['id']}/attempts"
    sent = await caller.post(path, {"channel": "letter", "outcome": "sent"})
    assert sent.json()["attempts"][0]["against_safe_route"] is True
    rung = await caller.post(path, {"channel": "call", "outcome": "no_answer"})
    assert rung.json()["attempts"][1]["against_safe_route"] is False


@pytest.mark.full
async def test_taken_up_it_opens_a_contact(
    ears: Ears, desk: Desk, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    taken = await settle(caller, await the_offer(caller), "accepted")
    assert taken.status_code == 201, taken.text
    contact = (await desk.get(f"/v1/triage/contacts/{taken.json()['contact_id']}")).json()
    assert (contact["channel"], contact["person_id"]) == ("outreach", str(home.person))
    assert [each["domain"] for each in contact["needs"]] == ["money"]
    assert [each for each in types(store) if "queue" not in each][-3:] == [
        "need.recorded",
        "contact.received",
        "outreach.accepted",
    ]
    # Its answer's Event-Id is the offer's own.
    assert taken.headers["event-id"] == events(store)[-1]["id"]
    assert await listed(caller) == []
    problem(await settle(caller, taken.json(), "declined", "not_now"), 409, "conflict")


async def test_two_who_settle_at_once(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    await ears(home.signal())
    offer = await the_offer(caller)
    answers = await asyncio.gather(*(settle(caller, offer, "accepted") for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 412, 412]
    assert len(store.rows("select id from contact")) == 1


@pytest.mark.full
@pytest.mark.parametrize(("outcome", "reason"), [("declined", "no_trust"), ("closed", "not_reached")])
async def test_other_endings(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase, outcome: str, reason: str
) -> None:
    await ears(home.signal())
    ended = await settle(caller, await the_offer(caller), outcome, reason)
    assert (ended.json()["status"], ended.json()["outcome"]) == (outcome, reason)
    assert of_offer(store)[-1] == f"outreach.{outcome}"


# Objections -----------------------------------------------------------------------------------------------


async def test_an_objection_ends_what_is_open_and_beats_what_comes(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    objected = await object_to(caller, home.person)
    assert objected.status_code == 201, objected.text
    assert await listed(caller) == []
    (closed,) = await listed(caller, "?status=closed")
    assert (await caller.get(f"{OFFERS}/{closed['id']}")).json()["outcome"] == "objected"
    await ears(home.signal(), home.signal("cohort"))
    assert await listed(caller) == []
    # It was refused, and that is on record.
    assert len([each for each in looks(store) if each[0] == "offer_help" and each[1].startswith("signal/")]) == 2
    body = {"person_id": str(home.person), "household_id": str(home.household), "kind": "rent_arrears_jump"}
    problem(await caller.post(OFFERS, body), 409, "conflict")


async def test_an_objection_is_their_own_not_the_households(ears: Ears, caller: Desk, home: Home) -> None:
    await object_to(caller, home.person)
    await ears(Home(uuid4(), home.household).signal())
    assert len(await listed(caller)) == 1


async def test_an_objection_taken_back(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    objection = (await object_to(caller, home.person)).json()
    path = f"{OBJECTIONS}/{objection['id']}/withdraw"
    by_partner = {"said_by": "someone_else", "confirmed_by": "in_person"}
    themselves = {"said_by": "themselves", "confirmed_by": "in_person"}

    async def withdrawn(body: dict[str, str]) -> httpx.Response:
        return await caller.post(path, body, if_match=f'"{objection["version"]}"')

    problem(await withdrawn(by_partner), 422, "invalid")
    assert (await withdrawn(themselves)).json()["state"] == "withdrawn"
    problem(await withdrawn(themselves), 412, "stale")
    await ears(home.signal())
    assert len(await listed(caller)) == 1
    shown = (await caller.get(f"{OBJECTIONS}?person_id={home.person}")).json()["items"]
    assert [each["state"] for each in shown] == ["withdrawn"]
    assert [each for each in types(store) if each.startswith("objection")] == [
        "objection.recorded",
        "objection.withdrawn",
    ]
    # And they may object again.
    assert (await object_to(caller, home.person)).json()["id"] != objection["id"]


async def test_whose_word_counts_and_to_what(caller: Desk, home: Home, store: ServiceDatabase) -> None:
    problem(await object_to(caller, home.person, said_by="someone_else"), 422, "invalid")
    for purpose in ("safeguarding", "emergency_response", "resident_panel", "no_such_purpose"):
        problem(await object_to(caller, home.person, purpose=purpose), 422, "invalid")
    assert types(store) == []
    assert (await object_to(caller, home.person, purpose="data_linkage")).status_code == 201


async def test_an_objection_to_something_else_stops_no_offer(ears: Ears, caller: Desk, home: Home) -> None:
    await object_to(caller, home.person, purpose="participation")
    await ears(home.signal())
    assert len(await listed(caller)) == 1


async def test_an_objection_never_stops_safeguarding(desk: Desk, caller: Desk, home: Home) -> None:
    await object_to(caller, home.person)
    body = json.dumps({"kind": "adult", "person_ids": [str(home.person)]}).encode()
    assert (await desk.send("POST", "/v1/triage/safeguarding-concerns", body)).status_code == 201


async def test_an_objection_holds_under_every_id(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    survivor, other = uuid4(), uuid4()
    know(store, survivor)
    know(store, home.person, merged_into=survivor)
    know(store, other, merged_into=survivor)
    await object_to(caller, home.person)
    await ears(Home(survivor, uuid4()).signal(), Home(other, uuid4()).signal())
    assert await listed(caller) == []


async def test_an_objection_and_a_signal_at_once_leave_nothing_open(
    ears: Ears, caller: Desk, store: ServiceDatabase
) -> None:
    homes = [Home.new() for _ in range(6)]
    await asyncio.gather(*(ears(each.signal()) for each in homes), *(object_to(caller, each.person) for each in homes))
    assert await listed(caller) == []
    assert len(store.rows("select id from objection where state = 'standing'")) == 6


async def test_the_same_objection_twice_is_one(caller: Desk, home: Home, store: ServiceDatabase) -> None:
    first, second = await asyncio.gather(object_to(caller, home.person), object_to(caller, home.person))
    assert first.json()["id"] == second.json()["id"]
    assert types(store).count("objection.recorded") == 1


# Breathing Space ------------------------------------------------------------------------------------------


LAST = date(2027, 2, 12)


async def test_an_offer_waits_while_a_breathing_space_runs(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    space = uuid4()
    await ears(home.breathing_space(id_=space, ends_on=LAST))
    offer = await the_offer(caller, "?status=held")
    assert (offer["held_until"], offer["hold_reason"]) == (LAST.isoformat(), "breathing_space")
    path = f"{OFFERS}/{offer['id']}/attempts"
    problem(await caller.post(path, {"channel": "call", "outcome": "no_answer"}), 409, "conflict")
    await ears(home.breathing_space("ended", id_=space, sequence=2, ends_on=LAST))
    assert (await the_offer(caller))["held_until"] is None
    assert of_offer(store) == ["outreach.offered", "outreach.held", "outreach.resumed"]
    assert (await caller.post(path, {"channel": "call", "outcome": "no_answer"})).status_code == 201


async def test_an_offer_opened_meanwhile_waits_too(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.breathing_space(id_=uuid4(), ends_on=LAST))
    # Of another person of the household: debts are often joint.
    await ears(Home(uuid4(), home.household).signal())
    assert await listed(caller) == []
    assert len(await listed(caller, "?status=held")) == 1
    assert of_offer(store) == ["outreach.offered", "outreach.held"]


async def test_the_words_of_a_breathing_space_may_come_in_any_order(ears: Ears, caller: Desk, home: Home) -> None:
    space = uuid4()
    await ears(home.signal())
    await ears(home.breathing_space("ended", id_=space, sequence=3, ends_on=LAST))
    await ears(home.breathing_space(id_=space, sequence=1))
    assert len(await listed(caller)) == 1


@pytest.mark.full
async def test_of_two_breathing_spaces_the_later_counts(ears: Ears, caller: Desk, home: Home) -> None:
    mine, partners = uuid4(), uuid4()
    partner = Home(uuid4(), home.household)
    await ears(home.signal())
    await ears(home.breathing_space(id_=mine, ends_on=LAST), partner.breathing_space(id_=partners))
    # Nobody knows when the partner's treatment will end.
    assert (await the_offer(caller, "?status=held"))["held_until"] is None
    ends = LAST + timedelta(days=9)
    await ears(partner.breathing_space("changed", id_=partners, sequence=2, ends_on=ends))
    assert (await the_offer(caller, "?status=held"))["held_until"] == ends.isoformat()
    await ears(home.breathing_space("ended", id_=mine, sequence=2, ends_on=LAST))
    assert (await the_offer(caller, "?status=held"))["held_until"] == ends.isoformat()
    await ears(partner.breathing_space("ended", id_=partners, sequence=3, ends_on=ends))
    assert len(await listed(caller)) == 1


@pytest.mark.full
async def test_a_breathing_space_and_a_signal_at_once(ears: Ears, caller: Desk) -> None:
    homes = [Home.new() for _ in range(6)]
    await asyncio.gather(
        *(ears(each.signal()) for each in homes), *(ears(each.breathing_space(id_=uuid4())) for each in homes)
    )
    assert await listed(caller) == []
    assert len(await listed(caller, "?status=held")) == 6


# Recovery holds -------------------------------------------------------------------------------------------


async def test_a_money_offer_asks_every_creditor_and_shows_what_they_say(
    ears: Ears, desk: Desk, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    await ears(home.signal())
    revenues = desk.other(worker="revenues-1", role="revenues_officer", purpose="revenues_recovery_hold")
    asked = (await revenues.get(HOLDS)).json()["items"]
    assert [each["creditor"] for each in asked] == ["council_tax", "rents", "parking", "benefit_overpayments"]
    council_tax, rents = asked[0]["id"], asked[1]["id"]
    granted = await revenues.post(f"{HOLDS}/{council_tax}/answers", {"answer": "granted"})
    assert granted.json()["until"] == (clock.today() + timedelta(days=30)).isoformat()
    refused = await revenues.post(f"{HOLDS}/{rents}/answers", {"answer": "refused", "reason": "nothing_owed"})
    assert refused.status_code == 201, refused.text
    problem(await revenues.post(f"{HOLDS}/{rents}/answers", {"answer": "granted"}), 409, "conflict")
    shown = {each["creditor"]: each["state"] for each in (await the_offer(caller))["recovery_holds"]}
    assert shown == {
        "council_tax": "granted",
        "rents": "refused",
        "parking": "requested",
        "benefit_overpayments": "requested",
    }
    # The creditor reads nothing of why.
    assert "missed" not in json.dumps(asked)
    assert types(store).count("recovery_hold.requested") == 4
    assert {"recovery_hold.granted", "recovery_hold.refused"} <= set(types(store))


async def test_a_cohort_tells_no_creditor(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    await ears(home.signal("cohort", cohort_id=str(uuid4())))
    assert of_offer(store) == types(store) == ["outreach.offered"]
    ask = {"person_id": str(home.person), "household_id": str(home.household), "creditor": "rents"}
    assert (await caller.post(HOLDS, ask)).status_code == 201
    problem(await caller.post(HOLDS, ask), 409, "conflict")
    problem(await caller.post(HOLDS, {"person_id": str(uuid4()), "creditor": "rents"}), 422, "invalid")


async def test_no_answer_goes_to_a_manager(ears: Ears, desk: Desk, home: Home, store: ServiceDatabase) -> None:
    await ears(home.signal())
    alarms = Timers(ears.database, SERVICE.name, SERVICE.timers)
    assert not await alarms.fire_one()
    clock.set_offset(timedelta(days=6))
    try:
        fired = 0
        while await alarms.fire_one():
            fired += 1
    finally:
        clock.set_offset(timedelta(0))
    assert fired == 4
    assert types(store).count("recovery_hold.unanswered") == 4
    manager = desk.other(worker="manager-1", role="manager", purpose="supervision")
    late = (await manager.get(f"{HOLDS}?state=unanswered")).json()["items"]
    assert len(late) == 4
    # A late answer is an answer.
    revenues = desk.other(worker="revenues-1", role="revenues_officer", purpose="revenues_recovery_hold")
    assert (await revenues.post(f"{HOLDS}/{late[0]['id']}/answers", {"answer": "granted"})).status_code == 201


# Who may see ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept_back", ["restricted", "hidden", "barred"])
async def test_who_is_kept_back_has_no_offer_that_shows(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase, kept_back: str
) -> None:
    await ears(home.signal())
    offer = await the_offer(caller)
    if kept_back == "hidden":
        caller = caller.other(hide=((uuid4(), home.person),))
    else:
        know(store, home.person, restricted=kept_back == "restricted", barred=["caller-1"])
    assert await listed(caller) == []
    problem(await caller.get(f"{OFFERS}/{offer['id']}"), 404, "not-found")
    tried = {"channel": "call", "outcome": "no_answer"}
    problem(await caller.post(f"{OFFERS}/{offer['id']}/attempts", tried), 404, "not-found")
    problem(await settle(caller, offer, "accepted"), 404, "not-found")


async def test_nobody_restricted_is_offered_anything(
    ears: Ears, caller: Desk, home: Home, store: ServiceDatabase
) -> None:
    know(store, home.person, restricted=True)
    await ears(home.signal())
    assert store.rows("select id from outreach_offer") == []


async def test_someone_introduced_and_never_met(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    answered = {
        "resident_id": str(uuid4()),
        "person_id": str(home.person),
        "household_id": str(home.household),
        "introduced_at": datetime.now(UTC).isoformat(),
    }
    await ears(home.signal())
    await ears(envelope("casefile.introduction.answered", answered | {"outcome": "introduced"}))
    assert len(await listed(caller)) == 1
    await ears(envelope("casefile.introduction.answered", answered | {"outcome": "erased"}, sequence=2))
    assert await listed(caller) == []
    assert of_offer(store)[-1] == "outreach.closed"


async def test_every_look_is_on_record(ears: Ears, caller: Desk, home: Home, store: ServiceDatabase) -> None:
    await ears(home.signal())
    offer = await the_offer(caller)
    await caller.get(f"{OBJECTIONS}?person_id={home.person}")
    await caller.get(HOLDS)
    about = {(action, record) for action, record, people in looks(store) if home.person in people}
    assert {
        ("triage.outreach.read", "outreach"),
        ("triage.outreach.read", f"outreach/{offer['id']}"),
        ("triage.objection.read", "objections"),
        ("triage.recovery_hold.read", "recovery_holds"),
    } <= about
