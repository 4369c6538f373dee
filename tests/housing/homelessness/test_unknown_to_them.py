"""Somebody applies whom this officer may not know of: every answer is a stranger's, and who may joins the two."""

import json
import re
from typing import Any
from uuid import UUID, uuid4

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
