"""Somebody applies whom this officer may not know of: every answer is a stranger's, and who may joins the two."""

import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.ids import stand_in
from tests.casefile.facts import envelope
from tests.housing.doors import Housing
from tests.housing.homelessness.test_cases import FRIDAY
from tests.housing.homelessness.work import CASES, OFFICER, opened

BARRED: dict[str, Any] = {**OFFICER, "actor": "officer-7"}


async def _everything_answered(housing: Housing, person_id: UUID) -> list[str]:
    """What an officer hears who opens a case, reads it, finds it, opens it again, and writes in it."""
    body = {"person_id": str(person_id), "members": [{"role": "main_applicant", "person_id": str(person_id)}]}
    first = await housing("POST", CASES, body, **BARRED)
    id_ = first.json()["id"]
    again = await housing("POST", CASES, body, **BARRED)
    read = await housing("GET", f"{CASES}/{id_}", **BARRED)
    listed = await housing("GET", f"{CASES}?person_id={person_id}", **BARRED)
    other = {"members": [{"role": "main_applicant", "person_id": str(uuid4())}]}
    wrong = await housing("PUT", f"{CASES}/{id_}/household", other, version=1, **BARRED)
    held = await housing("PUT", f"{CASES}/{id_}/holder", {"officer": "officer-7"}, version=1, **BARRED)
    answers = (first, again, read, listed, wrong, held)
    return [_told(each.status_code, each.text, id_, person_id) for each in answers]


def _told(status: int, text: str, id_: str, person_id: UUID) -> str:
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<moment>", text)
    said = json.loads(text.replace(id_, "<case>").replace(str(person_id), "<person>"))
    for each in said.get("members", ()):
        each.pop("id", None)
    for name in ("instance", "title"):
        said.pop(name, None)
    return f"{status} {json.dumps(said, sort_keys=True)}"


async def test_an_officer_who_may_not_know_of_somebody_is_answered_as_of_a_stranger(housing: Housing) -> None:
    housing.on(FRIDAY)
    hidden = uuid4()
    theirs = await opened(housing, hidden)
    housing.know(hidden, uuid4(), barred=("officer-7",))
    before = len(housing.announced("approach.made"))
    stranger = await _everything_answered(housing, uuid4())
    announced = len(housing.announced("approach.made"))
    assert await _everything_answered(housing, hidden) == stranger
    assert [each[:3] for each in stranger] == ["201", "409", "200", "200", "422", "200"]
    # Nothing of it is told to anybody, whatever a stranger's is.
    assert (announced - before, len(housing.announced("approach.made"))) == (1, announced)
    await housing.refused(404, "GET", f"{CASES}/{theirs['id']}", **BARRED)

    # Another officer, who may: sees both, and ends the second one; alone they would have joined it.
    both = (await housing.good("GET", f"{CASES}?person_id={hidden}", **OFFICER))["items"]
    assert {each["person_id"] for each in both} == {str(hidden)}
    assert len(both) == 2


async def test_who_may_know_of_them_joins_the_case_by_taking_it_up(housing: Housing) -> None:
    housing.on(FRIDAY)
    hidden = uuid4()
    housing.know(hidden, uuid4(), barred=("officer-7",))
    case = await housing.good("POST", CASES, {"person_id": str(hidden)}, **BARRED)
    taken = await housing.good(
        "PUT", f"{CASES}/{case['id']}/holder", {"officer": "officer-1"}, version=case["version"], **OFFICER
    )
    assert taken["person_id"] == str(hidden)
    assert [each["data"]["person_id"] for each in housing.announced("approach.made")] == [str(hidden)]
    # From now on it is the hidden person's own.
    await housing.refused(404, "GET", f"{CASES}/{case['id']}", **BARRED)


async def test_what_was_taken_unknowingly_is_shown_to_no_other_officer_from_whom_they_are_kept(
    housing: Housing,
) -> None:
    housing.on(FRIDAY)
    hidden = uuid4()
    housing.know(hidden, uuid4(), restricted=True)
    case = await housing.good("POST", CASES, {"person_id": str(hidden)}, **BARRED)
    await housing.refused(404, "GET", f"{CASES}/{case['id']}", **OFFICER)
    assert (await housing.good("GET", CASES, **OFFICER))["items"] == []


# What the front door took in ---------------------------------------------------------------------------------


async def heard(
    housing: Housing, contact: UUID, person: UUID | None, home: UUID | None, *, blind: bool, sequence: int = 1
) -> None:
    """As triage tells of an application: of somebody taken blindly by the names of strangers, and as whom."""
    who = {"person_id": person and str(person), "household_id": home and str(home)}
    if blind:
        told = {f"told_{name}": id_ for name, id_ in who.items()}
        who = {name: id_ and str(stand_in(contact, UUID(id_))) for name, id_ in who.items()} | told
    data = {
        **who,
        "application_id": str(stand_in(contact, contact)),
        "contact_id": str(contact),
        "made_on": "2026-12-04",
        "how": "said",
        "where_tonight": "nowhere",
        "tonight": "house_tonight",
        "opened_at": "2026-12-04T09:00:00Z",
        "changed_at": "2026-12-04T09:00:00Z",
    }
    type_ = f"triage.homelessness_application.{'opened' if sequence == 1 else 'changed'}"
    assert set(await housing.take(envelope(type_, data, sequence=sequence, actor="officer-7"))) == {"taken"}


