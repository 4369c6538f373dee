"""Who people are and who lives together."""

from collections.abc import Mapping
from typing import Final

from services.casefile.timeline.words.plain import Writer

WRITERS: Final[Mapping[str, Writer]] = {
    "person.registered": lambda data: "Person registered",
    "person.changed": lambda data: "Personal details or household changed",
    "person.merged": lambda data: "Two records found to be one person",
    "person.unmerged": lambda data: "A merge of two records taken back",
    "household.formed": lambda data: "Household formed",
    "household.changed": lambda data: "Household changed",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "person": ("people/{}", "person_id"),
    "household": ("households/{}", "household_id"),
}
