"""The rules of rough sleeping: how soon one looks, which bed fits, who is new, returning, long-term, off the street."""

from datetime import date, datetime

import pytest

from kit.clock import LONDON
from kit.errors import Conflict, Forbidden, Invalid
from services.housing.roughsleeping import domain
from services.housing.roughsleeping.domain import Bed, ForWhom, Need, Seen, Sign, StayState


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("seen", "signs", "severe", "by"),
    [
        (at(4, 22), (Sign.TENT,), False, at(5, 6)),
        (at(5, 2), (), False, at(5, 6)),
        (at(4, 22), (Sign.DOG,), True, at(5, 1)),
        (at(4, 22), (Sign.UNWELL,), True, at(4, 23)),
        (at(4, 14), (Sign.LOOKS_UNDER_18,), False, at(4, 15)),
    ],
)
def test_how_soon_somebody_looks(seen: datetime, signs: tuple[Sign, ...], severe: bool, by: datetime) -> None:
    assert domain.look_by(seen, signs, severe) == by


def test_a_night_is_named_by_the_day_it_began_on() -> None:
    assert domain.night_of(at(5, 3)) == date(2026, 12, 4) == domain.night_of(at(4, 23))
    assert domain.night_of(at(5, 12)) == date(2026, 12, 5)


def test_a_bed_is_for_whom_it_is_for_and_some_open_in_severe_weather_only() -> None:
    women = Bed(ForWhom.WOMEN, dogs=False, step_free=True, severe_weather_only=False)
    cold = Bed(ForWhom.ANYONE, dogs=True, step_free=False, severe_weather_only=True)
    assert domain.fits(women, Need(woman=True), False)
    assert not domain.fits(women, Need(), False)
    assert not domain.fits(women, Need(woman=True, dog=True), False)
    assert not domain.fits(cold, Need(dog=True), False)
    assert domain.fits(cold, Need(dog=True), True)
    assert not domain.fits(cold, Need(step_free=True), True)


def test_the_way_of_one_person_goes_in_order() -> None:
    domain.check_step(StayState.ON_STREET, StayState.OFF_STREET, date(2026, 12, 5), date(2026, 12, 4))
    with pytest.raises(Invalid, match="step before"):
        domain.check_step(StayState.ON_STREET, StayState.OFF_STREET, date(2026, 12, 3), date(2026, 12, 4))
    with pytest.raises(Conflict) as refused:
        domain.check_step(StayState.CLOSED, StayState.OFF_STREET, date(2026, 12, 5), date(2026, 12, 4))
    assert refused.value.extra["allowed"] == [StayState.ON_STREET]
    # No state without a way on: whoever comes back goes on with their own way.
    assert all(domain.STEPS[state] for state in StayState)


def test_months_off_the_street_are_whole_ones() -> None:
    assert domain.months_off(None, date(2026, 12, 4)) == 0
    assert domain.months_off(date(2026, 8, 31), date(2026, 11, 29)) == 2
    assert domain.months_off(date(2026, 8, 31), date(2026, 11, 30)) == 3


def test_a_months_figures() -> None:
    december = (date(2026, 12, 1), date(2026, 12, 31))
    new = Seen((date(2026, 12, 4), date(2026, 12, 5)))
    back = Seen((date(2026, 5, 1), date(2026, 12, 9)))
    still = Seen((date(2026, 11, 20), date(2026, 12, 9)))
    long_term = Seen(tuple(date(2026, month, 3) for month in range(1, 13)))
    gone = Seen((date(2026, 5, 1),), off_on=date(2026, 6, 30))
    found = domain.figures(*december, [new, back, still, long_term, gone])
    assert (found.people, found.new, found.returning, found.long_term) == (4, 1, 1, 1)
    assert found.off_for == {1: 1, 3: 1, 6: 1, 12: 0}


def test_a_count_adds_up_and_another_verifies_it() -> None:
    domain.check_count(5, 2, 1, [3, 2])
    with pytest.raises(Invalid, match="add up"):
        domain.check_count(5, 2, 1, [3, 1])
    with pytest.raises(Invalid, match="larger"):
        domain.check_count(5, 6, 1, [5])
    with pytest.raises(Forbidden):
        domain.check_verified_by_another("officer-1", "officer-1")
