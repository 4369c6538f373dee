"""Hardship payments on the page."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, words


def _paid(data: Mapping[str, Any]) -> str:
    pounds, pence = divmod(int(data["amount_pence"]), 100)
    return f"Hardship payment of £{pounds:,}.{pence:02d} for {words(data['need'])}"


WRITERS: Final[Mapping[str, Writer]] = {"hardship.paid": _paid}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {"hardship.paid": ("payment_id", "strand", "need", "amount_pence")}
PLACES: Final[Mapping[str, tuple[str, str]]] = {"hardship": ("hardship-payments/{}", "payment_id")}
