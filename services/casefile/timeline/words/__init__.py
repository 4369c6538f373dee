"""How case facts read on the page: a module for each part of the work, joined here.

`WRITERS`: "<kind>.<event>" to its line. `SHOWN`: which of its codes the page keeps. `PLACES`: where the owner's record
stands, by "<kind>" or "<service>.<kind>". `PARTS`, where a module has it: "<kind>.<event>" to the sealed part of the
file that a fact belongs to (a value of `need_to_know.Part`; None: the page is for it). Whoever may not open that part
is not shown the line, and nothing in the others tells of it.
"""

from collections.abc import Mapping
from typing import Final

from services.casefile.timeline.words import (
    cases,
    estates,
    front_door,
    hardship,
    homelessness,
    hubs,
    journeys,
    lettings,
    money,
    outreach,
    papers,
    partners,
    people,
    placements,
    plans,
    register,
    risk,
)
from services.casefile.timeline.words.plain import PartOf, Writer

_PARTS: Final = (
    cases,
    estates,
    front_door,
    hardship,
    homelessness,
    hubs,
    journeys,
    lettings,
    money,
    outreach,
    papers,
    partners,
    people,
    placements,
    plans,
    register,
    risk,
)

WRITERS: Final[Mapping[str, Writer]] = {key: writer for part in _PARTS for key, writer in part.WRITERS.items()}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {key: names for part in _PARTS for key, names in part.SHOWN.items()}
PLACES: Final[Mapping[str, tuple[str, str]]] = {key: place for part in _PARTS for key, place in part.PLACES.items()}
PARTS: Final[Mapping[str, PartOf]] = {
    key: part_of for part in _PARTS for key, part_of in getattr(part, "PARTS", {}).items()
}
