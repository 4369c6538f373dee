"""Offers of help, and holds on recovery."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words

# What a call for an offer was, in words that anybody may read; of a cohort nothing is told.
_SIGNALS: Final = {
    "first_missed_council_tax": "a council tax payment was missed",
    "rent_arrears_jump": "rent arrears went up",
    "emergency": "a warning for the borough",
}


def _outreach(begins: str, *, why: str = "") -> Any:
    """`why` names the field whose code says why."""

    def write(data: Mapping[str, Any]) -> str:
        reason = words(data.get(why))
        return f"{begins} ({words(data['offer'])})" + (f": {reason}" if reason else "")

    return write


def _offered(data: Mapping[str, Any]) -> str:
    signal = _SIGNALS.get(data["kind"])
    return f"Help to be offered ({words(data['offer'])})" + (f": {signal}" if signal else "")


def _attempted(data: Mapping[str, Any]) -> str:
    said = ", ".join(filter(None, (words(data.get("last_channel")), words(data.get("last_outcome")))))
    return f"Tried to reach them with an offer of help, {words(data['offer'])}" + (f": {said}" if said else "")


def _recovery_hold(state: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        until = data.get("until")
        ends = f" until {day(until)}" if until and state == "granted" else ""
        return f"Hold on recovery {state}{ends}: {words(data['creditor'])}"

    return write


WRITERS: Final[Mapping[str, Writer]] = {
    "outreach.offered": _offered,
    "outreach.attempted": _attempted,
    "outreach.held": _outreach("Offer of help waits", why="hold_reason"),
    "outreach.resumed": _outreach("Offer of help goes on"),
    "outreach.accepted": _outreach("Offer of help taken up"),
    "outreach.declined": _outreach("Offer of help declined", why="outcome"),
    "outreach.closed": _outreach("Offer of help closed", why="outcome"),
    "recovery_hold.requested": _recovery_hold("asked for"),
    "recovery_hold.granted": _recovery_hold("granted"),
    "recovery_hold.refused": _recovery_hold("refused"),
    "recovery_hold.unanswered": _recovery_hold("not answered in time"),
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            f"outreach.{event}"
            for event in ("offered", "attempted", "held", "resumed", "accepted", "declined", "closed")
        ),
        ("offer_id", "status", "attempts", "held_until"),
    ),
    **dict.fromkeys(
        (f"recovery_hold.{event}" for event in ("requested", "granted", "refused", "unanswered")),
        ("hold_id", "creditor", "state", "until"),
    ),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "outreach": ("outreach/{}", "offer_id"),
    "recovery_hold": ("recovery-holds/{}", "hold_id"),
}
