"""Asking that a person be told something: by codes, never by words; and the words themselves."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from kit.contracts import messages
from kit.contracts.messages import PLAIN, TEMPLATES, Kind
from kit.events.messages import request
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase

REMINDER = {"date": "2026-12-04", "time": "16:40", "hub": "heath"}
SAMPLES = {
    Kind.DATE: "2026-12-04",
    Kind.TIME: "09:00",
    Kind.AMOUNT: "1842.00",
    Kind.NUMBER: "3",
    Kind.CODE: "heath",
    Kind.REFERENCE: "NS-2041",
}


def template(**changes: Any) -> str:
    table = {"title": '"A title"', "text": '"Come on {date}."', "codes": '{ date = "date" }', "askers": '["triage"]'}
    lines = [f"{name} = {value}" for name, value in {**table, **changes}.items()]
    return '["a.thing"]\n' + "\n".join(lines)


def test_codes_become_plain_english() -> None:
    _, words = TEMPLATES["appointment.reminder"].words(REMINDER)
    assert "on Friday 4 December at 4:40pm, at the heath hub" in words


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_reads_and_tells_a_stranger_nothing(name: str) -> None:
    each = TEMPLATES[name]
    title, words = each.words({code: SAMPLES[kind] for code, kind in each.codes.items()})
    said = f"{title} {words}".casefold()
    assert "{" not in said
    # No service, need, debt or reason: a phone lies on a kitchen table.
    for word in ("council", "abuse", "debt", "arrears", "benefit", "tax", "safeguard", "police", "homeless", "health"):
        assert word not in said
    assert len(words) <= 4 * 153  # four parts of a text message


def test_the_plain_words_hold_nothing() -> None:
    assert (dict(PLAIN.codes), PLAIN.for_any_eyes) == ({}, True)


@pytest.mark.parametrize(
    ("codes", "complaint"),
    [
        ({"date": "2026-12-04"}, "has the codes"),
        ({**REMINDER, "name": "Kelly"}, "has the codes"),
        ({**REMINDER, "date": "Friday"}, "date should be a date"),
        ({**REMINDER, "time": "25:00"}, "time should be a time"),
        ({**REMINDER, "hub": "Heath Hub"}, "hub should be a code"),
    ],
)
def test_codes_that_do_not_fit(codes: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        TEMPLATES["appointment.reminder"].check(codes)


@pytest.mark.parametrize("change", [{"text": '"Come."'}, {"askers": '["payroll"]'}, {"askers": "[]"}, {"odd": "1"}])
def test_a_template_that_contradicts_itself(change: dict[str, str]) -> None:
    assert messages.read(template())
    with pytest.raises(ValidationError):
        messages.read(template(**change))


async def test_a_request_goes_out_with_its_transaction(database: Callable[[str], ServiceDatabase]) -> None:
    store, person, about = database("triage"), uuid4(), uuid4()
    opened = Database(store.url)
    cause = Cause("worker-1", "front_door", "triage.test")
    useless = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)
    try:
        async with unit_of_work(opened, "triage", cause) as unit:
            message_id = request(
                unit,
                person_id=person,
                template="appointment.reminder",
                codes=REMINDER,
                about_id=about,
                useless_after=useless,
            )
        with pytest.raises(ValueError, match="may not ask"):
            async with unit_of_work(opened, "housing", cause) as unit:
                request(unit, person_id=person, template="appointment.reminder", codes=REMINDER)
    finally:
        await opened.close()
    (row,) = store.rows("select envelope from outbox")
    told = json.loads(row["envelope"])
    assert (told["type"], told["subject"]) == ("triage.message.requested", str(message_id))
    assert told["data"]["person_id"] == str(person)
    assert told["data"]["about_id"] == str(about)
    assert {each["code"]: each["value"] for each in told["data"]["codes"]} == REMINDER
