"""What One View knows."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, words


def _disputed(data: Mapping[str, Any]) -> str:
    # Not which factor: it may tell of what only some may know.
    return f"A factor of One View {words(data['state']) or 'disputed'}"


WRITERS: Final[Mapping[str, Writer]] = {
    "household.profile_changed": lambda data: "What One View knows of the household changed",
    "factor.disputed": _disputed,
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "risk.household": ("households/{}/profile", "household_id"),
    "risk.factor": ("households/{}/profile", "household_id"),
}
