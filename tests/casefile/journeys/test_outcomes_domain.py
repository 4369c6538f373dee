"""The rules of outcomes, tried on many lives."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.errors import Conflict, DomainError, Invalid
from services.casefile.outcomes import domain
from services.casefile.outcomes.domain import Evidence, Outcome, Proof, Result

FIRST = date(2027, 1, 1)
KIND = OutcomeKind.HOME_KEPT


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 900), st.sampled_from(["record", "sustained", "not_sustained", "not_known", "strike"])
        ),
        max_size=25,
    )
)
def test_two_that_count_never_overlap_and_each_ends_once(steps: list[tuple[int, str]]) -> None:
    held: list[Outcome] = []
    for days, step in sorted(steps):
        today = FIRST + timedelta(days=days)
        seen = [Evidence(Proof.LETTER, today)]
        try:
            if step == "record":
                held.append(domain.record(KIND, today, seen, held, today=today, one_person=True))
            elif held:
                last = held[-1]
                held[-1] = (
                    domain.strike(last) if step == "strike" else domain.check(last, Result(step), seen, today=today)
                )
                assert last.state in {OutcomeStatus.RECORDED, OutcomeStatus.NOT_KNOWN} or step == "strike"
        except DomainError:
            continue
    counting = [each for each in held if each.state is not OutcomeStatus.STRUCK]
    for one, other in itertools.pairwise(counting):
        assert one.ends_on < other.achieved_on
    for each in counting:
        if each.state is OutcomeStatus.SUSTAINED:
            assert each.checked_on is not None
            assert each.checked_on >= each.check_due_on


def test_the_last_days_of_long_months_have_their_check_at_the_end_of_short_ones() -> None:
    made = domain.record(
        KIND,
        date(2027, 8, 31),
        [Evidence(Proof.LETTER, date(2027, 8, 31))],
        [],
        today=date(2027, 8, 31),
        one_person=False,
    )
    assert made.check_due_on == date(2028, 2, 29)


def test_not_known_is_said_once_its_time_is_over_and_once_only() -> None:
    made = Outcome(KIND, FIRST, date(2027, 7, 1))
    with pytest.raises(Invalid):
        domain.check(made, Result.NOT_KNOWN, [], today=date(2027, 6, 30))
    known = domain.check(made, Result.NOT_KNOWN, [], today=date(2027, 7, 1))
    with pytest.raises(Conflict):
        domain.check(known, Result.NOT_KNOWN, [], today=date(2027, 7, 2))
    assert domain.leave_unknown(made, today=date(2027, 7, 28)) is None
    left = domain.leave_unknown(made, today=date(2027, 7, 29))
    assert left is not None
    assert left.state is OutcomeStatus.NOT_KNOWN
    assert domain.leave_unknown(known, today=date(2028, 1, 1)) is None


def test_the_ten_headlines_and_our_three() -> None:
    ours = {OutcomeKind.EMPLOYMENT, OutcomeKind.DEBT_RESOLVED, OutcomeKind.HOME_KEPT}
    assert len(set(OutcomeKind) - ours) == 10
    assert set(domain.COMPARTMENTS) == {
        OutcomeKind.SAFE_FROM_DOMESTIC_ABUSE,
        OutcomeKind.SAFE_FROM_ABUSE_AND_EXPLOITATION,
        OutcomeKind.SUBSTANCE_USE,
        OutcomeKind.DIVERTED_FROM_CRIME,
    }
