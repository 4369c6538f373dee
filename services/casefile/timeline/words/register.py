"""The housing register on the page. Bands and dates; the reasons stand in the record, for some tell of health."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words


def _waits(data: Mapping[str, Any]) -> str:
    since = data.get("priority_on")
    return f" since {day(since)}" if since else ""


def _bedrooms(data: Mapping[str, Any]) -> str:
    needed = data.get("bedrooms_needed")
    if needed is None:
        return ""
    return f", {needed} bedroom{'' if needed == 1 else 's'} needed"


def _banded(data: Mapping[str, Any]) -> str:
    if not data.get("band"):
        return "Housing register: in no band"
    band = words(data["band"])
    return f"Housing register: band {band[:1].upper()}{band[1:]}{_waits(data)}{_bedrooms(data)}"


def _ended(data: Mapping[str, Any]) -> str:
    reason = data.get("end_reason")
    return "Application for a home ended" + (f": {words(reason)}" if reason else "")


WRITERS: Final[Mapping[str, Writer]] = {
    "application.registered": lambda data: f"Applied for a home on the housing register on {day(data['applied_on'])}",
    "application.banded": _banded,
    "application.suspended": lambda data: "Application for a home suspended by a named officer",
    "application.restored": lambda data: "Application for a home: on the register again",
    "application.ended": _ended,
}
_SHOWN: Final = ("application_id", "state", "applied_on", "band", "priority_on", "bedrooms_needed")
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(WRITERS, _SHOWN),
    "application.ended": (*_SHOWN, "end_reason"),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {"housing.application": ("applications/{}", "application_id")}
