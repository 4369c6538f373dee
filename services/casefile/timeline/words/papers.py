"""What was written on paper while the systems were down."""

from collections.abc import Mapping
from typing import Final

from services.casefile.timeline.words.plain import Writer, words

WRITERS: Final[Mapping[str, Writer]] = {
    "paper_entry.typed": lambda data: f"{words(data['kind']).capitalize()} written on paper during an outage",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "paper_entry.typed": ("entry_id", "kind", "typed_at"),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "paper_entry": ("paper-entries/{}", "entry_id"),
}
