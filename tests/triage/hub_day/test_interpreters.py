"""Interpreters: five minutes by phone, never a child, never family where abuse is possible."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.clock import LONDON
from kit.errors import Conflict, Invalid
from services.triage.interpreters import domain
from services.triage.interpreters.domain import Interpreter, Mode, State, Step
from tests.triage.desk import looks
from tests.triage.hub_day.day import FRIDAY, Day, appointment, booked, problem, separate, step

INTERPRETERS = "/v1/triage/interpreters"
ADULT = {"interpreter": "family_or_friend", "is_adult": True}
PROFESSIONAL = {"interpreter": "professional", "interpreter_code": "a1207"}


async def asked(day: Day, **said: Any) -> dict[str, Any]:
    answer = await day.desk.post(INTERPRETERS, {"language": "so", **said})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def does(day: Day, made: dict[str, Any], version: int, **body: Any) -> Any:
    return await step(day.desk, f"{INTERPRETERS}/{made['id']}/steps", body, version)


async def test_by_phone_it_takes_five_minutes_or_it_rings(day: Day) -> None:
    made = await asked(day, dialect="Maay", gender="woman", hub="heath")
    due = datetime.fromisoformat(made["due_at"]) - datetime.fromisoformat(made["requested_at"])
    assert due == timedelta(minutes=5)
    assert await day.until(FRIDAY + timedelta(minutes=4)) == 0
    assert await day.until(FRIDAY + timedelta(minutes=5, seconds=5)) == 1
    (late,) = (await day.desk.get(f"{INTERPRETERS}?rings=true")).json()["items"]
    assert late["id"] == made["id"]
    joined = (await does(day, made, late["version"], step="join", **PROFESSIONAL)).json()
    assert joined["state"] == "joined"
    assert (await day.desk.get(f"{INTERPRETERS}?rings=true")).json()["items"] == []
    ended = (await does(day, made, joined["version"], step="end", outcome="wrong_dialect")).json()
    assert (ended["state"], ended["outcome"], ended["dialect"]) == ("ended", "wrong_dialect", "Maay")


@pytest.mark.full
async def test_our_promise_is_counted(day: Day) -> None:
    for minutes in (2, 4, 9):
        made = await asked(day)
        start = FRIDAY + timedelta(minutes=20 * minutes)
        day.store.execute("update interpreter_request set requested_at = %s where id = %s", [start, made["id"]])
        day.at(start + timedelta(minutes=minutes))
        assert (await does(day, made, 1, step="join", **PROFESSIONAL)).status_code == 200
        await does(day, made, 2, step="end", outcome="understood")
    await asked(day)
    promise = (await day.desk.get(f"{INTERPRETERS}/promise")).json()
    assert (promise["asked"], promise["joined"], promise["within_five_minutes"]) == (4, 3, 2)
    assert promise["understood"] == 3
    assert 3.9 < promise["middle_minutes"] < 4.1


async def test_idris_does_not_interpret_for_his_mother(day: Day) -> None:
    made = await asked(day)
    refused = problem(
        await does(day, made, 1, step="join", interpreter="family_or_friend", is_adult=False), 422, "invalid"
    )
    assert refused["errors"][0]["rule"] == "never-a-child"
    assert refused["instead"] == ["phone"]
    unsaid = problem(await does(day, made, 1, step="join", interpreter="family_or_friend"), 422, "invalid")
    assert unsaid["errors"][0]["rule"] == "never-a-child"


async def test_family_interprets_only_when_we_asked_alone_and_nothing_speaks_against_it(day: Day) -> None:
    her, him = uuid4(), uuid4()
    separate(day.store, her, him)
    contact = (
        await day.desk.post("/v1/triage/contacts", {"channel": "walk_in", "needs": [{"domain": "domestic_abuse"}]})
    ).json()["id"]
    fleeing = {"domain": "money", "homelessness_signs": ["fleeing_abuse_or_violence"]}
    fled = (await day.desk.post("/v1/triage/contacts", {"channel": "walk_in", "needs": [fleeing]})).json()["id"]
    refusals = []
    for said in (
        {"asked_alone": False},
        {"asked_alone": True, "contact_id": contact},
        {"asked_alone": True, "contact_id": fled},
        {"asked_alone": True, "person_id": str(her)},
    ):
        made = await asked(day, **said)
        refused = problem(await does(day, made, 1, step="join", **ADULT), 422, "invalid")
        refusals.append((refused["detail"], refused["errors"]))
    # The same words, whatever is known.
    assert refusals == [refusals[0]] * 4
    fine = await asked(day, asked_alone=True)
    assert (await does(day, fine, 1, step="join", **ADULT)).status_code == 200


@pytest.mark.full
async def test_signs_are_booked_and_no_interpreter_is_in_two_places(day: Day) -> None:
    at = (FRIDAY + timedelta(days=3)).isoformat()
    signs = {"mode": "british_sign_language", "language": "bfi", "starts_at": at}
    first, second = await asked(day, **signs), await asked(day, **signs)
    assert first["due_at"] == "2026-12-06T10:00:00Z"
    assert (await does(day, first, 1, step="book", **PROFESSIONAL)).json()["state"] == "booked"
    twice = problem(await does(day, second, 1, step="book", **PROFESSIONAL), 409, "conflict")
    assert "somewhere else" in twice["detail"]
    # Booked is not there.
    assert await day.until(FRIDAY + timedelta(days=3, minutes=11)) == 2


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"language": "bfi"}, "signs-are-seen"),
        ({"mode": "british_sign_language", "starts_at": (FRIDAY + timedelta(days=1)).isoformat()}, "signs-are-seen"),
        ({"mode": "face_to_face"}, "by-booking"),
        ({"starts_at": (FRIDAY + timedelta(days=1)).isoformat()}, "phone-at-once"),
        ({"contact_id": str(uuid4())}, "known"),
    ],
)
@pytest.mark.full
async def test_what_cannot_be_asked_is_refused_by_name(day: Day, said: dict[str, Any], rule: str) -> None:
    refused = problem(await day.desk.post(INTERPRETERS, {"language": "so"} | said), 422, "invalid")
    assert refused["errors"][0]["rule"] == rule


@pytest.mark.full
async def test_an_interpreter_of_an_appointment_is_on_that_persons_record(day: Day) -> None:
    person = uuid4()
    made = await booked(day, appointment(person, FRIDAY + timedelta(days=3)))
    request = await asked(day, appointment_id=made["id"])
    assert request["person_id"] == str(person)
    assert ("triage.interpreter.work", f"interpreter_request/{request['id']}", [person]) in looks(day.store)


# By themselves --------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(Step), max_size=10))
def test_in_any_order_of_steps_nothing_happens_after_the_end(steps: list[Step]) -> None:
    state = State.ASKED
    for each in steps:
        if each not in domain.STEPS[state]:
            with pytest.raises(Conflict):
                domain.step(state, each)
            continue
        after = domain.step(state, each)
        assert state not in (State.ENDED, State.NOT_FOUND, State.CANCELLED)
        assert after is not State.ENDED or state is State.JOINED
        state = after


@given(adult=st.sampled_from([True, False, None]), alone=st.booleans(), abuse=st.booleans())
def test_there_is_one_way_for_family_to_interpret(adult: bool | None, alone: bool, abuse: bool) -> None:
    allowed = adult is True and alone and not abuse
    try:
        domain.check_interpreter(
            Interpreter.FAMILY_OR_FRIEND, is_adult=adult, code="a1", asked_alone=alone, abuse_possible=abuse
        )
    except Invalid:
        assert not allowed
    else:
        assert allowed


def test_by_when_one_must_be_found() -> None:
    now = datetime(2026, 12, 4, 10, tzinfo=LONDON)
    for ahead, due in ((48, 24), (12, 11), (0.5, 0)):
        starts = now + timedelta(hours=ahead)
        assert domain.due_at(Mode.FACE_TO_FACE, starts, now) == now + timedelta(hours=due)
