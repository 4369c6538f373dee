"""Bids, offers and lettings on the page: that it happened, never which home, nor why somebody said no."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words

_CHANNELS: Final = {"auto": "placed for them", "in_person": "in person"}


def _bid(data: Mapping[str, Any]) -> str:
    channel = data["channel"]
    how = _CHANNELS.get(channel) or f"by {words(channel)}"
    return f"Bid for a home, {how}"


def _offer(data: Mapping[str, Any]) -> str:
    kind = "A final offer of a home" if data.get("final") else "A home was offered"
    back = " back, by their right to return" if data.get("kind") == "right_to_return" and not data.get("final") else ""
    return f"{kind}{back}: to answer by {day(data['answer_by'])}"


def _refused(data: Mapping[str, Any]) -> str:
    return "Offer of a home refused" + (", and an officer counts it" if data.get("counts") else "")


def _changed(data: Mapping[str, Any]) -> str:
    if data["state"] == "refused" and data.get("counts"):
        return "A named officer counts a refused offer: they may ask for a review"
    if data.get("final"):
        return "The offer of a home is a final one: they may accept it and ask for a review"
    if data.get("suitable") is None:
        return "The answer to an offer was put right"
    return f"An officer found an offered home {'suitable' if data['suitable'] else 'not suitable'}"


def _started(data: Mapping[str, Any]) -> str:
    pence = data.get("weekly_rent_pence")
    rent = f", £{pence // 100:,}.{pence % 100:02d} a week" if pence else ""
    return f"Tenancy of a home from {day(data['starts_on'])}{rent}"


def _ended(data: Mapping[str, Any]) -> str:
    if data["state"] == "fell_through":
        return "The tenancy fell through: they did not move in"
    return "Tenancy ended" + (f" on {day(data['ends_on'])}" if data.get("ends_on") else "")


WRITERS: Final[Mapping[str, Writer]] = {
    "bid.placed": _bid,
    "bid.withdrawn": lambda data: "Bid for a home taken back",
    "offer.made": _offer,
    "offer.accepted": lambda data: "Offer of a home accepted",
    "offer.refused": _refused,
    "offer.withdrawn": lambda data: "Offer of a home taken back: it counts for nothing",
    "offer.changed": _changed,
    "letting.started": _started,
    "letting.ended": _ended,
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("bid.placed", "bid.withdrawn"), ("bid_id", "channel", "state", "placed_at")),
    **dict.fromkeys(
        ("offer.made", "offer.accepted", "offer.refused", "offer.withdrawn", "offer.changed"),
        ("offer_id", "kind", "state", "final", "answer_by"),
    ),
    **dict.fromkeys(
        ("letting.started", "letting.ended"),
        ("letting_id", "state", "rent", "weekly_rent_pence", "starts_on", "ends_on"),
    ),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "bid": ("bids/{}", "bid_id"),
    "offer": ("offers/{}", "offer_id"),
    "letting": ("lettings/{}", "letting_id"),
}
