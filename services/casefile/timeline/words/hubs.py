"""Appointments and visits."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words

_MEETINGS: Final = {"at_hub": "Appointment", "home_visit": "Visit", "phone": "Call"}
_BECAME: Final = {
    "arrived": "they arrived",
    "to_rearrange": "to be arranged anew",
}


def _appointment_booked(data: Mapping[str, Any]) -> str:
    return f"{_MEETINGS.get(data['kind'], 'Appointment')} booked for {day(data['starts_at'][:10])}"


def _appointment_changed(data: Mapping[str, Any]) -> str:
    # Why one has to be arranged anew is nobody's to read: it may be somebody else's safety.
    became = _BECAME.get(data["state"], words(data["state"]))
    if data["state"] == "missed":
        became = "somebody looked after them" if data.get("follow_up") else "nobody looked after them in time"
    return f"{_MEETINGS.get(data['kind'], 'Appointment')} of {day(data['starts_at'][:10])}: {became}"


def _appointment_missed(data: Mapping[str, Any]) -> str:
    why = words(data.get("missed_because"))
    said = f"{_MEETINGS.get(data['kind'], 'Appointment')} of {day(data['starts_at'][:10])} missed"
    return said + (f": {why}" if why else "")


WRITERS: Final[Mapping[str, Writer]] = {
    "appointment.booked": _appointment_booked,
    "appointment.changed": _appointment_changed,
    "appointment.missed": _appointment_missed,
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (f"appointment.{event}" for event in ("booked", "changed", "missed")),
        ("appointment_id", "kind", "hub", "starts_at", "state"),
    ),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "appointment": ("appointments/{}", "appointment_id"),
}
