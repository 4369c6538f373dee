"""Who may speak about a person: a failed call confirms nothing, whatever failed."""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from kit import clock
from kit.contracts.codes import NeedDomain
from kit.errors import Invalid
from kit.testing.databases import ServiceDatabase
from services.triage.speakers import domain
from services.triage.speakers.domain import Capacity, Proof, Speaker
from tests.triage.desk import Desk, events, know, looks, problem, set_clock

DOOR = "/v1/triage/speakers"
CHECK = f"{DOOR}/checks"
PERSON = uuid4()
WORD = "Blue Kettle"
TODAY = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


async def recorded(desk: Desk, **body: Any) -> httpx.Response:
    attorney = {
        "person_id": str(PERSON),
        "capacity": "attorney",
        "name": "Rosa Lee",
        "proof": "lasting_power_registered",
        "word": WORD,
    }
    return await desk.post(DOOR, {**attorney, **body})


async def checked(desk: Desk, **body: Any) -> dict[str, Any]:
    answer = await desk.send(
        "POST",
        CHECK,
        json.dumps({"person_id": str(PERSON), "word": WORD, **body}).encode(),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_chosen_word_as_said_not_as_typed(desk: Desk, store: ServiceDatabase) -> None:
    made = await recorded(desk, scope=["money", "housing"])
    assert made.status_code == 201, made.text
    assert "word" not in made.json()
    assert made.json()["has_word"] is True
    answer = await checked(desk, word="  blue   KETTLE ", about="money")
    assert (answer["confirmed"], answer["capacity"], answer["scope"]) == (True, "attorney", ["housing", "money"])
    assert WORD.casefold() not in str(events(store)).casefold()
    assert "Rosa" not in str(events(store))
    assert WORD.encode() not in store.rows("select word_digest from speaker")[0]["word_digest"]


@pytest.mark.full
async def test_a_failed_call_confirms_nothing(desk: Desk, store: ServiceDatabase) -> None:
    hidden, barred, ended, unproved, old = (uuid4() for _ in range(5))
    await recorded(desk, scope=["money"])
    for person in (hidden, barred, ended, unproved, old):
        body: dict[str, Any] = {"person_id": str(person)}
        if person == unproved:
            body |= {"proof": None}
        if person == old:
            body |= {"expires_on": str(clock.today())}
        made = await recorded(desk, **body)
        assert made.status_code == 201, made.text
        if person == ended:
            done = await desk.patch(made.headers["location"], {"ended": True}, if_match='"1"')
            assert done.json()["state"] == "ended"
    know(store, hidden, restricted=True)
    know(store, barred, barred=[desk.worker])
    nothing = [
        await checked(desk, word="green kettle"),
        await checked(desk, about="health"),
        await checked(desk, person_id=str(uuid4())),
        *[await checked(desk, person_id=str(each)) for each in (hidden, barred, ended, unproved)],
    ]
    set_clock(store, clock.now() + timedelta(days=1))
    nothing.append(await checked(desk, person_id=str(old)))
    assert nothing == [nothing[0]] * len(nothing)
    assert (nothing[0]["confirmed"], nothing[0]["speaker_id"], nothing[0]["scope"]) == (False, None, [])
    tried = [each for each in looks(store) if each[1] == "speaker_check"]
    assert len(tried) == len(nothing), "each try is on record"


@pytest.mark.full
async def test_after_five_failures_the_right_word_is_no_use_for_an_hour(desk: Desk, store: ServiceDatabase) -> None:
    await recorded(desk)
    survivor = uuid4()
    know(store, PERSON, merged_into=survivor)
    for _ in range(domain.TRIES):
        assert not (await checked(desk, person_id=str(survivor), word="guess"))["confirmed"]
    assert not (await checked(desk, person_id=str(survivor)))["confirmed"]
    set_clock(store, clock.now() + domain.TRIES_WITHIN + timedelta(minutes=1))
    assert (await checked(desk, person_id=str(survivor)))["confirmed"], "their word, under their new id"


async def test_the_person_themself_may_choose_a_word(desk: Desk) -> None:
    await recorded(desk, capacity="themself", name=None, proof=None)
    assert (await checked(desk))["capacity"] == "themself"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"proof": "spoken_consent"}, "proof-fits"),
        ({"capacity": "friend", "proof": "signed_consent"}, "expiry"),
        ({"capacity": "councillor", "proof": "constituent_request", "expires_on": "2031-01-01"}, "expiry"),
        ({"expires_on": "2020-01-01"}, "expiry"),
        ({"name": None}, "name"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, body: dict[str, Any], rule: str) -> None:
    document = problem(await recorded(desk, **body), 422, "invalid")
    assert [each["rule"] for each in document["errors"]] == [rule]


