"""What came of households' wish for a home, as housing tells it: which outcome each fact is. Pure.

Counted by group so that the council sees whether its allocation scheme treats people alike (Equality Act 2010 s149).
"""

from collections.abc import Mapping
from typing import Any, Final

SERVICE: Final = "housing"
TYPES: Final = (
    "housing.application.registered",
    "housing.application.banded",
    "housing.application.suspended",
    "housing.application.ended",
    "housing.bid.placed",
    "housing.offer.made",
    "housing.offer.accepted",
    "housing.offer.refused",
    "housing.offer.changed",
    "housing.letting.started",
)
BANDS: Final = ("a", "b", "c", "reduced")
"""Of the allocation scheme; any other band is counted as `band_other`."""
OUTCOMES: Final = (
    "registered",
    *(f"band_{band}" for band in BANDS),
    "band_other",
    "suspended",
    "application_ended",
    "bid",
    "bid_placed_for_them",
    "offered",
    "accepted",
    "refused",
    "refusal_counted",
    "let_by_choice",
    "let_directly",
    "let_by_right_to_return",
)
_PLAIN: Final = {
    "housing.application.registered": "registered",
    "housing.application.suspended": "suspended",
    "housing.offer.made": "offered",
    "housing.offer.accepted": "accepted",
    "housing.offer.refused": "refused",
}
_LET: Final = {"choice": "let_by_choice", "direct": "let_directly", "right_to_return": "let_by_right_to_return"}


def outcome_of(type_: str, data: Mapping[str, Any]) -> str | None:
    """The outcome that a fact of housing is; None: it is none, e.g. an offer that was only looked at."""
    if type_ in _PLAIN:
        return _PLAIN[type_]
    if type_ == "housing.application.banded":
        band = data.get("band")
        return None if band is None else f"band_{band}" if band in BANDS else "band_other"
    if type_ == "housing.application.ended":
        # Who was housed is counted as that.
        return None if data.get("end_reason") == "housed" else "application_ended"
    if type_ == "housing.bid.placed":
        return "bid_placed_for_them" if data.get("channel") == "auto" else "bid"
    if type_ == "housing.offer.changed":
        return "refusal_counted" if data.get("counts") else None
    if type_ == "housing.letting.started":
        return _LET.get(data.get("kind") or "")
    return None
