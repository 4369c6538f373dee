"""Money of rents: whole pence, exact between, rounded once. Pure.

A rent is kept by the week. What it is in a month or a year is worked out from the week: 52 weeks, 12 months.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final

WEEKS: Final = 52
MONTHS: Final = 12
MOST_PENCE: Final = 1_000_000_00
"""The largest weekly amount anyone may type: a slip of the finger, not a rent."""

A_YEAR: Final = {"week": 52, "fortnight": 26, "four_weeks": 13, "month": 12, "year": 1}
"""How often each period comes in a year."""


def rounded(exact: Fraction) -> int:
    """The nearest whole penny; half a penny goes up, away from nothing."""
    sign = -1 if exact < 0 else 1
    return sign * int(abs(exact) + Fraction(1, 2))


def share(pence: int, percent: Decimal | int) -> int:
    """So many per cent of it, to the penny."""
    return rounded(Fraction(pence) * Fraction(percent) / 100)


def month_of_week(week_pence: int) -> int:
    """A weekly amount in a calendar month."""
    return rounded(Fraction(week_pence * WEEKS, MONTHS))


def week_of_month(month_pence: int) -> int:
    """A monthly amount in a week."""
    return rounded(Fraction(month_pence * MONTHS, WEEKS))


def in_a_month(pence: int, every: str) -> Fraction:
    """What comes so often (a key of `A_YEAR`) in a calendar month, exact."""
    return Fraction(pence * A_YEAR[every], MONTHS)


def pounds(pence: int) -> str:
    """As people write it: £1,842.00, minus £169.50."""
    whole, rest = divmod(abs(pence), 100)
    return f"{'minus ' if pence < 0 else ''}£{whole:,}.{rest:02d}"