async def test_changes_need_what_was_seen_and_ended_stays(desk: Desk, store: ServiceDatabase) -> None:
    made = await recorded(desk, proof=None)
    place = made.headers["location"]
    assert made.json()["in_force"] is False
    problem(await desk.patch(place, {"proof": "court_order"}, if_match=None), 428, "precondition-required")
    problem(await desk.patch(place, {"proof": "court_order"}, if_match='"1"'), 422, "invalid")
    proved = await desk.patch(place, {"proof": "lasting_power_registered", "scope": ["health"]}, if_match='"1"')
    assert (proved.json()["in_force"], proved.json()["proof_seen_by"]) == (True, "officer-1")
    problem(await desk.patch(place, {"ended": True}, if_match='"1"'), 412, "stale")
    await desk.patch(place, {"ended": True}, if_match='"2"')
    problem(await desk.patch(place, {"scope": []}, if_match='"3"'), 409, "conflict")
    assert [each["type"].rpartition(".")[2] for each in events(store)] == ["recorded", "changed", "ended"]
    (row,) = (await desk.get(f"{DOOR}?person_id={PERSON}")).json()["items"]
    assert (row["state"], row["has_word"]) == ("ended", False)
    know(store, PERSON, restricted=True)
    assert (await desk.get(f"{DOOR}?person_id={PERSON}")).json()["items"] == []
    problem(await desk.patch(place, {"ended": True}, if_match='"3"'), 404, "not-found")


async def test_who_speaks_is_known_to_the_next_desk(desk: Desk, store: ServiceDatabase) -> None:
    set_clock(store, datetime(2026, 12, 4, 12, tzinfo=UTC))
    await recorded(desk, expires_on="2027-03-31", scope=["money"])
    await recorded(desk, capacity="deputy", proof=None)
    (known,) = [
        each
        for each in (await desk.get(f"/v1/triage/known?person_id={PERSON}")).json()
        if each["question"] == "person.speaks_for"
    ]
    assert known["value"] == [
        {"capacity": "attorney", "name": "Rosa Lee", "scope": ["money"], "expires_on": "2027-03-31"}
    ]


# The rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", Capacity)
@pytest.mark.parametrize("proof", [None, *Proof])
def test_nobody_speaks_without_the_proof_that_fits(capacity: Capacity, proof: Proof | None) -> None:
    last = TODAY + timedelta(days=30)
    try:
        domain.check_new(capacity, proof, last, TODAY)
    except Invalid:
        assert proof not in domain.NEEDS[capacity]
        return
    speaks = domain.in_force(Speaker(capacity, frozenset(), proof, last), TODAY)
    assert speaks == (capacity is Capacity.THEMSELF or proof in domain.NEEDS[capacity])


def test_the_last_day_counts_and_the_scope_is_kept() -> None:
    friend = Speaker(Capacity.FRIEND, frozenset({NeedDomain.MONEY}), Proof.SPOKEN_CONSENT, TODAY)
    assert domain.may_speak(friend, NeedDomain.MONEY, TODAY)
    assert not domain.may_speak(friend, NeedDomain.HEALTH, TODAY)
    assert not domain.may_speak(friend, NeedDomain.MONEY, TODAY + timedelta(days=1))
    everything = Speaker(Capacity.ATTORNEY, frozenset(), Proof.LASTING_POWER_REGISTERED, None)
    assert all(domain.may_speak(everything, each, TODAY) for each in NeedDomain)


def test_one_word_two_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    salts = [secrets.token_bytes(16) for _ in range(2)]
    assert domain.digest(WORD, salts[0]) != domain.digest(WORD, salts[1])
    assert domain.which(WORD, [(salts[0], domain.digest(WORD, salts[0])), (salts[1], b"x")]) == [True, False]
    done: list[bytes] = []

    def digest(word: str, salt: bytes) -> bytes:
        done.append(salt)
        return b""

    monkeypatch.setattr(domain, "digest", digest)
    for marks in ([], [(salts[0], b"")], [(each, b"") for each in salts]):
        done.clear()
        domain.which(WORD, marks)
        assert len(done) == 2, "as much work for nobody as for somebody"
