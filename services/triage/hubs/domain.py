"""The rules of a hub: when it is open, who is on duty and who stands in. Pure."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

import holidays

from kit.clock import LONDON
from kit.errors import Conflict, invalid

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[time, time]
_LOOK_AHEAD_DAYS: Final = 60
_A_DAY: Final = timedelta(days=1)


# Hours ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hours:
    """When a hub is open: by weekday, on bank holidays, and on days that are unlike the others."""

    week: Mapping[str, Sequence[Span]]
    bank_holidays: Sequence[Span] = ()
    special: Mapping[date, Sequence[Span]] | None = None

    def on(self, day: date) -> tuple[Span, ...]:
        """The opening times of that day, the earliest first; none: closed. A special day beats a bank holiday."""
        if self.special and day in self.special:
            return tuple(sorted(self.special[day]))
        if is_bank_holiday(day):
            return tuple(sorted(self.bank_holidays))
        return tuple(sorted(self.week.get(WEEKDAYS[day.weekday()], ())))

    def open_at(self, moment: datetime) -> bool:
        """Whether the doors are open then; at closing time they are not."""
        local = moment.astimezone(LONDON)
        return any(opens <= local.time() < closes for opens, closes in self.on(local.date()))

    def open_throughout(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether the doors stay open for the whole of it; the end may be closing time."""
        first, last = starts_at.astimezone(LONDON), ends_at.astimezone(LONDON)
        if first.date() != last.date():
            return False
        return any(opens <= first.time() and last.time() <= closes for opens, closes in self.on(first.date()))

    def next_opening(self, moment: datetime) -> datetime | None:
        """When the doors open next, after now; None when not within two months."""
        local = moment.astimezone(LONDON)
        for ahead in range(_LOOK_AHEAD_DAYS):
            day = local.date() + ahead * _A_DAY
            for opens, _ in self.on(day):
                at = datetime.combine(day, opens, LONDON)
                if at > moment:
                    return at
        return None


@lru_cache(maxsize=16)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_bank_holiday(day: date) -> bool:
    """A bank holiday in England, also one that falls on a weekend and is kept again on the Monday."""
    return day in _bank_holidays(day.year)


def check_spans(spans: Sequence[Span], pointer: str) -> None:
    """Opening times run forwards and do not overlap."""
    ordered = sorted(spans)
    if any(closes <= opens for opens, closes in ordered):
        raise invalid(pointer, "Closing time comes after opening time.", "hours-forward")
    if any(after[0] < before[1] for before, after in itertools.pairwise(ordered)):
        raise invalid(pointer, "Opening times of one day must not overlap.", "hours-apart")


# Who is on duty -------------------------------------------------------------------------------------------


class DutyRole(StrEnum):
    """What someone is there to do. The welcome and triage sit at desks; the duty manager is rung."""

    WELCOME = "welcome"
    TRIAGE = "triage"
    ACCOUNT_MANAGER = "account_manager"
    SPECIALIST = "specialist"
    DUTY_MANAGER = "duty_manager"


AT_A_DESK: Final = frozenset({DutyRole.WELCOME, DutyRole.TRIAGE})


class ShiftState(StrEnum):
    """On duty, standing by for someone's absence, or absent. Why someone is absent is not kept here."""

    DUTY = "duty"
    STANDBY = "standby"
    ABSENT = "absent"


def absent(state: str) -> ShiftState:
    """A shift that its worker cannot do."""
    if state == ShiftState.ABSENT:
        raise Conflict("This absence is known already", allowed=[])
    return ShiftState.ABSENT


def check_cover(state: str, covered_by: object | None) -> None:
    """Only an absence is covered, and once."""
    if state != ShiftState.ABSENT:
        raise Conflict("Nobody is absent from this shift: there is nothing to cover", allowed=["absences"])
    if covered_by is not None:
        raise Conflict("Somebody covers this shift already", allowed=[])


def check_shift(starts_at: datetime, ends_at: datetime) -> None:
    """A shift has an end, and is no longer than half a day."""
    if not timedelta(0) < ends_at - starts_at <= timedelta(hours=12):
        raise invalid("/ends_at", "After the start, at most 12 hours later.", "shift-length")
