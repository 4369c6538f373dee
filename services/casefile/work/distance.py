"""Furthest first: how far somebody is from work, with the grounds, and in which order places are offered. Pure.

Points are configuration with the day from which they hold. Who somebody is plays no part in them: nothing here knows
of equality data (tests/laws/test_equality_apart.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kit.clock import months_after
from services.casefile.work.domain import Activity


@dataclass(frozen=True, slots=True)
class Points:
    """What counts from `since` on. `out_of_work`: months and their points, the longest first."""

    since: date
    never_worked: int
    out_of_work: tuple[tuple[int, int], ...]
    inactive: int
    each_barrier: int
    most_barriers: int


POINTS: Final = (Points(date(2026, 1, 1), 5, ((60, 5), (24, 4), (12, 3), (6, 2), (0, 1)), 2, 1, 5),)
"""Newest last."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on the way to work, as the order sees them."""

    journey_id: UUID
    opened_at: datetime
    activity: Activity
    never_worked: bool
    out_of_work_since: date | None
    barriers: int


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for a place, in words, with its points."""

    code: str
    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order, the first is 1, and why."""

    number: int
    candidate: Candidate
    grounds: tuple[Ground, ...]

    @property
    def points(self) -> int:
        """All of them together."""
        return sum(each.points for each in self.grounds)


def grounds(candidate: Candidate, today: date) -> tuple[Ground, ...]:
    """Why somebody stands where they do."""
    rules = next(each for each in reversed(POINTS) if each.since <= today)
    found = []
    if candidate.never_worked:
        found.append(Ground("never_worked", "Has not worked yet", rules.never_worked))
    elif candidate.out_of_work_since is not None and candidate.activity is not Activity.IN_WORK:
        for months, points in rules.out_of_work:
            if months_after(candidate.out_of_work_since, months) <= today:
                words = f"Out of work for {_span(months)}" if months else "Out of work for less than 6 months"
                found.append(Ground("out_of_work", words, points))
                break
    if candidate.activity is Activity.INACTIVE:
        found.append(Ground("inactive", "Was not looking for work", rules.inactive))
    if candidate.barriers:
        counted = min(candidate.barriers, rules.most_barriers)
        things = "1 thing stands" if candidate.barriers == 1 else f"{candidate.barriers} things stand"
        found.append(Ground("barriers", f"{things} in the way", counted * rules.each_barrier))
    return tuple(found)


def furthest_first(candidates: Iterable[Candidate], today: date) -> Sequence[Place]:
    """Everybody in the order in which a place is offered: the furthest from work first, then who waits the longest."""
    known = [(grounds(each, today), each) for each in candidates]
    known.sort(key=lambda pair: (-sum(each.points for each in pair[0]), pair[1].opened_at, pair[1].journey_id))
    return [Place(number, candidate, why) for number, (why, candidate) in enumerate(known, start=1)]


def _span(months: int) -> str:
    if months < 24:
        return "a year or more" if months == 12 else "6 months or more"
    return f"{months // 12} years or more"
