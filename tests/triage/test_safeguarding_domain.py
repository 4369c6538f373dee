"""The rules of a safeguarding concern, and reading whatever was sent."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kit import clock
from kit.contracts.codes import ConcernKind, ConcernLevel, ConcernStatus
from kit.errors import Conflict
from services.triage.safeguarding import domain, reading
from services.triage.safeguarding.reading import Report

CHILD = uuid4()


def read(**sent: Any) -> Report:
    return reading.read(json.dumps(sent).encode())


# Clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "hours", "rank"),
    [(ConcernLevel.RED, 4, 0), (ConcernLevel.AMBER, 24, 1), (ConcernLevel.GREEN, 72, 2), (None, 4, 0)],
)
def test_each_level_has_its_clock(level: ConcernLevel | None, hours: int, rank: int) -> None:
    now = clock.business_now()
    assert domain.due_at(level, now) == now + timedelta(hours=hours)
    assert domain.rank(level) == rank


def test_the_alarms() -> None:
    assert (timedelta(minutes=15), timedelta(minutes=30)) == (domain.CLOCKS.ring_after, domain.CLOCKS.escalate_after)


def test_a_second_acknowledgement_is_refused_and_names_the_first() -> None:
    for state in domain.OPEN:
        assert domain.acknowledge(state, None) is ConcernStatus.ACKNOWLEDGED
    with pytest.raises(Conflict, match="lead-1") as refused:
        domain.acknowledge(ConcernStatus.ACKNOWLEDGED, "lead-1")
    assert refused.value.extra == {"state": "acknowledged", "allowed": [], "acknowledged_by": "lead-1"}


class EveryOrder(RuleBasedStateMachine):
    """Alarms and acknowledgements in whatever order: taken once, and quiet from then on."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ConcernStatus.RAISED
        self.taken = 0

    @rule()
    def is_acknowledged(self) -> None:
        try:
            self.state = domain.acknowledge(self.state, "lead")
        except Conflict:
            return
        self.taken += 1

    @rule()
    def escalates(self) -> None:
        if domain.escalates(self.state):
            assert self.taken == 0
            self.state = ConcernStatus.ESCALATED

    @invariant()
    def taken_once_and_then_quiet(self) -> None:
        assert self.taken <= 1
        assert (self.state is ConcernStatus.ACKNOWLEDGED) == (self.taken == 1)
        assert domain.rings(self.state) == (self.taken == 0)


TestEveryOrder = EveryOrder.TestCase


# Reading ------------------------------------------------------------------------------------------------------------


def test_everything_that_can_be_said() -> None:
    other, household, contact, reference = uuid4(), uuid4(), uuid4(), uuid4()
    report = read(
        kind="Child",
        level=" RED",
        what_happened=" The little boy. ",
        person_id=str(CHILD),
        person_ids=[str(other), str(CHILD)],
        household_id=str(household),
        contact_id=str(contact),
        reference=str(reference),
        fgm_under_18=True,
    )
    assert report == Report(
        as_sent=report.as_sent,
        kind=ConcernKind.CHILD,
        level=ConcernLevel.RED,
        what_happened="The little boy.",
        person_ids=(CHILD, other),
        household_id=household,
        contact_id=contact,
        reference=reference,
        fgm_under_18=True,
    )
    assert len(reading.advice(report)) == 1
    assert "101" in reading.advice(report)[0]


