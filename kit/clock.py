"""Two clocks (ownership rule 12).

`now()` is real time, always UTC: tokens, audit, outbox. `business_now()` is what the borough's calendar says,
in Europe/London, with an offset that only the demo can set: statutory dates and timers use it.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_offset = timedelta(0)


def now() -> datetime:
    """The real time, UTC."""
    return datetime.now(UTC)


def business_now() -> datetime:
    """The business time, Europe/London: real time plus the demo's offset."""
    return (now() + _offset).astimezone(LONDON)


def later(moment: datetime, by: timedelta) -> datetime:
    """`by` after `moment` as time passes, UTC.

    Between two London times Python counts by the clock on the wall: an hour wrong in the nights when that is changed.
    """
    return moment.astimezone(UTC) + by


def today() -> date:
    """The business date in London."""
    return business_now().date()


def set_offset(offset: timedelta) -> None:
    """Move this process's business clock. Called by the clock's own projection, and by tests."""
    global _offset
    _offset = offset


def offset() -> timedelta:
    """How far the business clock stands from real time."""
    return _offset


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, and not a bank holiday in England."""
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def add_working_days(start: date, days: int) -> date:
    """The date `days` working days after `start`; the start itself is not counted (days >= 0)."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            days -= 1
    return day


def period_beginning_with(start: date, days: int) -> date:
    """The last day of a period of `days` days "beginning with" `start`: the start is day one."""
    return start + timedelta(days=days - 1)


def months_after(day: date, months: int) -> date:
    """The same day of the month `months` later (earlier if negative); a month without it: its last day.

    1 March and six months: 1 September. 31 August and six months: 28 or 29 February.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
