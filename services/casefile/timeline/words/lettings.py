"""Bids, offers and lettings on the page."""

from collections.abc import Mapping
from typing import Final

from services.casefile.timeline.words.plain import Writer

WRITERS: Final[Mapping[str, Writer]] = {}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {}
PLACES: Final[Mapping[str, tuple[str, str]]] = {}
