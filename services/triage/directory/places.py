"""Where a postcode is. A small table of districts (places.csv: their middles, put down by hand, to about a kilometre).

A council that has Ordnance Survey's Code-Point Open puts its rows into that file: whole postcodes and sectors are
looked for before districts.
"""

import csv
import math
import re
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})?\Z")
_EARTH_METRES = 6_371_000.0


class Point(NamedTuple):
    """A point, and what it is the middle of: a postcode, a sector or a district."""

    latitude: float
    longitude: float
    of: str


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[float, float]]:
    text = files("services.triage.directory").joinpath("places.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["district"]: (float(row["latitude"]), float(row["longitude"])) for row in rows}


def tidy(postcode: str) -> str | None:
    """A postcode as it is written, or its outward half; None for what is none."""
    folded = " ".join(postcode.upper().split())
    found = _POSTCODE.match(folded) or _POSTCODE.match(folded.replace(" ", ""))
    return " ".join(part for part in found.groups() if part) if found else None


def find(postcode: str) -> Point | None:
    """The middle of the smallest area around the postcode that we know; None when we know none."""
    whole = tidy(postcode)
    if whole is None:
        return None
    outward, _, inward = whole.partition(" ")
    for area in (whole, f"{outward} {inward[:1]}", outward):
        if area in _known():
            return Point(*_known()[area], area)
    return None


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance over ground of two points in degrees (haversine; as the crow flies)."""
    first, second = math.radians(one[0]), math.radians(other[0])
    across, along = math.radians(other[1] - one[1]), second - first
    half = math.sin(along / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))
