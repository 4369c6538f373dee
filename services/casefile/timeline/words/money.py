"""Money, and the time to breathe."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day


def _breathing_space(data: Mapping[str, Any]) -> str:
    # Which kind it is would tell of a crisis: those who advise on debt see it in its record.
    last = data.get("ends_on")
    return f"Breathing Space from {day(data['starts_on'])}" + (f" to {day(last)}" if last else "")


WRITERS: Final[Mapping[str, Writer]] = {
    "breathing_space.started": _breathing_space,
    "breathing_space.changed": _breathing_space,
    "breathing_space.ended": lambda data: (
        "Breathing Space cancelled" if data["state"] == "cancelled" else "Breathing Space ended"
    ),
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (f"breathing_space.{event}" for event in ("started", "changed", "ended")),
        ("breathing_space_id", "state", "starts_on", "ends_on"),
    ),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "breathing_space": ("money/breathing-spaces/{}", "breathing_space_id"),
}
