"""What of a count may be shown. Pure.

A pack is made for a day and never changes, so that two packs cannot be set against each other within it; between packs,
counts are rounded, so that their difference tells of nobody.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

FEWEST_SHOWN: Final = 10
"""A group of fewer people is not shown."""
ROUNDED_TO: Final = 5


class Unit(StrEnum):
    """A count of people; a share of them, in per cent; or an index that counts nobody."""

    PEOPLE = "people"
    PER_CENT = "per_cent"
    INDEX = "index"


def shown(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts of one measure by ward: rounded, small ones hidden (None).

    Where the hidden ones are one, or fewer than ten people in all, the next smallest is hidden too: with the borough's
    total in hand, they could be worked out.
    """
    hidden = {ward for ward, count in counts.items() if 0 < count < FEWEST_SHOWN}
    if hidden:
        rest = sorted((ward for ward in counts if ward not in hidden), key=lambda ward: (counts[ward], ward))
        while rest and (len(hidden) < 2 or sum(counts[ward] for ward in hidden) < FEWEST_SHOWN):
            hidden.add(rest.pop(0))
    return {ward: None if ward in hidden else _rounded(count) for ward, count in counts.items()}


def _rounded(count: int) -> int:
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def of_enough(value: float, people: int | None) -> float | None:
    """A share, unless it is of too few people to be shown."""
    return None if people is None or people < FEWEST_SHOWN else value