async def _what_the_desk_finds(housing: Housing, person: UUID | None, home: UUID, *, blind: bool) -> list[str]:
    """What whoever took it finds here: under the ids that they typed, after each contact."""
    found: list[str] = []
    looks = [f"{CASES}?household_id={home}", *([f"{CASES}?person_id={person}"] if person else [])]
    for contact in (uuid4(), uuid4()):
        await heard(housing, contact, person, home, blind=blind)
        await heard(housing, contact, person, home, blind=blind, sequence=2)
        items: list[dict[str, Any]] = []
        for look in looks:
            listed = await housing("GET", look, **BARRED)
            items = listed.json()["items"]
            found.append(_bare(listed.text, person, home))
        for each in items:
            found.append(_bare((await housing("GET", f"{CASES}/{each['id']}", **BARRED)).text, person, home))
    return sorted(found)


_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _bare(text: str, person: UUID | None, home: UUID) -> str:
    text = text.replace(str(home), "<home>").replace(str(person), "<person>")
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<moment>", _ID.sub("<id>", text))


@pytest.mark.parametrize("named", [True, False])
async def test_what_was_taken_blindly_at_the_front_door_stands_here_as_it_was_typed(
    housing: Housing, named: bool
) -> None:
    housing.on(FRIDAY)
    hidden, home = uuid4(), uuid4()
    housing.know(hidden, home, barred=("officer-7", "officer-8"))
    if named:
        # Their own case, with somebody who may know of them: not there, and not joined.
        await opened(housing, hidden)
    before = len(housing.announced("approach.made"))
    stranger = await _what_the_desk_finds(housing, uuid4() if named else None, uuid4(), blind=False)
    announced = len(housing.announced("approach.made"))
    assert await _what_the_desk_finds(housing, hidden if named else None, home, blind=True) == stranger
    assert "<home>" in stranger[0]
    assert len(stranger) == (6 if named else 5)
    # Of a stranger it is told; of them nobody hears of anything that says their ids.
    assert (announced - before, len(housing.announced("approach.made"))) == (1 if named else 2, announced)
    theirs = [each["id"] for each in (await housing.good("GET", f"{CASES}?household_id={home}", **BARRED))["items"]]
    for each in theirs:
        await housing.refused(404, "GET", f"{CASES}/{each}", **{**OFFICER, "actor": "officer-8"})
        case = await housing.good("GET", f"{CASES}/{each}", **OFFICER)
        assert (case["person_id"], case["household_id"]) == (str(hidden) if named else None, str(home))


async def test_who_may_know_of_a_home_takes_up_what_was_said_of_it(housing: Housing) -> None:
    housing.on(FRIDAY)
    hidden, home, contact = uuid4(), uuid4(), uuid4()
    housing.know(hidden, home, barred=("officer-7",))
    await heard(housing, contact, None, home, blind=True)
    (case,) = (await housing.good("GET", f"{CASES}?household_id={home}", **OFFICER))["items"]
    held = {"officer": "officer-1"}
    taken = await housing.good("PUT", f"{CASES}/{case['id']}/holder", held, version=case["version"], **OFFICER)
    assert (taken["household_id"], housing.announced("approach.made")[0]["data"]["household_id"]) == (str(home),) * 2
    await housing.refused(404, "GET", f"{CASES}/{case['id']}", **BARRED)


async def test_a_contact_given_to_somebody_else_after_all_is_theirs(housing: Housing) -> None:
    housing.on(FRIDAY)
    hidden, contact, other = uuid4(), uuid4(), uuid4()
    housing.know(hidden, uuid4(), barred=("officer-7",))
    housing.know(other, uuid4())
    await heard(housing, contact, hidden, None, blind=True)
    await heard(housing, contact, other, None, blind=False, sequence=2)
    (case,) = (await housing.good("GET", CASES, **BARRED))["items"]
    assert case["person_id"] == str(other)
    assert (await housing.good("GET", f"{CASES}?person_id={hidden}", **OFFICER))["items"] == []


async def test_of_a_home_alone_nobody_reads_who_may_not_know_who_lives_there(housing: Housing) -> None:
    housing.on(FRIDAY)
    hidden, home, contact = uuid4(), uuid4(), uuid4()
    housing.know(hidden, home, barred=("officer-8",))
    await heard(housing, contact, None, home, blind=False)
    (case,) = (await housing.good("GET", f"{CASES}?household_id={home}", **OFFICER))["items"]
    barred = {**OFFICER, "actor": "officer-8"}
    await housing.refused(404, "GET", f"{CASES}/{case['id']}", **barred)
    assert (await housing.good("GET", f"{CASES}?household_id={home}", **barred))["items"] == []
