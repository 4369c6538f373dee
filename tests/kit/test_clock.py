"""Business time: working days, bank holidays, and the nights on which clocks are changed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kit.clock import LONDON, add_working_days, is_working_day, later, months_after


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 12, 26), False),  # a Saturday
        (date(2026, 12, 28), False),  # Boxing Day, given on the Monday
        (date(2026, 12, 29), True),
        (date(2027, 3, 26), False),  # Good Friday
    ],
)
def test_bank_holidays_of_england_are_no_working_days(day: date, working: bool) -> None:
    assert is_working_day(day) is working


def test_the_day_itself_is_not_counted() -> None:
    assert add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert add_working_days(date(2026, 12, 4), 0) == date(2026, 12, 4)


@pytest.mark.parametrize(
    "night", [datetime(2026, 10, 25, 0, 50, tzinfo=LONDON), datetime(2027, 3, 28, 0, 50, tzinfo=LONDON)]
)
def test_two_hours_are_two_on_the_nights_when_clocks_are_changed(night: datetime) -> None:
    two = timedelta(hours=2)
    assert later(night, two) - night.astimezone(UTC) == two
    # What Python says of the clock on the wall.
    assert (night + two).astimezone(UTC) - night.astimezone(UTC) != two


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [
        (date(2027, 3, 1), 6, date(2027, 9, 1)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), -12, date(2025, 12, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_go_by_the_calendar(start: date, months: int, then: date) -> None:
    assert months_after(start, months) == then
