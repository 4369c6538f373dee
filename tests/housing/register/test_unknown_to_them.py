"""Somebody applies whom this officer may not know of: every answer is a stranger's, and who may takes it up."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from services.housing.register import following
from tests.housing.doors import Housing
from tests.housing.lettings.ground import LETTINGS, a_home, an_advert
from tests.housing.register.households import DAY, NEEDS_NOTHING, registered

BARRED: dict[str, Any] = {"actor": "officer-7"}
ALLOWED: dict[str, Any] = {"actor": "officer-1"}
_LATER = {"closes_at": "2026-12-23T23:59:00+00:00", "seed_from": "2026-12-25T21:00:00+00:00"}


@dataclass
class Them:
    """What is typed: a person, their household, and the reference they had."""

    person: UUID = field(default_factory=uuid4)
    household: UUID = field(default_factory=uuid4)
    reference: str = field(default_factory=lambda: f"OLD-{uuid4().hex[:8]}")

    @property
    def body(self) -> dict[str, Any]:
        parent = {"person_id": str(self.person), "born": "1992-06-21", "sex": "female", "place": "applicant"}
        return {
            "household_id": str(self.household),
            "members": [parent, {"born": "2016-03-01", "sex": "male"}, {"born": "2010-01-05", "sex": "female"}],
            "circumstances": NEEDS_NOTHING,
            "source_reference": self.reference,
        }


async def _stranger(_: Housing) -> Them:
    return Them()


async def _barred(housing: Housing) -> Them:
    them = Them()
    housing.know(them.person, them.household, barred=("officer-7",))
    return them


async def _restricted(housing: Housing) -> Them:
    them = Them()
    housing.know(them.person, them.household, restricted=True)
    return them


async def _on_the_register(housing: Housing) -> Them:
    them = Them()
    await _registered(housing, them)
    housing.know(them.person, them.household, barred=("officer-7",))
    return them


async def _owed_a_duty(housing: Housing) -> Them:
    them = await _barred(housing)
    _owe(housing, them.person, them.household)
    return them


async def _of_their_household(housing: Housing) -> Them:
    """Only the household is somebody's who is kept back: theirs is on the register, and owed a duty."""
    hidden = await _on_the_register(housing)
    _owe(housing, hidden.person, hidden.household)
    return Them(household=hidden.household)


async def _with_their_reference(housing: Housing) -> Them:
    hidden = await _on_the_register(housing)
    return Them(reference=hidden.reference)


def _owe(housing: Housing, person: UUID, household: UUID) -> None:
    housing.stored.execute(
        "insert into register_established (id, fact, value, person_id, household_id, since, sequence)"
        " values (%s, 'homeless_duty', 'main', %s, %s, '2026-01-05', 1)",
        [uuid4(), person, household],
    )


async def _registered(housing: Housing, them: Them) -> Any:
    row = await housing.good("POST", "/applications", them.body, **ALLOWED)
    await housing.good("POST", f"/applications/{row['id']}/assessments", {}, version=1, **ALLOWED)
    return await housing.good("GET", f"/applications/{row['id']}", **ALLOWED)


KINDS = (_barred, _restricted, _on_the_register, _owed_a_duty, _of_their_household, _with_their_reference)


