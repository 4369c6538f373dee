"""Money in whole pence: how often it comes, what that is in a month or a week, and how people write it. Pure.

Every amount is an int of pence. Where a period is turned into another the exact fraction is rounded once, half a penny
up, and everything after is done with the rounded amount: so what is shown always adds up.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, Literal

Every = Literal["week", "fortnight", "four_weeks", "month", "quarter", "year", "ten_months"]
MOST: Final = 100_000_000_00
"""The largest amount anyone may type: a slip of the finger, not a household's money."""

A_YEAR: Final[Mapping[str, int]] = {
    "week": 52,
    "fortnight": 26,
    "four_weeks": 13,
    "month": 12,
    "quarter": 4,
    "year": 1,
    # Council tax is paid in ten instalments of the year.
    "ten_months": 10,
}


def rounded(exact: Fraction) -> int:
    """The nearest penny; half a penny goes up, away from nothing."""
    sign = -1 if exact < 0 else 1
    return sign * int(abs(exact) + Fraction(1, 2))


def a_month(pence: int, every: str) -> int:
    """What that is in a calendar month: 52 weeks, 26 fortnights or 13 times four weeks in a year of 12 months."""
    return rounded(Fraction(pence * A_YEAR[every], 12))


def a_week(pence: int, every: str) -> int:
    """What that is in a week."""
    return rounded(Fraction(pence * A_YEAR[every], 52))


def share(pence: int, percent: Fraction | int) -> int:
    """So many per cent of it."""
    return rounded(Fraction(pence) * Fraction(percent) / 100)


def pounds(pence: int) -> str:
    """As people write it: £1,842.00, minus £169.50."""
    whole, rest = divmod(abs(pence), 100)
    return f"{'minus ' if pence < 0 else ''}£{whole:,}.{rest:02d}"