@pytest.mark.parametrize(
    ("sent", "kept", "unread"),
    [
        ({"kind": "dog"}, {"kind": ConcernKind.UNKNOWN}, ["kind"]),
        ({"level": 3, "kind": "adult"}, {"level": None, "kind": ConcernKind.ADULT}, ["level"]),
        ({"person_ids": [str(CHILD), "the boy"]}, {"person_ids": (CHILD,)}, ["person_ids"]),
        ({"person_ids": str(CHILD)}, {"person_ids": (CHILD,)}, []),
        ({"person_ids": 7}, {"person_ids": ()}, ["person_ids"]),
        ({"household_id": {"a": 1}}, {"household_id": None}, ["household_id"]),
        ({"what_happened": ["he", "cried"]}, {"what_happened": '["he", "cried"]'}, []),
        ({"about": "the boy"}, {"what_happened": None}, ["about"]),
        ({"what_happened": "  ", "level": None, "person_ids": []}, {"what_happened": None}, []),
        # In doubt a tick was meant.
        ({"fgm_under_18": "yes"}, {"fgm_under_18": True}, []),
        ({"fgm_under_18": "No"}, {"fgm_under_18": False}, []),
        ({"about_workers": {"who": 7}}, {"about_staff": True, "about_workers": ()}, ["about_workers"]),
        ({"what_happened": "a\x00b \ud800"}, {"what_happened": "a\u2400b \\ud800"}, []),
    ],
)
def test_each_field_is_read_by_itself(sent: dict[str, Any], kept: dict[str, Any], unread: list[str]) -> None:
    report = read(**sent)
    assert {name: getattr(report, name) for name in kept} == kept
    assert list(report.unread) == unread
    assert report.as_sent == json.dumps(sent)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", None),
        (b"help the boy", "help the boy"),
        (b'"help the boy"', "help the boy"),
        (b'{"what_happened": "he', '{"what_happened": "he'),
        (b'["help"]', '["help"]'),
        (b"\xff\xfeh", "\\xff\\xfeh"),
        (b"\xef\xbb\xbf{}", None),
        (b"a\x00b", "a\u2400b"),
        (b"[" * 100_000, "[" * 100_000),
        (b"9" * 5000, "9" * 5000),
    ],
    ids=lambda each: repr(each)[:20],
)
def test_what_is_no_form_is_kept_as_words(body: bytes, words: str | None) -> None:
    assert reading.read(body).what_happened == words


def test_what_is_said_twice_shows_the_whole() -> None:
    report = reading.read(b'{"level": "green", "level": "red"}')
    assert (report.level, report.unread) == (ConcernLevel.RED, ("level",))
    assert "green" in report.as_sent


def test_more_people_than_can_be_named_are_still_in_what_was_sent() -> None:
    people = [str(uuid4()) for _ in range(101)]
    report = read(person_ids=people)
    assert (len(report.person_ids), report.unread) == (100, ("person_ids",))
    assert people[-1] in report.as_sent


def test_what_is_missing_is_advice() -> None:
    said = reading.advice(reading.read(b""))
    assert [name for name in ("kind", "level", "person_ids", "what_happened") if f"({name})" in str(said)] == [
        "kind",
        "level",
        "person_ids",
        "what_happened",
    ]
    full = read(kind="adult", level="green", person_ids=[str(CHILD)], what_happened="x", wat="y")
    assert reading.advice(full) == ["We kept what you sent, but could not make sense of: wat."]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from([*reading._READERS, "person_id", "person_ids"])
BODIES = (
    st.binary()
    | _JSON.map(json.dumps).map(str.encode)
    | st.dictionaries(_NAMES, _JSON | st.sampled_from(["red", "child"])).map(json.dumps).map(str.encode)
)


@given(BODIES)
@example(b'{"a": "\\ud800\\u0000"}')
def test_whatever_is_sent_can_be_read_and_kept(body: bytes) -> None:
    report = reading.read(body)
    for text in (report.as_sent, report.what_happened or "", *report.unread):
        assert "\x00" not in text
        text.encode()
    assert all(isinstance(each, UUID) for each in report.person_ids)
    # Nothing is lost: what was sent can be had back from what is kept.
    kept = report.as_sent.replace("\u2400", "\x00").encode()
    if b"\\" not in body and b"\xe2\x90\x80" not in body:
        assert re.sub(rb"\\x([0-9a-f]{2})", lambda escape: bytes.fromhex(escape[1].decode()), kept) == body
    reading.advice(report)
