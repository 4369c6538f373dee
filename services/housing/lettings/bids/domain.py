"""How many bids may stand, and for whom bids are placed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kit.errors import Conflict, invalid

MOST_STANDING: Final = 5
"""Bids of one household on homes still open: enough to choose among, too few to bid on everything."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a household for whom bids are placed."""

    wards: tuple[str, ...]
    top_floor: int | None
    why: str
    agreed_on: date


def check_how_many(standing: int) -> None:
    """`Conflict` for one more than may stand at once."""
    if standing >= MOST_STANDING:
        raise Conflict(f"At most {MOST_STANDING} bids stand at a time: take one back first", allowed=["withdrawn"])


def check_agreed(agreed: Agreed, today: date) -> None:
    """Somebody spoke with them, and not in the future."""
    if agreed.agreed_on > today:
        raise invalid("/agreed_on", "This day has not come yet.", "not-in-future")


def wants(wards: Sequence[str], top_floor: int | None, shown: Mapping[str, Any]) -> bool:
    """Whether a home as it is shown is one that they agreed to. No ward named: anywhere; a lift takes any floor."""
    if wards and shown.get("ward") not in wards:
        return False
    floor = shown.get("floor")
    return top_floor is None or floor is None or floor <= top_floor or bool(shown.get("lift"))
