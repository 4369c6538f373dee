"""Savings: count against baseline times unit cost, with the range. Pure.

Money that leaves the budget less (cashable) is told apart from what could be done with the time instead (avoided), and
what residents gain is theirs: it never counts.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from kit.errors import invalid


class Cash(StrEnum):
    """Whether money leaves the budget less, or something else could be done with the time."""

    CASHABLE = "cashable"
    AVOIDED = "avoided"


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What one of it costs the council or a partner, in pence, with its range, its day and where it is from."""

    code: str
    measure: str
    title: str
    low: int
    central: int
    high: int
    dated: date
    source: str
    cash: Cash
    falls_on: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many there would have been, for a quarter: as somebody stated, and from where."""

    measure: str
    count: int
    source: str
    stated_by: str


@dataclass(frozen=True, slots=True)
class Saving:
    """Count against baseline times unit cost, with the range; all None where it can't be reckoned, and why not."""

    cost: UnitCost
    count: int | None
    baseline: Baseline | None
    fewer_or_more: int | None = None
    low: int | None = None
    central: int | None = None
    high: int | None = None
    why_not: str | None = None


def saving(cost: UnitCost, count: int | None, baseline: Baseline | None, *, more_saves: bool) -> Saving:
    """What was saved in pence; below nothing where it was the other way round. What is hidden saves nothing.

    `more_saves`: whether more of it saves (an assessment avoided) or less (a household in temporary accommodation).
    """
    if baseline is None:
        return Saving(cost, count, None, why_not="No baseline is stated for this quarter.")
    if count is None:
        return Saving(cost, None, baseline, why_not="The count is not shown: too few.")
    apart = count - baseline.count if more_saves else baseline.count - count
    low, high = sorted((apart * cost.low, apart * cost.high))
    return Saving(cost, count, baseline, apart, low, apart * cost.central, high)


def check_cost(cost: UnitCost, *, gain_of_residents: bool, today: date) -> None:
    """A cost has a range in order and a day that has been; what residents gain is theirs, and no saving."""
    if gain_of_residents:
        raise invalid("/measure", "What residents gain is never counted as a saving.", "not-residents-gains")
    for low, high in pairwise((("low", cost.low), ("central", cost.central), ("high", cost.high))):
        if low[1] > high[1]:
            raise invalid(f"/{high[0]}_pence", f"Not below the {low[0]} cost.", "range-in-order")
    if cost.dated > today:
        raise invalid("/dated", "A cost is of a day that has been.", "not-in-the-future")
