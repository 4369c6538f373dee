"""Lengths of time, notices, priority needs and numbers of the law, each as it holds on a day. Pure.

Data is `clocks.toml`. What holds on a day is the newest entry that began by then and has not ended; asked of a day
before there was one, the answer is None or `Invalid`, never a guess.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeVar

from kit.clock import add_working_days, period_beginning_with
from kit.errors import invalid


class _Dated(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...


Entry = TypeVar("Entry", bound=_Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A length of time: days "beginning with" a day, or working days after one."""

    code: str
    since: date
    section: str
    days: int = 0
    working_days: int = 0
    until: date | None = None

    def last_day(self, start: date) -> date:
        """The last day of it: of 56 days beginning with 4 December, 28 January."""
        if self.days:
            return period_beginning_with(start, self.days)
        return add_working_days(start, self.working_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewClock:
    """How many weeks a kind of review may take, from the day it was asked for."""

    code: str
    since: date
    section: str
    weeks: int
    from_representations: bool = False
    until: date | None = None

    def due(self, asked_on: date) -> date:
        """By when it is to be decided and told."""
        return asked_on + timedelta(weeks=self.weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A landlord's notice that by itself makes somebody threatened with homelessness."""

    code: str
    landlord: str
    since: date
    section: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """A kind of priority need; `automatic`: nobody has to be found vulnerable."""

    code: str
    automatic: bool
    since: date
    section: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """An age, or a number of months."""

    code: str
    value: int
    since: date
    section: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """All of it."""

    clocks: Sequence[Clock]
    reviews: Sequence[ReviewClock]
    notices: Sequence[Notice]
    priorities: Sequence[Priority]
    numbers: Sequence[Number]
    review_codes: frozenset[str] = field(default=frozenset())

    def clock(self, code: str, on: date) -> Clock:
        """The clock as it holds on a day. KeyError for a code nobody wrote; `Invalid` before the law knew it."""
        return _of(self.clocks, code, on)

    def review(self, code: str, on: date) -> ReviewClock:
        """How long that kind of review takes if it is asked for on this day."""
        return _of(self.reviews, code, on)

    def number(self, code: str, on: date) -> Number | None:
        """The number as it holds on a day; None before the law knew it."""
        return _newest(self.numbers, code, on)

    def notice(self, code: str, landlord: str, on: date) -> Notice | None:
        """What makes such a notice a threat by itself on this day; None: nothing does."""
        return _newest([each for each in self.notices if each.landlord == landlord], code, on)

    def priorities_on(self, on: date) -> Mapping[str, Priority]:
        """The kinds of priority need there are on a day."""
        found = {each.code: _newest(self.priorities, each.code, on) for each in self.priorities}
        return {code: each for code, each in found.items() if each is not None}


def _newest(entries: Sequence[Entry], code: str, on: date) -> Entry | None:
    held = [
        each for each in entries if each.code == code and each.since <= on and (each.until is None or on <= each.until)
    ]
    return max(held, key=lambda each: each.since, default=None)


def _of(entries: Sequence[Entry], code: str, on: date) -> Entry:
    if code not in {each.code for each in entries}:
        raise KeyError(code)
    found = _newest(entries, code, on)
    if found is None:
        first = min(each.since for each in entries if each.code == code)
        raise invalid("/on", f"This law holds from {first.isoformat()}.", "before-the-law")
    return found


def read(text: str) -> Law:
    """The law from TOML; ValueError where two entries of one code hold from the same day."""
    tables = tomllib.loads(text)
    law = Law(
        clocks=[Clock(**_plain(each, {"from"})) for each in tables["clock"]],
        reviews=[ReviewClock(**each) for each in tables["review"]],
        notices=[Notice(**each) for each in tables["notice"]],
        priorities=[Priority(**each) for each in tables["priority"]],
        numbers=[Number(**each) for each in tables["number"]],
        review_codes=frozenset(each["code"] for each in tables["review"]),
    )
    for group in (law.clocks, law.reviews, law.priorities, law.numbers):
        keys = [(each.code, each.since) for each in group]
        if len(keys) != len(set(keys)):
            raise ValueError(f"twice from the same day: {sorted(key for key in keys if keys.count(key) > 1)}")
    return law


def _plain(table: Mapping[str, Any], without: set[str]) -> dict[str, Any]:
    # What it is counted from is for the reader.
    return {name: value for name, value in table.items() if name not in without}


LAW: Final = read(files("services.housing.homelessness.law").joinpath("clocks.toml").read_text(encoding="utf-8"))
"""The law as we hold it."""

PRIORITY_CODES: Final = MappingProxyType({each.code: each for each in LAW.priorities})
"""Every kind of priority need there is or was."""


def days_left(last_day: date, today: date) -> int:
    """How many days are left, today and the last day counted; 0 on the day after, then negative."""
    return (last_day - today).days + 1


def age(born_on: date, on: date) -> int:
    """Whole years on a day."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