async def _everything_answered(housing: Housing, them: Them, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What an officer hears who registers them, reads it, goes on with it, and does it all again."""
    answers: list[str] = []
    seen = {str(them.person): "<person>", str(them.household): "<household>", them.reference: "<reference>"}
    asked = 0
    execute = psycopg.AsyncCursor.execute

    async def heard(cursor: Any, query: Any, *more: Any, **named: Any) -> Any:
        nonlocal asked
        asked += "notify" not in str(query) and "register_application.number" not in str(query)
        return await execute(cursor, query, *more, **named)

    async def ask(method: str, path: str, body: Any = None, **more: Any) -> Any:
        nonlocal asked
        asked = 0
        with monkeypatch.context() as listening:
            listening.setattr(psycopg.AsyncCursor, "execute", heard)
            answer = await housing(method, path, body, **BARRED, **more)
        text = answer.text
        for id_, name in seen.items():
            text = text.replace(id_, name)
        text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<moment>", text)
        text = re.sub(r'"number":"\d{7}"', '"number":"<number>"', text)
        text = re.sub(r"[0-9a-f]{32}", "<token>", text)
        text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>", text)
        answers.append(f"{method} {answer.status_code} {asked} {json.dumps(json.loads(text or '{}'), sort_keys=True)}")
        return answer.json() if answer.content else {}

    async def go_on(said: dict[str, Any]) -> None:
        nonlocal seen
        row = await ask("POST", "/applications", said)
        if "id" not in row:
            return
        path = f"/applications/{row['id']}"
        seen |= {row["id"]: "<application>", row["number"]: "<number>"}
        await ask("GET", path)
        await ask("PATCH", path, {"circumstances": NEEDS_NOTHING | {"bedrooms_now": 1}}, version=1)
        now = (await ask("GET", path))["version"]
        await ask("POST", f"{path}/assessments", {}, version=now)
        now = (await ask("GET", path)).get("version", 1)
        await ask("GET", f"{path}/decisions")
        await ask("GET", f"{path}/bands")
        advert = await an_advert(housing, await a_home(housing), **_LATER)
        said = {"advert_id": advert["id"], "application_id": row["id"], "channel": "phone"}
        bid = await ask("POST", "/bids", said, **LETTINGS)
        if "id" in bid:
            await ask("GET", f"/bids/{bid['id']}", **LETTINGS)
        await ask("POST", f"{path}/renewals", version=now)
        await ask("POST", f"{path}/decisions", {"kind": "suspend", "words": "They are away"}, version=now + 1)

    await go_on(them.body)
    await go_on(them.body)
    await go_on({**them.body, "source_reference": None})
    await ask("GET", f"/applications?person_id={them.person}")
    await ask("GET", f"/applications?household_id={them.household}")
    return answers


@pytest.mark.parametrize("kind", KINDS)
async def test_an_officer_who_may_not_know_of_them_is_answered_as_of_a_stranger(
    housing: Housing, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    housing.on(DAY)
    # Once for what a first time costs.
    await _everything_answered(housing, Them(), monkeypatch)
    them = await kind(housing)
    before = len(housing.announced())
    stranger = await _everything_answered(housing, await _stranger(housing), monkeypatch)
    between = len(housing.announced())
    assert await _everything_answered(housing, them, monkeypatch) == stranger
    assert [each[:8] for each in stranger[:5]] == ["POST 201", "GET 200 ", "PATCH 20", "GET 200 ", "POST 200"]
    # As much is told, and nothing of it of them.
    told = housing.announced()
    assert len(told) - between == between - before
    typed = {str(them.person), str(them.household)} if kind is not _with_their_reference else set()
    if kind is _of_their_household:
        typed -= {str(them.person)}
    assert not [each["type"] for each in told[between:] if any(id_ in json.dumps(each["data"]) for id_ in typed)]


@pytest.mark.full
@pytest.mark.parametrize("kind", [_barred, _restricted, _owed_a_duty])
async def test_beside_one_of_the_household_that_they_know_it_is_answered_as_a_strangers(
    housing: Housing, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The officer registered somebody of that household before, whom they may know."""
    housing.on(DAY)
    await _everything_answered(housing, Them(), monkeypatch)
    answers = []
    for them in (await _stranger(housing), await kind(housing)):
        known = Them(household=them.household)
        said = await _everything_answered(housing, known, monkeypatch)
        answers.append([*said, *await _everything_answered(housing, them, monkeypatch)])
    assert answers[1] == answers[0]


async def test_naming_somebody_they_may_not_know_later_is_answered_as_of_a_stranger(housing: Housing) -> None:
    housing.on(DAY)
    answers = []
    for barred in ((), ("officer-7",)):
        row = await registered(housing, ("male", "2016-03-01"), ("male", "2014-01-05"), ("female", "2018-07-09"))
        other = uuid4()
        housing.know(other, uuid4(), barred=barred)
        asked = {"person_id", "born", "sex", "place"}
        said = [{name: each[name] for name in asked} for each in row["members"]]
        said.append({"person_id": str(other), "born": "1990-04-05", "sex": "male", "place": "partner"})
        path = f"/applications/{row['id']}"
        done = await housing("PATCH", path, {"members": said}, version=row["version"], **BARRED)
        read = await housing("GET", path, **BARRED)
        answers.append((done.status_code, read.status_code, len(read.json()["members"])))
        told = housing.announced("application.changed")[-1]["data"]["person_ids"]
        assert (str(other) in told, row["person_id"] in told) == (not barred, True)
    assert answers[0] == answers[1] == (200, 200, 5)


async def test_nobody_else_is_taken_as_unknown_because_somebody_is(housing: Housing) -> None:
    housing.on(DAY)
    hidden = await _on_the_register(housing)
    await housing.good("POST", "/applications", {**hidden.body, "source_reference": None}, **ALLOWED)
    for reference in (None, "OLD-1"):
        them = Them()
        row = await housing.good("POST", "/applications", {**them.body, "source_reference": reference}, **BARRED)
        kept = housing.stored.rows("select blind_by, unknown_ids from register_application where id = %s", [row["id"]])
        assert (kept[0]["blind_by"], kept[0]["unknown_ids"]) == (None, [])


async def test_who_may_know_of_them_takes_it_up_and_the_officer_sees_it_no_more(housing: Housing) -> None:
    housing.on(DAY)
    them = await _owed_a_duty(housing)
    row = await housing.good("POST", "/applications", them.body, **BARRED)
    assert (await housing.good("GET", f"/applications/{row['id']}", **ALLOWED))["person_id"] == str(them.person)
    found = await housing.good("POST", f"/applications/{row['id']}/assessments", {}, version=1, **ALLOWED)
    assert found["band"] == "b"
    last = housing.announced("application.banded")[-1]["data"]
    assert (last["person_id"], last["household_id"]) == (str(them.person), str(them.household))
    await housing.refused(404, "GET", f"/applications/{row['id']}", **BARRED)
    # As known as any other: a second one does not bid beside it.
    again = await housing.good("POST", "/applications", {**them.body, "source_reference": None}, **ALLOWED)
    assert again["duplicates"] == [row["id"]]
    await housing.refused(409, "POST", f"/applications/{again['id']}/assessments", {}, version=1, **ALLOWED)


async def test_of_two_of_one_household_who_sees_both_ends_one_first(housing: Housing) -> None:
    housing.on(DAY)
    them = await _on_the_register(housing)
    row = await housing.good("POST", "/applications", them.body, **BARRED)
    await housing.good("POST", f"/applications/{row['id']}/assessments", {}, version=1, **BARRED)
    both = (await housing.good("GET", f"/applications?household_id={them.household}", **ALLOWED))["items"]
    assert [each["state"] for each in both] == ["active", "active"]
    now = await housing.good("GET", f"/applications/{row['id']}", **ALLOWED)
    assert [each["id"] for each in both if each["id"] != row["id"]] == now["duplicates"]
    ended = {"kind": "end", "words": "It is the same household", "at_their_wish": True}
    await housing.good("POST", f"/applications/{row['id']}/decisions", ended, version=now["version"], **ALLOWED)
    ended_now = await housing.good("GET", f"/applications/{row['id']}", **ALLOWED)
    assert (ended_now["state"], ended_now["end_reason"]) == ("cancelled", "withdrawn")


async def test_what_is_heard_of_the_hidden_changes_nothing_in_what_was_taken_blindly(housing: Housing) -> None:
    housing.on(DAY)
    them = await _barred(housing)
    row = await housing.good("POST", "/applications", them.body, **BARRED)
    fact = {"id": uuid4(), "fact": "homeless_duty", "value": "main", "since": date(2026, 11, 1), "until": None}
    async with housing.unit() as unit:
        await following.establish(unit, {**fact, "person_id": them.person, "household_id": them.household}, 1)
    assert await housing.good("GET", f"/applications/{row['id']}", **BARRED) == row
