"""Appointments by themselves: their states in any order, what is free, who must not meet, and when we follow up."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.clock import LONDON
from kit.contracts.codes import NeedDomain
from kit.errors import Conflict, Invalid
from services.triage.appointments import domain
from services.triage.appointments.domain import HOLDS, OUTCOMES, Kind, Outcome, Span, State
from tests.examples import examples

NOON = datetime(2026, 12, 4, 12, tzinfo=LONDON)


@given(st.lists(st.tuples(st.sampled_from(Outcome), st.integers(-60, 60)), max_size=10))
def test_in_any_order_nothing_happens_after_the_end_and_nobody_misses_what_has_not_begun(
    said: list[tuple[Outcome, int]],
) -> None:
    state = State.BOOKED
    for outcome, minutes in said:
        now = NOON + timedelta(minutes=minutes)
        early = outcome is Outcome.MISSED and minutes < 0
        if outcome in OUTCOMES[state] and not early:
            state = domain.settle(state, outcome, NOON, now)
            assert state == outcome.value
        else:
            with pytest.raises(Conflict) as refused:
                domain.settle(state, outcome, NOON, now)
            assert outcome not in refused.value.extra["allowed"]


@pytest.mark.parametrize("state", State)
def test_what_has_ended_holds_no_room_and_is_not_moved(state: State) -> None:
    assert (state in HOLDS) == (state in (State.BOOKED, State.ARRIVED))
    if state in (State.BOOKED, State.TO_REARRANGE):
        domain.check_move(state)
    else:
        with pytest.raises(Conflict):
            domain.check_move(state)
    if state is not State.MISSED:
        with pytest.raises(Conflict):
            domain.check_follow_up(state, None)


minutes = st.integers(0, 600)
spans = st.builds(
    lambda start, length: Span(NOON + timedelta(minutes=start), NOON + timedelta(minutes=start + length)),
    minutes,
    st.integers(5, 240),
)


def shared(one: Span, other: Span, apart: int) -> bool:
    """Minute by minute: does any of one lie within so many minutes of any of the other?"""
    first, second = (
        {minute for minute in range(-300, 1300) if each.starts_at <= NOON + timedelta(minutes=minute) < each.ends_at}
        for each in (one, other)
    )
    near = {minute + away for minute in second for away in range(-apart, apart + 1)}
    return not first.isdisjoint(near)


@settings(max_examples=examples(20, 200), deadline=None)
@given(spans, st.lists(spans, max_size=3), st.lists(spans, max_size=3))
def test_free_is_what_counting_minutes_says(asked: Span, taken: list[Span], apart: list[Span]) -> None:
    in_the_way = any(shared(asked, each, 0) for each in taken) or any(shared(asked, each, 120) for each in apart)
    assert domain.free(asked, taken, apart) is not in_the_way


@given(spans, spans)
def test_being_apart_is_mutual(one: Span, other: Span) -> None:
    assert one.meets(other, domain.APART) is other.meets(one, domain.APART)


@pytest.mark.parametrize(
    ("about", "missed", "due"),
    [
        (NeedDomain.MONEY, "2026-12-04T12:00", "2026-12-08T00:00"),  # Friday: the end of Monday
        (None, "2026-12-24T16:00", "2026-12-30T00:00"),  # over Christmas: the end of the 29th
        (NeedDomain.DOMESTIC_ABUSE, "2026-12-24T16:00", "2026-12-24T20:00"),
        (NeedDomain.MENTAL_HEALTH, "2026-12-04T12:00", "2026-12-04T16:00"),
    ],
)
def test_by_when_somebody_looks_after_them(about: NeedDomain | None, missed: str, due: str) -> None:
    at, until = (datetime.fromisoformat(each).replace(tzinfo=LONDON) for each in (missed, due))
    assert domain.follow_up_due(about, at) == until


def test_a_reminder_goes_a_day_before_and_not_to_whoever_was_just_told() -> None:
    assert domain.remind_at(NOON + timedelta(days=3), NOON) == NOON + timedelta(days=2)
    assert domain.remind_at(NOON + timedelta(hours=23), NOON) is None


@pytest.mark.parametrize(("hour", "length", "fine"), [(8, 60, True), (7, 60, False), (19, 60, True), (19, 75, False)])
def test_visits_are_made_when_people_are_up(hour: int, length: int, fine: bool) -> None:
    starts = NOON.replace(day=7, hour=hour)
    ends = starts + timedelta(minutes=length)
    domain.check_times(Kind.PHONE, starts, ends, NOON)
    if fine:
        domain.check_times(Kind.HOME_VISIT, starts, ends, NOON)
    else:
        with pytest.raises(Invalid):
            domain.check_times(Kind.HOME_VISIT, starts, ends, NOON)
