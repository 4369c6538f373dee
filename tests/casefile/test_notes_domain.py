"""The rules of notes and breaches by themselves: whatever is done to a note, no wording is ever lost."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kit import clock
from kit.errors import Conflict, DomainError, Forbidden, Invalid
from services.casefile.notes import breach_domain, domain
from services.casefile.notes.breach_domain import Closing, Decision, Risk
from services.casefile.notes.domain import Actor, Kind, Note, Readers, State, Step, Wording
from tests.examples import examples

AT = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)
TOM, HANNAH = Actor("tom", frozenset({"universal_worker"})), Actor("hannah", frozenset({"manager"}))
EWA = Actor("ewa", frozenset({"universal_worker"}))
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)


class Notes(RuleBasedStateMachine):
    """A note through whatever may happen to it, beside a list of everything that was ever written."""

    @initialize(words=WORDS)
    def begin(self, words: str) -> None:
        self.note = Note("tom", Wording(words, Kind.CALL, AT, frozenset({uuid4()})))
        self.written = [words]
        self.blanks: list[tuple[bytes, Note]] = []

    def attempt(self, step: Step, act: Any) -> bool:
        """The rules do what they say is allowed, and nothing else; a refusal changes nothing."""
        if step in domain.allowed_from(self.note):
            act()
            return True
        before = self.note
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.extra["allowed"] == domain.allowed_from(before)
        assert self.note == before
        return False

    @rule(words=WORDS)
    def correct(self, words: str) -> None:
        standing = self.note.wording
        assert standing is not None
        wording = Wording(words, standing.kind, standing.occurred_at, standing.about)
        if wording == standing:
            return

        def act() -> None:
            self.note = domain.correct(self.note, TOM, wording)

        if self.attempt(Step.CORRECT, act):
            self.written.append(words)

    @rule(by=st.sampled_from([TOM, HANNAH]))
    def strike(self, by: Actor) -> None:
        def act() -> None:
            self.note = domain.strike(self.note, by)

        self.attempt(Step.STRIKE, act)

    @rule(others=st.integers(0, domain.PINS - 1))
    def pin(self, others: int) -> None:
        def act() -> None:
            self.note = domain.pin(self.note, others)

        self.attempt(Step.PIN, act)

    @rule()
    def unpin(self) -> None:
        def act() -> None:
            self.note = domain.unpin(self.note)

        self.attempt(Step.UNPIN, act)

    @rule(salt=st.binary(min_size=16, max_size=16))
    @precondition(lambda self: len(self.blanks) < 3)
    def move(self, salt: bytes) -> None:
        about = frozenset({uuid4()})
        blank, self.note = domain.move(self.note, salt, about)
        self.blanks.append((salt, blank))
        assert all(each.about == about for each in (*self.note.earlier, self.note.wording) if each)
        for step in Step:
            with pytest.raises(Conflict):
                domain.check(blank, step)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.note.wording is not None
        assert [each.words for each in (*self.note.earlier, self.note.wording)] == self.written
        assert not (self.note.pinned and self.note.state is not State.STANDING)

    @invariant()
    def a_blank_says_nothing_and_binds_everything(self) -> None:
        wordings = [each for each in (*self.note.earlier, self.note.wording) if each is not None]
        for salt, blank in self.blanks:
            assert (blank.wording, blank.earlier, blank.pinned) == (None, (), False)
            there = [domain.digest_of(salt, each) for each in wordings]
            assert there[: len(blank.digests)] == list(blank.digests)
            assert not any(domain.digest_of(b"another salt", each) in blank.digests for each in wordings)


TestNotes = Notes.TestCase
TestNotes.settings = settings(max_examples=examples(15, 400), stateful_step_count=12, deadline=None)


def test_only_its_author_rewords_it_and_only_those_who_answer_strike_it() -> None:
    note = Note("tom", Wording("x", Kind.CALL, AT))
    for other in (EWA, HANNAH):
        with pytest.raises(Forbidden):
            domain.correct(note, other, Wording("y", Kind.CALL, AT))
    with pytest.raises(Forbidden):
        domain.strike(note, EWA)
    for role in ("manager", "safeguarding_lead", "information_governance_lead"):
        assert domain.strike(note, Actor("else", frozenset({role}))).state is State.STRUCK
    with pytest.raises(Invalid):
        domain.correct(note, TOM, Wording("x", Kind.CALL, AT))
    with pytest.raises(Conflict):
        domain.pin(note, domain.PINS)


def test_a_digest_is_of_the_words_their_kind_and_their_time() -> None:
    first = Wording("x", Kind.CALL, AT)
    others = [Wording("y", Kind.CALL, AT), Wording("x", Kind.VISIT, AT), Wording("x", Kind.CALL, AT + timedelta(1))]
    assert len({domain.digest_of(b"salt", each) for each in (first, *others)}) == 4
    in_london = Wording("x", Kind.CALL, AT.astimezone(clock.LONDON), frozenset({uuid4()}))
    assert domain.digest_of(b"salt", in_london) == domain.digest_of(b"salt", first)


@pytest.mark.parametrize(
    ("part", "readers", "rule"),
    [
        ("restricted", Readers(), "readers-named"),
        ("inside", Readers(frozenset({"w"})), "restricted-only"),
        ("restricted", Readers(roles=frozenset({"answer_link"})), "known-role"),
    ],
)
def test_readers_are_named_for_a_restricted_note_and_no_other(part: str, readers: Readers, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.check_readers(part, readers)
    assert refused.value.errors[0].rule == rule
    domain.check_readers("restricted", Readers(roles=frozenset({"manager"})))
    domain.check_readers("abuse", Readers())


def test_a_note_is_of_what_has_been() -> None:
    assert domain.took_place(None, AT) == AT
    assert domain.took_place(AT - timedelta(days=3), AT) == AT - timedelta(days=3)
    assert domain.took_place(AT + timedelta(seconds=50), AT) == AT + timedelta(seconds=50)
    with pytest.raises(Invalid):
        domain.took_place(AT + timedelta(seconds=70), AT)


def test_72_hours_are_hours_as_they_pass_also_when_the_clocks_go_back() -> None:
    found = datetime(2026, 10, 23, 12, tzinfo=clock.LONDON)
    due = breach_domain.decide_by(found)
    assert due - found.astimezone(UTC) == timedelta(hours=72)
    assert due.astimezone(clock.LONDON).hour == 11


DUE = AT + timedelta(hours=72)


@pytest.mark.parametrize(
    ("decision", "now", "rule"),
    [
        (Decision(Risk.UNLIKELY, False, False, "why"), DUE + timedelta(days=9), None),
        (Decision(Risk.LIKELY, False, False, "why"), AT, "article-33"),
        (Decision(Risk.HIGH, False, True, "why"), AT, "article-33"),
        (Decision(Risk.HIGH, True, False, "why"), AT, "article-34"),
        (Decision(Risk.HIGH, True, False, "why", why_not_told="encrypted"), AT, None),
        (Decision(Risk.LIKELY, True, False, "why"), DUE, None),
        (Decision(Risk.LIKELY, True, False, "why"), DUE + timedelta(seconds=1), "article-33-delay"),
        (Decision(Risk.LIKELY, True, False, "why", why_late="learnt late"), DUE + timedelta(seconds=1), None),
    ],
)
def test_what_the_articles_leave_open(decision: Decision, now: datetime, rule: str | None) -> None:
    if rule is None:
        breach_domain.check_decision(breach_domain.State.OPEN, decision, DUE, now)
        return
    with pytest.raises(Invalid) as refused:
        breach_domain.check_decision(breach_domain.State.OPEN, decision, DUE, now)
    assert refused.value.errors[0].rule == rule


def test_a_breach_is_closed_once_what_was_decided_is_done() -> None:
    decided = breach_domain.State.DECIDED
    breach_domain.check_closing(decided, False, False, Closing(False, False))
    breach_domain.check_closing(decided, True, True, Closing(True, True))
    for closing in (Closing(False, True), Closing(True, False)):
        with pytest.raises(Invalid):
            breach_domain.check_closing(decided, True, True, closing)
    for state in (breach_domain.State.OPEN, breach_domain.State.CLOSED):
        with pytest.raises(DomainError):
            breach_domain.check_closing(state, False, False, Closing(False, False))
