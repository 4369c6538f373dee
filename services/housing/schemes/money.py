"""Discounting: net present value and internal rate of return of flows by quarter. Pure; pence, Decimal between."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

QUARTERS: Final = 4
_DIGITS: Final = 50
_LOWEST, _HIGHEST = Decimal("-0.95"), Decimal(5)
_HALVINGS: Final = 40


def spread(total: int, parts: int) -> list[int]:
    """A total in so many parts that differ by a penny at most and add up to it exactly; the first ones are larger."""
    if parts < 1:
        raise ValueError("at least one part")
    sign, amount = (-1, -total) if total < 0 else (1, total)
    each, over = divmod(amount, parts)
    return [sign * (each + (1 if place < over else 0)) for place in range(parts)]


def quarterly(percent_a_year: Decimal) -> Decimal:
    """The factor by which something grows, or is discounted, in a quarter."""
    with localcontext() as exact:
        exact.prec = _DIGITS
        return (1 + percent_a_year / 100) ** (Decimal(1) / QUARTERS)


def present_value(flows: Sequence[int], percent_a_year: Decimal) -> int:
    """What flows of coming quarters are worth at the start of the first, to the penny. The first is not discounted."""
    with localcontext() as exact:
        exact.prec = _DIGITS
        return int(_worth(flows, quarterly(percent_a_year)).quantize(Decimal(1), ROUND_HALF_UP))


def _worth(flows: Sequence[int], factor: Decimal) -> Decimal:
    worth = Decimal(0)
    for flow in reversed(flows):
        worth = worth / factor + flow
    return worth


def rate_of_return(flows: Sequence[int]) -> Decimal | None:
    """The rate a year (per cent, three places) at which the flows are worth nothing; None where there is none.

    Only where there is no more than one: money goes out first, and either the flows change sign once, or their running
    total does (then one rate above nothing). With several rates one of them alone would mislead.
    """
    lowest = _LOWEST if _changes(flows) == 1 else Decimal(0) if _changes(list(accumulate(flows))) == 1 else None
    first = next((flow for flow in flows if flow), 0)
    if lowest is None or first > 0:
        return None
    with localcontext() as exact:
        exact.prec = _DIGITS
        low, high = ((1 + each) ** (Decimal(1) / QUARTERS) for each in (lowest, _HIGHEST))
        if _worth(flows, low) < 0 or _worth(flows, high) > 0:
            return None
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _worth(flows, middle) > 0:
                low = middle
            else:
                high = middle
        return ((low**QUARTERS - 1) * 100).quantize(Decimal("0.001"), ROUND_HALF_UP)


def _changes(flows: Sequence[int]) -> int:
    signs = [flow > 0 for flow in flows if flow]
    return sum(a != b for a, b in pairwise(signs))


def percent_of(part: int, whole: int) -> Decimal | None:
    """A share as a percentage, two places; None of nothing."""
    if whole <= 0:
        return None
    exact = Fraction(part * 100, whole)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
