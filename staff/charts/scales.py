"""From figures to places: steps that people can read, and how figures are written beside them."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Written = Callable[[float], str]


def plain(value: float) -> str:
    """`1,204`, `0.35`, `-3`: no more places than matter."""
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """A share (0 to 1) as `35%`; one place when it is small."""
    part = 100 * value
    return f"{part:.1f}%" if 0 < abs(part) < 10 and not float(part).is_integer() else f"{part:.0f}%"


def pounds(pence: float) -> str:
    """Pence as `£1.2m`, `£45k`, `£900`."""
    amount = abs(pence) / 100
    sign = "-" if pence < 0 else ""
    for size, unit in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if amount >= size:
            return f"{sign}£{amount / size:.1f}".removesuffix(".0") + unit
    return f"{sign}£{amount:.0f}"


@dataclass(frozen=True, slots=True)
class Scale:
    """Figures from `low` to `high`, both of which are ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Where a figure stands, 0 to 1; what lies outside stands at the edge."""
        span = self.high - self.low
        return min(1.0, max(0.0, (value - self.low) / span)) if span else 0.0


def scale(values: Iterable[float], *, zero: bool = True, steps: int = 4) -> Scale:
    """A scale for these figures with about so many steps of 1, 2, 2.5 or 5; from 0 unless `zero` is False."""
    given = [each for each in values if math.isfinite(each)]
    low, high = (min(given), max(given)) if given else (0.0, 1.0)
    if zero:
        low, high = min(0.0, low), max(0.0, high)
    if high == low:
        high = low + 1
    step = _step((high - low) / steps)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(each * step, 10) for each in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return next(each * size for each in (1, 2, 2.5, 5, 10) if each * size >= rough * (1 - 1e-9))
