"""The borough's areas: our table of 115 LSOAs (Census 2021, mid-2020 ages, IMD 2025), made by derive_place.

Contains public sector information licensed under the Open Government Licence v3.0. Contains National Statistics data
(c) Crown copyright and database right. Contains OS data (c) Crown copyright.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PLACE = Path(__file__).with_name("place.csv")

AGE_BANDS = (0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85)
TENURES = ("owned_outright", "mortgaged", "shared_ownership", "council", "other_social", "private")
OWNED_OUTRIGHT, MORTGAGED, SHARED_OWNERSHIP, COUNCIL, OTHER_SOCIAL, PRIVATE = range(6)
BUILDINGS = ("detached", "semi", "terraced", "flat", "converted", "other_building")
ROOM = ("spare_2", "spare_1", "fits", "short_1", "short_2")
GROUPS = ("asian", "black", "mixed", "white", "other")

# Outward postcodes by ward, and the inward sectors that none of their units uses (from memory): valid, never issued.
_OUTWARD = {
    "IG11": ("2345", "Abbey|Barking Riverside|Eastbury|Gascoigne|Longbridge|Northbury|Thames View"),
    "RM6": ("128", "Chadwell Heath|Whalebone"),
    "RM8": ("5678", "Becontree|Heath|Valence"),
    "RM9": ("1289", "Alibon|Goresbrook|Mayesbrook|Parsloes"),
    "RM10": ("1234", "Beam|Eastbrook & Rush Green|Village"),
}

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """Areas in the order of the table; each array has one row an area, shares sum to 1 in each row."""

    lsoa: tuple[str, ...]
    ward: NDArray[np.int8]
    ward_codes: tuple[str, ...]
    ward_names: tuple[str, ...]
    outward: tuple[str, ...]
    sectors: tuple[str, ...]
    weight: Shares
    tenure: Shares
    building: Shares
    room: Shares
    group: Shares
    deprived: Shares
    ages: Shares
    disabled: Shares
    deprivation: Shares


def _shares(rows: list[dict[str, str]], names: tuple[str, ...]) -> Shares:
    counts = np.array([[float(row[name]) for name in names] for row in rows])
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


@cache
def place() -> Place:
    """The table, read once."""
    with PLACE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    wards = sorted({(row["ward"], row["ward_name"]) for row in rows})
    codes = [code for code, _ in wards]
    of_ward = {name: (outward, sectors) for outward, (sectors, names) in _OUTWARD.items() for name in names.split("|")}
    households = np.array([sum(float(row[name]) for name in TENURES) for row in rows])
    residents = np.array([float(row["residents"]) for row in rows])
    imd = np.array([float(row["imd_score"]) for row in rows])
    return Place(
        lsoa=tuple(row["lsoa"] for row in rows),
        ward=np.array([codes.index(row["ward"]) for row in rows], np.int8),
        ward_codes=tuple(codes),
        ward_names=tuple(name for _, name in wards),
        outward=tuple(of_ward[row["ward_name"]][0] for row in rows),
        sectors=tuple(of_ward[row["ward_name"]][1] for row in rows),
        weight=households / households.sum(),
        tenure=_shares(rows, TENURES),
        building=_shares(rows, BUILDINGS),
        room=_shares(rows, ROOM),
        group=_shares(rows, GROUPS),
        deprived=_shares(rows, tuple(f"deprived_{number}" for number in range(5))),
        ages=_shares(rows, tuple(f"age_{band}" for band in AGE_BANDS)),
        disabled=np.array([float(row["disabled"]) for row in rows]) / residents,
        deprivation=(imd - np.average(imd, weights=households)) / imd.std(),
    )
