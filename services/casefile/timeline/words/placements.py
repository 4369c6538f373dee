"""Temporary accommodation on the page: that it began, how long it may last, that it ended. Never where."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words

_KINDS: Final = {
    "bed_and_breakfast": "in bed and breakfast",
    "nightly_paid": "in a home paid by the night",
    "hostel": "in a hostel",
    "leased": "in a leased home",
    "social_stock": "in a council or housing association home",
}
_ENDS: Final = {
    "letting_started": "the tenancy of their own home began",
    "moved": "they moved to another",
    "private_rented_home": "they found a private rented home",
    "family_or_friends": "they went to family or friends",
    "duty_ended": "the duty ended",
    "left_of_their_own": "they left",
    "recorded_by_mistake": "it was recorded by mistake",
}


def _started(data: Mapping[str, Any]) -> str:
    kind = _KINDS.get(data.get("kind") or "")
    away = ", outside the borough" if data.get("out_of_area") else ""
    return f"Temporary accommodation began{f' {kind}' if kind else ''}{away}"


def _ended(data: Mapping[str, Any]) -> str:
    code = data.get("end_reason")
    why = _ENDS.get(code or "", words(code))
    return f"Temporary accommodation ended{f': {why}' if why else ''}"


def _alarmed(data: Mapping[str, Any]) -> str:
    number = data.get("alarm_day")
    return f"A family is in bed and breakfast, day {number if number in (28, 35, 42) else 28} of 42"


def _breached(data: Mapping[str, Any]) -> str:
    since = data.get("breached_on")
    return "A family has been in bed and breakfast for more than six weeks" + (f", since {day(since)}" if since else "")


WRITERS: Final[Mapping[str, Writer]] = {
    "placement.started": _started,
    "placement.ended": _ended,
    "placement.alarmed": _alarmed,
    "placement.breached": _breached,
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
    WRITERS, ("placement_id", "duty", "entered_on", "left_on", "end_reason")
)
PLACES: Final[Mapping[str, tuple[str, str]]] = {"placement": ("placements/{}", "placement_id")}
