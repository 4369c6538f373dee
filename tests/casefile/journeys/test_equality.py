"""Equality data: the person's word goes in; which questions are answered comes out, an answer never."""

from typing import Any

import pytest

from services.casefile.equality import queries
from tests.casefile.doors import Casefile


def path(person: Any) -> str:
    return f"/people/{person['id']}/equality"


def asked(view: Any) -> set[str]:
    return {each["question"] for each in view["questions"] if each["answered_at"]}


async def own(casefile: Casefile, person: Any) -> dict[str, str]:
    async with casefile.unit() as unit:
        return {each.question: each.answer for each in await queries.of_their_own(unit, [person["id"]])}


async def test_what_they_say_is_kept_and_not_shown(casefile: Casefile) -> None:
    amina = await casefile.person()
    said = {"ethnicity": "african", "religion": "prefer_not_to_say", "disability": "not_limited"}
    answer = await casefile("POST", path(amina), {"given_by": "themselves", "answers": said})
    assert answer.status_code == 201, answer.text
    shown = await casefile("GET", path(amina))
    for text in (answer.text, shown.text):
        assert "african" not in text
        assert "prefer_not" not in text
        assert "limited" not in text
    assert asked(shown.json()) == set(said)
    assert await own(casefile, amina) == said
    # What they say now counts, and what they take back is gone.
    later = {"ethnicity": "other_black", "disability": None}
    left = await casefile.good("POST", path(amina), {"given_by": "themselves_with_help", "answers": later})
    assert asked(left) == {"ethnicity", "religion"}
    assert await own(casefile, amina) == {"ethnicity": "other_black", "religion": "prefer_not_to_say"}
    # Told to nobody: no event, no line on the page, no word in what the person's record shows.
    person = (await casefile("GET", f"/people/{amina['id']}")).text
    assert "other_black" not in person
    assert not [each for each in casefile.announced() if "equality" in each["type"] or "other_black" in str(each)]
    records = [row["record"] for row in casefile.stored.rows("select record from audit_entry")]
    assert records.count(f"equality/{amina['id']}") == 5


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({"given_by": "themselves", "answers": {"ethnicity": "martian"}}, "/answers/ethnicity", "known-answer"),
        ({"given_by": "themselves", "answers": {"shoe_size": "9"}}, "/answers", "unprocessable"),
        ({"given_by": "themselves", "answers": {"shoe_size": "nine"}}, "/answers", "known-question"),
        ({"given_by": "themselves", "answers": {}}, "/answers", "some-answer"),
        ({"given_by": "a_worker", "answers": {"sex": "female"}}, "/given_by", "enum"),
    ],
)
async def test_what_is_wrong_is_named(casefile: Casefile, body: Any, pointer: str, rule: str) -> None:
    amina = await casefile.person()
    answer = await casefile("POST", path(amina), body)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"].startswith(pointer)
    if rule != "unprocessable":
        assert error["rule"] == rule
    assert await own(casefile, amina) == {}


async def test_who_may_not_be_shown_is_not_asked(casefile: Casefile) -> None:
    amina = await casefile.person()
    body = {"given_by": "themselves", "answers": {"sex": "female"}}
    hide = [(amina["id"], amina["household_id"])]
    assert (await casefile("GET", path(amina), hide=hide)).status_code == 404
    assert (await casefile("POST", path(amina), body, hide=hide)).status_code == 404
    casefile.restrict(amina["id"])
    assert (await casefile("GET", path(amina))).status_code == 404


async def test_a_merge_asks_nobody_twice(casefile: Casefile) -> None:
    amina, double = await casefile.person(), await casefile.person("Aamina", "Yousuf")
    await casefile.good("POST", path(double), {"given_by": "themselves", "answers": {"sex": "female"}})
    merge = {"survivor_id": amina["id"], "reason": "the same"}
    await casefile.good("POST", f"/people/{double['id']}/merge", merge, version=1)
    assert asked(await casefile.good("GET", path(amina))) == {"sex"}
