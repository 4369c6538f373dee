"""The rules of referrals: every order of steps, who may take which, what a refusal asks for, how long silence lasts."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kit.clock import LONDON
from kit.contracts.codes import NeedDomain, Urgency
from kit.contracts.lawful_basis import Consent, LawfulBasis
from kit.errors import Conflict, DomainError, Forbidden, Invalid
from services.triage.referrals import domain
from services.triage.referrals.domain import Answer, Party, Refusal, S, SamePartner

TODAY = date(2026, 12, 4)  # a Friday
NOON = datetime(2026, 12, 4, 12, tzinfo=LONDON)


def refusal_of(act: Callable[[], None]) -> DomainError | None:
    try:
        act()
    except DomainError as error:
        return error
    return None


def reasons_for(state: S) -> list[str | None]:
    return sorted(domain.REASONS[state]) if state in domain.REASONS else [None]  # type: ignore[return-value]  # str in list of str | None


def test_the_states_are_those_of_a_fhir_task_and_every_one_can_be_reached() -> None:
    assert {each.value for each in S} == {
        "draft", "requested", "received", "accepted", "rejected", "on_hold", "in_progress", "completed", "failed",
        "cancelled",
    }  # fmt: skip
    reached, new = {S.DRAFT}, {S.DRAFT}
    while new:
        new = {to for state in new for to in domain.TRANSITIONS[state]} - reached
        reached |= new
    assert reached == set(S) == set(domain.TRANSITIONS)


def test_what_has_ended_stays_ended_and_what_is_open_can_be_withdrawn() -> None:
    for state in S:
        assert (state in domain.ENDED) == (not domain.TRANSITIONS[state])
    for state in domain.OPEN:
        # Consent may be withdrawn at any time (UK GDPR Article 7(3)).
        assert domain.TRANSITIONS[state][S.CANCELLED] is Party.SENDER


class Story(RuleBasedStateMachine):
    """Any moves by anybody: what the rules let through makes a story that makes sense, and nothing else changes it."""

    def __init__(self) -> None:
        super().__init__()
        self.state = S.DRAFT
        self.told: list[tuple[S, Party]] = []

    @rule(to=st.sampled_from(S), party=st.sampled_from(Party), data=st.data(), heard=st.booleans(), until=st.booleans())
    def try_anything(self, to: S, party: Party, data: st.DataObject, heard: bool, until: bool) -> None:
        reason = data.draw(st.sampled_from([None, "made_up", *reasons_for(to)]))
        answer = Answer(to, reason, TODAY + timedelta(days=3) if until else None, "phone" if heard else None)
        refused = refusal_of(lambda: domain.check_move(self.state, answer, party, TODAY))
        if isinstance(refused, Conflict):
            assert to not in domain.TRANSITIONS[self.state]
            assert set(refused.extra["allowed"]) <= {each.value for each in domain.TRANSITIONS[self.state]}
            assert to.value not in refused.extra["allowed"]
            return
        if refused is not None:
            assert isinstance(refused, (Forbidden, Invalid))
            assert to in domain.TRANSITIONS[self.state]
            return
        mover = domain.TRANSITIONS[self.state][to]
        assert party is Party.SENDER or mover is Party.RECEIVER
        assert heard == (party is Party.SENDER and mover is Party.RECEIVER)
        assert (reason in domain.REASONS[to]) if to in domain.REASONS else reason is None
        self.state = to
        self.told.append((to, mover))

    @precondition(lambda self: self.state not in domain.ENDED)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """So that stories get somewhere."""
        to = data.draw(st.sampled_from(sorted(domain.TRANSITIONS[self.state])))
        mover = domain.TRANSITIONS[self.state][to]
        domain.check_move(self.state, Answer(to, reasons_for(to)[0]), mover, TODAY)
        self.state = to
        self.told.append((to, mover))

    @invariant()
    def makes_sense(self) -> None:
        states = [each for each, _ in self.told]
        if S.REQUESTED in states:
            assert states.count(S.REQUESTED) == 1
            assert states[0] is S.REQUESTED
        if {S.IN_PROGRESS, S.ON_HOLD, S.COMPLETED, S.FAILED} & set(states):
            assert S.ACCEPTED in states, "nobody works on what they have not taken on"
        assert not {S.ACCEPTED, S.REJECTED} <= set(states), "yes and no"
        assert sum(each in domain.ENDED for each in states) <= 1
        # While it is open somebody has the ball, and silence is measured for whoever owes an answer.
        turn = domain.whose_turn(self.state, None, followed_up=False)
        assert (turn is Party.RECEIVER) == (self.state in domain.OPEN)
        for urgency in Urgency:
            waits = domain.patience(self.state, urgency)
            assert (waits is None) == (self.state not in domain.OPEN)
            if waits is not None:
                assert NOON < waits.chase.after(NOON) < waits.escalate.after(NOON)


TestStory = Story.TestCase


@pytest.mark.parametrize("state", sorted(domain.NEXT))
def test_every_refusal_asks_for_something_and_only_it_leaves_us_the_ball(state: S) -> None:
    for reason, following in domain.NEXT[state].items():
        assert domain.next_of(state, reason) == following
        turn = domain.whose_turn(state, following.step, followed_up=False)
        assert turn is (None if following.step == "nothing" else Party.SENDER)
        assert domain.whose_turn(state, following.step, followed_up=True) is None
    assert domain.next_of(S.COMPLETED, "not_met") is None


def refusal(reason: str, *, days_ago: int = 0, until: date | None = None) -> Refusal:
    return Refusal(S.REJECTED, reason, TODAY - timedelta(days=days_ago), until)


@pytest.mark.parametrize(
    ("before", "day"),
    [
        ([], None),
        ([refusal("not_enough_told")], None),
        ([refusal("no_capacity")], TODAY + timedelta(days=domain.PARKED_DAYS)),
        ([refusal("no_capacity", until=TODAY + timedelta(days=7))], TODAY + timedelta(days=7)),
        ([refusal("no_capacity", days_ago=40)], TODAY - timedelta(days=12)),
        ([refusal("not_eligible", days_ago=400)], date.max),
        ([refusal("could_not_reach"), refusal("conflict_of_interest", days_ago=9)], date.max),
        ([Refusal(S.COMPLETED, "not_met", TODAY)], None),
    ],
)
def test_a_ground_that_still_stands_shuts_a_partner_out(before: list[Refusal], day: date | None) -> None:
    assert domain.may_be_asked_from(before) == day
    if day is not None and day > TODAY:
        with pytest.raises(Conflict) as refused:
            domain.check_may_be_asked(before, TODAY, None)
        assert refused.value.extra["ask_again_on"] == (None if day == date.max else day.isoformat())
        domain.check_may_be_asked(before, TODAY, "they have moved")
    else:
        domain.check_may_be_asked(before, TODAY, None)


@given(st.lists(st.sampled_from(sorted(domain.NEXT[S.REJECTED])), max_size=6), st.randoms())
def test_the_order_of_refusals_does_not_matter(reasons: list[str], random: object) -> None:
    said = [refusal(each, days_ago=at) for at, each in enumerate(reasons)]
    shuffled = list(reversed(said))
    assert domain.may_be_asked_from(said) == domain.may_be_asked_from(shuffled)
    never = any(domain.NEXT[S.REJECTED][each].same_partner is SamePartner.NEVER for each in reasons)
    assert (domain.may_be_asked_from(said) == date.max) == never


@pytest.mark.parametrize(
    ("answer", "rule_"),
    [
        (Answer(S.REJECTED), "reason-of-this-state"),
        (Answer(S.REJECTED, "because"), "reason-of-this-state"),
        (Answer(S.ACCEPTED, "need_met"), "no-reason"),
        (Answer(S.ACCEPTED, until=TODAY + timedelta(days=1)), "no-day"),
        (Answer(S.REJECTED, "no_capacity", TODAY), "day-to-come"),
        (Answer(S.REJECTED, "no_capacity", TODAY + timedelta(days=366)), "day-to-come"),
        (Answer(S.ACCEPTED, heard_by="phone"), "no-way"),
    ],
)
def test_an_answer_that_is_none(answer: Answer, rule_: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.check_move(S.REQUESTED, answer, Party.RECEIVER, TODAY)
    assert [each.rule for each in refused.value.errors] == [rule_]


def test_whoever_writes_an_answer_down_says_how_it_came() -> None:
    with pytest.raises(Invalid) as refused:
        domain.check_move(S.REQUESTED, Answer(S.ACCEPTED), Party.SENDER, TODAY)
    assert refused.value.errors[0].rule == "way-named"
    domain.check_move(S.REQUESTED, Answer(S.ACCEPTED, heard_by="phone"), Party.SENDER, TODAY)


def test_silence_is_measured_in_minutes_or_to_the_end_of_a_working_day() -> None:
    now = domain.patience(S.REQUESTED, Urgency.IMMEDIATE)
    routine = domain.patience(S.REQUESTED, Urgency.ROUTINE)
    assert now is not None
    assert routine is not None
    assert (now.chase.after(NOON), now.escalate.after(NOON)) == (
        NOON + timedelta(minutes=30),
        NOON + timedelta(hours=1),
    )
    # Friday 4 December: two working days end with Tuesday, five with Friday the 11th.
    assert routine.chase.after(NOON) == datetime(2026, 12, 9, tzinfo=LONDON)
    assert routine.escalate.after(NOON) == datetime(2026, 12, 12, tzinfo=LONDON)
    # Over Christmas, whose second day falls on a Saturday: Monday the 28th is a holiday.
    eve = datetime(2026, 12, 24, 16, tzinfo=LONDON)
    assert routine.chase.after(eve) == datetime(2026, 12, 31, tzinfo=LONDON)


def test_to_have_it_is_no_answer_and_what_waits_is_left_in_peace() -> None:
    asked, moved = NOON, NOON + timedelta(days=1)
    assert domain.silent_since(S.RECEIVED, moved, asked, None) == asked
    assert domain.silent_since(S.ACCEPTED, moved, asked, None) == moved
    until = date(2027, 1, 15)
    assert domain.silent_since(S.ON_HOLD, moved, asked, until) == datetime(2027, 1, 15, tzinfo=LONDON)
    assert domain.silent_since(S.ON_HOLD, moved, asked, None) == moved


# The basis ---------------------------------------------------------------------------------------------------------


def rules(basis: LawfulBasis, *, special: bool = False) -> list[str]:
    return [rule_ for _, _, rule_ in basis.faults(special=special, today=TODAY)]


def consent(**parts: object) -> Consent:
    return Consent.model_validate({"given_on": TODAY, "how": "phone", "words": "referral_1", **parts})


@pytest.mark.parametrize(
    ("basis", "special", "missing"),
    [
        (LawfulBasis(basis="consent"), False, ["consent-recorded"]),
        (LawfulBasis(basis="consent", consent=consent()), False, []),
        (LawfulBasis(basis="consent", consent=consent()), True, ["explicit"]),
        (LawfulBasis(basis="consent", consent=consent(explicit=True)), True, []),
        (LawfulBasis(basis="consent", consent=consent(given_on=TODAY + timedelta(days=1))), False, ["consent-given"]),
        (LawfulBasis(basis="public_task"), False, ["power-named"]),
        (LawfulBasis(basis="public_task", power="Care Act 2014 s6"), False, []),
        (LawfulBasis(basis="public_task", power="Care Act 2014 s6"), True, ["condition"]),
        (LawfulBasis(basis="vital_interests", power="UK GDPR Article 6(1)(d)"), True, []),
        (LawfulBasis(basis="legal_obligation", power="x", consent=consent()), False, ["one-basis"]),
    ],
)
def test_a_basis_says_what_it_lacks(basis: LawfulBasis, special: bool, missing: list[str]) -> None:
    assert rules(basis, special=special) == missing


def test_needs_that_tell_of_health_or_abuse_by_their_name() -> None:
    assert {NeedDomain.MENTAL_HEALTH, NeedDomain.DOMESTIC_ABUSE, NeedDomain.IMMIGRATION} <= domain.SPECIAL
    assert NeedDomain.MONEY not in domain.SPECIAL


@given(names=st.booleans(), reachable=st.booleans(), safe=st.booleans())
def test_a_way_is_never_shared_without_how_to_use_it_safely(names: bool, reachable: bool, safe: bool) -> None:
    refused = refusal_of(lambda: domain.check_share(names=names, reachable=reachable, safe_way=safe))
    assert (refused is None) == (names and reachable and safe)
    said = {each.rule for each in refused.errors} if refused else set()
    assert ("safe-way-shared" in said) == (reachable and not safe)


def test_moments_are_aware() -> None:
    assert domain.Wait(working_days=1).after(datetime(2026, 12, 4, 23, 30, tzinfo=UTC)).tzinfo is not None
