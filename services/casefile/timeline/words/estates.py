"""Rents and decants on the page."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day

_PRODUCTS: Final = {
    "social": "a council-equivalent rent",
    "london_affordable": "London Affordable Rent",
    "london_living": "London Living Rent",
    "market_50": "50 per cent of market rent",
    "market_60": "60 per cent of market rent",
    "market_80": "80 per cent of market rent",
}
_CHANGES: Final = {"lowered": "Rent lowered", "raised": "Rent raised", "yearly": "Rent raised for the year"}


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02d}"


def _rent(data: Mapping[str, Any]) -> str:
    kind = _PRODUCTS.get(data.get("product") or "", "")
    week = (data.get("rent_week_pence") or 0) + (data.get("service_week_pence") or 0)
    what = _CHANGES.get(data.get("change") or "", "Rent set")
    return f"{what}: {_pounds(week)} a week{f', {kind}' if kind else ''}, from {day(data['effective_from'])}"


def _decanted(data: Mapping[str, Any]) -> str:
    if data.get("right") == "none":
        return "Has to move for building works"
    return "Has to move for building works, with a right to return"


def _returned(data: Mapping[str, Any]) -> str:
    on = data.get("returned_on")
    return f"Returned by right on {day(on)}" if on else "Returned by right"


WRITERS: Final[Mapping[str, Writer]] = {
    "rent.set": _rent,
    "decant.recorded": _decanted,
    "decant.returned": _returned,
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "rent.set": ("rent_id", "product", "percent_of_market", "change", "effective_from"),
    **dict.fromkeys(("decant.recorded", "decant.returned"), ("decant_id", "scheme_id", "right", "move")),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "rent": ("rents/{}", "rent_id"),
    "decant": ("decants/{}", "decant_id"),
}
