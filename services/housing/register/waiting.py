"""Waiting times told honestly: of everybody who waited, not only of those who were housed. Pure.

The times of those housed alone are too short: whoever still waits has waited too, and some of them longest. So the
figures are Kaplan and Meier's estimate (1958): each who was housed ends a wait, each who still waits or left by another
way is counted for as long as they waited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

FEWEST_SHOWN: Final = 10
"""A group of fewer is not shown."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Days from the priority date to the day of housing, or to the day on which it ended otherwise, or today."""

    days: int
    housed: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of a group. None: fewer than half, or than nine in ten, have been housed so far."""

    waiting: int
    housed: int
    half_within_days: int | None
    nine_in_ten_within_days: int | None
    longest_still_waiting_days: int


def quantile(waits: Sequence[Wait], share: float) -> int | None:
    """The days within which this share is housed (Kaplan-Meier); None when that share has not been reached."""
    left, staying = len(waits), 1.0
    days: int
    for days, group in groupby(sorted(waits, key=lambda each: each.days), key=lambda each: each.days):
        here = list(group)
        housed = sum(each.housed for each in here)
        staying *= 1 - housed / left
        # A hair's breadth of rounding must not put a share off to the next day.
        if housed and staying <= 1 - share + 1e-12:
            return days
        left -= len(here)
    return None


def figures(waits: Sequence[Wait], still: Sequence[int]) -> Figures | None:
    """The figures of a group; `still`: the days of those who wait now (in `waits` as well). None if it is small."""
    housed = sum(each.housed for each in waits)
    if len(waits) < FEWEST_SHOWN or 0 < housed < FEWEST_SHOWN or 0 < len(still) < FEWEST_SHOWN:
        return None
    return Figures(len(still), housed, quantile(waits, 0.5), quantile(waits, 0.9), max(still, default=0))
