"""Native maps: how each extract a council really sends becomes identities and facts. Data, no engine is imported."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.risk.sources.maps import adults, children, council, places
from services.risk.sources.maps.shape import Map

NATIVE: Final[Mapping[str, Map]] = MappingProxyType(
    {each.source: each for each in (*council.MAPS, *children.MAPS, *adults.MAPS, *places.MAPS)}
)
"""The native map of each source that has one; any other source sends SAVVI's standard form."""
