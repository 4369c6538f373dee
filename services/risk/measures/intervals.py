"""How sure a figure is: intervals of shares and of counts. Pure."""

from math import sqrt
from typing import Final

_Z: Final = 1.959963984540054


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson's score interval), 0 to 1."""
    if of <= 0:
        return 0.0, 1.0
    share = count / of
    middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z / (1 + _Z**2 / of) * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson(count: int) -> tuple[float, float]:
    """The 95% interval of a count (Byar's approximation of the Poisson limits)."""
    low = 0.0 if count == 0 else count * (1 - 1 / (9 * count) - _Z / (3 * sqrt(count))) ** 3
    more = count + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + _Z / (3 * sqrt(more))) ** 3
