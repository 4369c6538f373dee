"""The envelope: CloudEvents as the specification has them, read and written without loss."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kit.contracts.envelope import (
    MAX_SEQUENCE,
    Concerns,
    Event,
    EventData,
    Sealed,
    envelope_json,
    sequence_text,
    source_of,
    subject_for,
)
from tests.contracts import cloudevents

ONE, TWO, THREE = (UUID(int=each) for each in (1, 2, 3))
NOON = datetime(2026, 12, 4, 12, tzinfo=UTC)


class Arrived(EventData):
    """A small fact to put into envelopes."""

    pence: int


def arrived(**changes: Any) -> Event[Arrived]:
    values: dict[str, Any] = {
        "id": ONE,
        "type": "triage.contact.received",
        "subject": TWO,
        "time": NOON,
        "actor": "worker-7",
        "purpose": "front_door",
        "sequence": 3,
        "correlationid": THREE,
        "data": Arrived(pence=5),
    }
    return Event[Arrived](**{**values, **changes})


def as_dict(event: Event[Arrived], **changes: Any) -> dict[str, Any]:
    return {**json.loads(event.to_json()), **changes}


def read(body: dict[str, Any]) -> Event[Arrived]:
    return Event[Arrived].from_json(json.dumps(body))


def test_written_as_the_specification_says() -> None:
    traced = arrived(causationid=ONE, traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
    assert as_dict(traced) == {
        "specversion": "1.0",
        "id": str(ONE),
        "source": "urn:newstart:triage",
        "type": "triage.contact.received",
        "subject": str(TWO),
        "time": "2026-12-04T12:00:00Z",
        "datacontenttype": "application/json",
        "actor": "worker-7",
        "purpose": "front_door",
        "sequence": "00000000000000000003",
        "correlationid": str(THREE),
        "causationid": str(ONE),
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        "data": {"pence": 5},
    }
    assert cloudevents.faults(as_dict(traced)) == []


def test_the_same_event_is_the_same_bytes_whichever_way_it_is_assembled() -> None:
    event = arrived()
    assembled = envelope_json(
        id=ONE,
        type="triage.contact.received",
        subject=TWO,
        time=NOON.astimezone(timezone(timedelta(hours=5))),
        actor="worker-7",
        purpose="front_door",
        sequence=3,
        correlationid=THREE,
        data_json=b'{"pence":5}',
    )
    assert assembled == event.to_json() == Event[Arrived].from_json(assembled).to_json()


@given(actor=st.text(min_size=1, max_size=128))
def test_no_actor_can_break_out_of_its_string(actor: str) -> None:
    body = arrived(actor=actor).to_json()
    assert json.loads(body)["actor"] == actor
    assert Event[Arrived].from_json(body).actor == actor


def test_attributes_without_a_value_are_left_out_and_null_reads_as_left_out() -> None:
    body = as_dict(arrived())
    assert "causationid" not in body
    assert "traceparent" not in body
    assert read({**body, "causationid": None, "traceparent": None}) == arrived()


@given(st.integers(1, MAX_SEQUENCE), st.integers(1, MAX_SEQUENCE))
def test_sequences_sort_as_text_as_they_do_as_numbers(one: int, other: int) -> None:
    assert (sequence_text(one) < sequence_text(other)) == (one < other)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sequence", "3"),
        ("sequence", "0" * 20),
        ("sequence", "9" * 20),
        ("sequence", "-0000000000000000003"),
        ("sequence", "0000000000000000000٣"),
        ("source", "urn:newstart:casefile"),
        ("type", "triage.contact"),
        ("type", "triage.contact.received\n"),
        ("type", "Triage.contact.received"),
        ("specversion", "0.3"),
        ("time", "2026-12-04T12:00:00"),
        ("time", "0001-01-01T00:00:00+14:00"),
        ("subject", "Amina Yusuf"),
        ("purpose", "because I want to"),
        ("actor", ""),
        ("datacontenttype", "text/xml"),
        ("data", {}),
        ("data", None),
    ],
)
def test_a_broken_envelope_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        read(as_dict(arrived(), **{field: value}))


@pytest.mark.parametrize("field", ["id", "type", "subject", "time", "actor", "purpose", "sequence", "correlationid"])
def test_a_missing_attribute_is_refused(field: str) -> None:
    body = as_dict(arrived())
    del body[field]
    with pytest.raises(ValidationError):
        read(body)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "triage"},
        {"type": 'triage.a.b","x":"'},
        {"sequence": 0},
        {"sequence": MAX_SEQUENCE + 1},
        {"time": datetime(2026, 12, 4)},  # noqa: DTZ001  # naive on purpose
    ],
)
def test_assembling_refuses_what_reading_would(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "id": ONE,
        "type": "triage.contact.received",
        "subject": TWO,
        "time": NOON,
        "actor": "a",
        "purpose": "front_door",
        "sequence": 1,
        "correlationid": THREE,
        "data_json": "{}",
    }
    assert envelope_json(**right)
    with pytest.raises(ValueError, match=r"type|version|aware"):
        envelope_json(**{**right, **wrong})


def test_unknown_attributes_are_ignored_and_an_event_cannot_be_changed() -> None:
    event = read(as_dict(arrived(), partitionkey="7"))
    assert event == arrived()
    with pytest.raises(ValidationError):
        event.actor = "someone else"  # type: ignore[misc]  # that it is frozen is what is tested
    with pytest.raises(ValidationError):
        event.data.pence = 6  # type: ignore[misc]  # likewise


def test_an_envelope_can_be_read_without_knowing_its_data() -> None:
    event = Event[EventData].from_json(arrived().to_json())
    assert (event.type, event.sequence, event.data) == ("triage.contact.received", 3, EventData())


def test_a_moment_is_kept_in_utc() -> None:
    lagos = timezone(timedelta(hours=1))
    assert arrived(time=NOON.astimezone(lagos)) == arrived()
    assert read(as_dict(arrived(), time="2026-12-04T13:00:00+01:00")).time.tzinfo is UTC


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"causationId": "x"}, "not a permitted attribute name"),
        ({"caused-by": "x"}, "not a permitted attribute name"),
        ({"averyveryverylongname": "x"}, "not a permitted attribute name"),
        ({"retries": 1.5}, "must be a string, a boolean or an integer"),
        ({"nested": {"a": 1}}, "must be a string, a boolean or an integer"),
        ({"id": ""}, "id must be"),
        ({"source": "not a uri"}, "source must be"),
        ({"time": "yesterday"}, "time must be"),
        ({"sequence": 3}, "sequence must be"),
        ({"traceparent": "00-1-2-3"}, "traceparent must be"),
        ({"data_base64": "AA=="}, "exclude each other"),
    ],
)
def test_the_rules_of_cloudevents_catch_a_seeded_fault(change: dict[str, Any], complaint: str) -> None:
    assert any(complaint in fault for fault in cloudevents.faults(as_dict(arrived(), **change)))


def test_sealed_data_is_one_thing_or_the_other() -> None:
    assert Sealed(jwe="a.b.c.d.e").object is None
    assert Sealed(object="package-7", sha256="0" * 64).jwe is None
    for wrong in ({}, {"jwe": "x", "object": "y", "sha256": "0" * 64}, {"object": "y"}, {"sha256": "0" * 64}):
        with pytest.raises(ValidationError):
            Sealed(**wrong)


def test_an_aggregate_with_a_text_key_has_one_subject_for_ever() -> None:
    assert subject_for("worker", "w-1") == UUID("613e35d5-5c0f-5808-9891-911058134dde")
    assert len({subject_for("worker", "w-1"), subject_for("worker", "w-2"), subject_for("team", "w-1")}) == 3


def test_small_words() -> None:
    assert source_of("housing.home.available") == "urn:newstart:housing"
    assert Concerns.of(people=(ONE, None), households=(None,)) == Concerns(frozenset({ONE}), frozenset())
    assert EventData().concerns() == Concerns()
    assert EventData().happened_at() is None
