"""Opening hours, shifts and what a wait is, by themselves."""

import math
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.clock import LONDON
from kit.errors import Conflict, Invalid
from services.triage.hubs import domain
from services.triage.hubs.domain import Hours
from services.triage.tickets import domain as tickets
from services.triage.tickets.domain import Step, TicketState

NINE_TO_FIVE = ((time(9), time(17)),)
MORNING = ((time(10), time(13)),)
USUAL = Hours(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), NINE_TO_FIVE))


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at("2026-12-04", "09:00"), True),
        (at("2026-12-04", "08:59"), False),
        (at("2026-12-04", "17:00"), False),
        (at("2026-12-05", "11:00"), False),  # a Saturday
        (at("2026-12-25", "11:00"), False),  # a Friday, and Christmas Day
        (at("2026-12-28", "11:00"), False),  # Boxing Day kept on the Monday
        (at("2026-12-29", "11:00"), True),
        (at("2026-07-01", "16:30"), True),  # in summer time too
    ],
)
def test_the_doors_follow_weekdays_and_bank_holidays(moment: datetime, is_open: bool) -> None:
    assert USUAL.open_at(moment) is is_open


def test_a_bank_holiday_may_have_hours_and_a_special_day_beats_both() -> None:
    hours = Hours(USUAL.week, MORNING, {date(2026, 12, 25): (), date(2026, 12, 5): MORNING})
    assert hours.open_at(at("2026-12-28", "11:00"))
    assert not hours.open_at(at("2026-12-28", "14:00"))
    assert not hours.open_at(at("2026-12-25", "11:00"))
    assert hours.open_at(at("2026-12-05", "11:00"))


def test_the_next_opening_passes_over_the_holidays() -> None:
    assert USUAL.next_opening(at("2026-12-24", "17:30")) == at("2026-12-29", "09:00")
    assert Hours({}).next_opening(at("2026-12-24", "17:30")) is None


def test_open_throughout_means_to_the_end() -> None:
    assert USUAL.open_throughout(at("2026-12-04", "16:00"), at("2026-12-04", "17:00"))
    assert not USUAL.open_throughout(at("2026-12-04", "16:30"), at("2026-12-04", "17:01"))
    assert not USUAL.open_throughout(at("2026-12-03", "16:00"), at("2026-12-04", "10:00"))


@pytest.mark.parametrize(
    "spans", [((time(17), time(9)),), ((time(9), time(9)),), ((time(9), time(13)), (time(12), time(17)))]
)
def test_hours_that_run_backwards_or_overlap_are_refused(spans: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(Invalid):
        domain.check_spans(spans, "/hours")


@pytest.mark.parametrize("hours", [0, -1, 13])
def test_a_shift_has_an_end(hours: int) -> None:
    starts = at("2026-12-04", "09:00")
    with pytest.raises(Invalid):
        domain.check_shift(starts, starts + timedelta(hours=hours))


# Waits ----------------------------------------------------------------------------------------------------


def said(ahead: int, desks: int, busy: int, each: int = 12) -> tickets.Wait:
    return tickets.wait(ahead=ahead, desks=desks, busy=busy, minutes_each=each, measured=True, overrun=None)


def test_nobody_waits_while_a_desk_is_free_and_nothing_is_said_without_one() -> None:
    assert said(0, 2, 1).minutes == 0
    assert said(1, 3, 1).minutes == 0
    nobody = said(3, 0, 0)
    assert nobody.minutes is None
    assert "cannot say" in nobody.words


def test_a_wait_says_how_it_was_worked_out() -> None:
    wait = tickets.wait(ahead=5, desks=3, busy=3, minutes_each=15, measured=True, overrun=10)
    assert (wait.minutes, wait.no_longer_than) == (30, 40)
    assert wait.words == (
        "5 people before you, 3 desks open, 3 busy; a conversation takes about 15 minutes, as the last four weeks"
        " here show. 8 in 10 waited no longer than 40 minutes."
    )
    assumed = tickets.wait(ahead=1, desks=1, busy=1, minutes_each=12, measured=False, overrun=None)
    assert "1 person before you, 1 desk open" in assumed.words
    assert "not yet measured" in assumed.words


counts = st.integers(0, 40)


@given(ahead=counts, desks=st.integers(1, 12), busy=counts, each=st.integers(1, 60))
def test_more_people_never_shorten_a_wait_and_more_desks_never_lengthen_it(
    ahead: int, desks: int, busy: int, each: int
) -> None:
    wait = said(ahead, desks, busy, each).minutes
    more_people, more_desks = said(ahead + 1, desks, busy, each).minutes, said(ahead, desks + 1, busy, each).minutes
    assert wait is not None
    assert more_people is not None
    assert more_desks is not None
    assert 0 <= wait <= more_people
    assert more_desks <= wait


def test_the_formula_against_a_queue_that_is_played_through() -> None:
    """Everyone takes the same time, desks are taken at even intervals: then what is said is what happens."""
    each, desks = 12, 3
    free_at = [each * (number + 1) / desks for number in range(desks)]  # busy desks, evenly staggered
    for ahead in range(8):
        falls_free = sorted(free + each * turn for free in free_at for turn in range(6))
        assert said(ahead, desks, desks, each).minutes == math.ceil(falls_free[ahead])


def test_too_few_to_measure_say_nothing() -> None:
    assert tickets.typical_minutes([30.0] * 9, 12) == (12, False)
    assert tickets.typical_minutes([30.0] * 10, 12) == (30, True)
    assert tickets.usual_overrun([5.0] * 9) is None
    assert tickets.usual_overrun([-3.0] * 10) == 0
    assert tickets.usual_overrun([0.0] * 8 + [20.0, 40.0]) == 0
    assert tickets.usual_overrun([0.0] * 7 + [6.5, 20.0, 40.0]) == 7
    assert tickets.kept([(1, 1, 1.0)] * 9).within is None


def test_kept_is_the_share_that_waited_no_longer_than_was_said() -> None:
    measured = tickets.kept([(10, 15, 14.0)] * 8 + [(10, 15, 16.0)] * 2)
    assert (measured.tickets, measured.said, measured.waited, measured.within) == (10, 10, 14.0, 0.8)


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_a_ticket_only_goes_the_ways_there_are(steps: list[Step]) -> None:
    state = TicketState.WAITING
    for each in steps:
        allowed = tickets.STEPS[state]
        if each in allowed:
            state = tickets.step(state, each)
        else:
            with pytest.raises(Conflict) as refused:
                tickets.step(state, each)
            assert refused.value.extra["allowed"] == sorted(allowed)
    assert tickets.STEPS[TicketState.ENDED] == tickets.STEPS[TicketState.LEFT] == {}
