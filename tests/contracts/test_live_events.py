"""Laws of every live event: what its schema allows is accepted, kept whole, and says nothing it must not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from kit.contracts import catalogue
from kit.contracts.asyncapi import document
from kit.contracts.casefile.people import HouseholdState, PersonMerge, PersonState
from kit.contracts.envelope import Concerns, Event, EventData
from kit.contracts.triage.contacts import ContactDecided, ContactReceived
from tests.contracts import cloudevents
from tests.contracts.strategies import events
from tests.examples import examples

LIVE = catalogue.live_types()
TYPES = [each.type for each in LIVE]
PUBLISHED = document()
# There are many types: a few examples of each.
_SOME = settings(
    max_examples=examples(2, 100),
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)

# Words that in a field's name smell of a person's details. Ids, codes, dates and amounts have other names.
SMELLS = re.compile(
    r"(?:^|_)(?:"
    r"names?|forenames?|surnames?|alias(?:es)?|address(?:es)?|dob|birth|born|age|phones?|telephone|mobile|emails?|mail"
    r"|narratives?|notes?|comments?|text|description|reason_text|words|postcodes?|uprn|nino|national|insurance|nhs|upn"
    r"|ethnicity|gender|sex|religion|immigration|diagnosis|initials"
    r")(?:_|$)"
)


def fields(model: type[BaseModel]) -> Iterator[str]:
    """Every field's name on the wire, nested ones as a path."""
    for name, info in model.model_fields.items():
        wire = info.alias or name
        yield wire
        for nested in _models_in(info.annotation):
            yield from (f"{wire}.{each}" for each in fields(nested))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def personal(model: type[BaseModel]) -> list[str]:
    return [path for path in fields(model) if SMELLS.search(path.rpartition(".")[2])]


@_SOME
@given(data=st.data())
@pytest.mark.parametrize("type_", TYPES)
def test_all_that_the_published_schema_allows_is_accepted_and_kept(type_: str, data: st.DataObject) -> None:
    body = data.draw(events(type_))
    kind = catalogue.event_type(type_)
    event = kind.parse(json.dumps(body))
    again = event.to_json()
    assert kind.parse(again) == event
    written = json.loads(again)
    assert cloudevents.faults({**written, "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}) == []
    assert {"x_added_later", "x_another"}.isdisjoint([*written, *written["data"]])
    message = PUBLISHED["components"]["messages"][type_]
    jsonschema.Draft202012Validator({**message["payload"], "components": PUBLISHED["components"]}).validate(written)
    if kind.case_fact:
        says_whom_it_concerns_and_when_it_happened(event, body["data"])


def says_whom_it_concerns_and_when_it_happened(event: Event[Any], data: dict[str, Any]) -> None:
    """What a household's timeline needs of a case fact."""
    concerns = event.data.concerns()
    for field, kept in (("person_id", concerns.person_ids), ("household_id", concerns.household_ids)):
        named = data.get(field)
        assert named is None or UUID(named) in kept
    assert {UUID(each) for each in data.get("person_ids", ())} <= concerns.person_ids
    happened = event.data.happened_at()
    assert happened is not None
    assert happened.tzinfo is UTC


def test_nothing_on_the_bus_is_named_like_a_personal_detail() -> None:
    leaks = {event.type: personal(event.model) for event in LIVE if event.model is not None}
    assert len(leaks) == len(LIVE)
    assert {type_: paths for type_, paths in leaks.items() if paths} == {}


class _Leaky(EventData):
    class Inner(EventData):
        home_postcode: str | None = None

    person_id: UUID
    date_of_birth: datetime
    previous: tuple[Inner, ...] = ()


def test_the_smell_test_finds_a_seeded_leak_however_deep() -> None:
    assert personal(_Leaky) == ["date_of_birth", "previous.home_postcode"]


def test_models_are_frozen_and_deaf_to_additions() -> None:
    for event in LIVE:
        assert event.model is not None, event.type
        for model in (event.model, *_nested(event.model)):
            assert issubclass(model, EventData), (event.type, model)
            assert model.model_config["frozen"] is True, (event.type, model)
            assert model.model_config["extra"] == "ignore", (event.type, model)


def _nested(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for info in model.model_fields.values():
        for nested in _models_in(info.annotation):
            yield nested
            yield from _nested(nested)


A, B, HOME, OTHER = (UUID(int=each) for each in (1, 2, 10, 11))
NOON = datetime(2026, 12, 4, 12, tzinfo=UTC)


def test_a_person_is_filed_under_the_households_they_are_in_now() -> None:
    state = PersonState.model_validate(
        {
            "person_id": A,
            "households": [
                {"household_id": OTHER, "from": "2020-01-01", "to": "2024-05-01"},
                {"household_id": HOME, "from": "2024-05-01"},
            ],
            "changed_at": NOON,
        }
    )
    assert state.concerns() == Concerns(frozenset({A}), frozenset({HOME}))


def test_a_merge_and_its_undoing_concern_both_people() -> None:
    undone = PersonMerge(person_id=A, survivor_id=B, changed_at=NOON)
    assert undone.merged_into is None
    assert undone.concerns().person_ids == {A, B}


def test_dates_go_by_from_and_to_on_the_wire() -> None:
    text = '{"household_id":"%s","members":[{"person_id":"%s","from":"2024-05-01"}],"changed_at":"%s"}'
    state = HouseholdState.model_validate_json(text % (HOME, A, "2026-12-04T12:00:00Z"))
    assert json.loads(state.model_dump_json())["members"] == [{"person_id": str(A), "from": "2024-05-01", "to": None}]


def test_a_contact_typed_in_later_happened_when_it_happened() -> None:
    whole = {
        "contact_id": A,
        "channel": "walk_in",
        "occurred_at": NOON,
        "stage": "contact",
        "urgency": "today",
        "state": "open",
        "changed_at": NOON.replace(hour=17),
    }
    decision = {
        "decision_id": B,
        "outcome": "universal",
        "stage": "final",
        "decided_by": "worker-7",
        "decided_at": NOON.replace(hour=13),
    }
    assert ContactReceived.model_validate(whole).happened_at() == NOON
    decided = ContactDecided.model_validate({**whole, "decision": decision})
    assert decided.happened_at() == NOON.replace(hour=13)
    assert decided.concerns() == Concerns()
