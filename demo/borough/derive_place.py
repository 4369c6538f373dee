"""Make place.csv, our small table of the borough's areas, from the open files it stands on.

`python -m demo.borough.derive_place ../shared/data/place`. Run it again only when those files change; the tests
marked `reference_data` compare what the generator makes with the files themselves.

Contains public sector information licensed under the Open Government Licence v3.0. Contains National Statistics data
(c) Crown copyright and database right. Contains OS data (c) Crown copyright.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from demo.borough.place import AGE_BANDS, PLACE

_TENURE = {
    "Owned: Owns outright": "owned_outright",
    "Owned: Owns with a mortgage or loan": "mortgaged",
    "Shared ownership: Shared ownership": "shared_ownership",
    "Social rented: Rents from council or Local Authority": "council",
    "Social rented: Other social rented": "other_social",
    "Private rented: Private landlord or letting agency": "private",
    "Private rented: Other private rented": "private",
    "Lives rent free": "private",
}
_BUILDING = {
    "Detached": "detached",
    "Semi-detached": "semi",
    "Terraced": "terraced",
    "In a purpose-built block of flats or tenement": "flat",
    "Part of a converted or shared house, including bedsits": "converted",
}
_ROOM = {
    "+2 or more (under-occupied)": "spare_2",
    "+1 (under-occupied)": "spare_1",
    "0 (ideal)": "fits",
    "-1 (overcrowded)": "short_1",
    "-2 or less (overcrowded)": "short_2",
}
_DEPRIVED = {
    "Household is not deprived in any dimension": "deprived_0",
    "Household is deprived in one dimension": "deprived_1",
    "Household is deprived in two dimensions": "deprived_2",
    "Household is deprived in three dimensions": "deprived_3",
    "Household is deprived in four dimensions": "deprived_4",
}
_ETHNIC = {
    "Asian, Asian British or Asian Welsh": "asian",
    "Black, Black British, Black Welsh, Caribbean or African": "black",
    "Mixed or Multiple ethnic groups": "mixed",
    "White": "white",
    "Other ethnic group": "other",
}
_COUNTS = (
    *("owned_outright", "mortgaged", "shared_ownership", "council", "other_social", "private"),
    *("detached", "semi", "terraced", "flat", "converted", "other_building"),
    *_ROOM.values(),
    *_DEPRIVED.values(),
    *_ETHNIC.values(),
    "disabled",
    *(f"age_{band}" for band in AGE_BANDS),
)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _ages(folder: Path, residents: dict[str, float]) -> dict[str, dict[str, float]]:
    """People by age band and LSOA of 2021: an area that was split gives by its parts' residents."""
    parts: dict[str, list[str]] = defaultdict(list)
    for row in _rows(folder / "lsoa11_lsoa21_lookup.csv"):
        parts[row["lsoa11_code"]].append(row["lsoa21_code"])
    ages: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in _rows(folder / "population_mid2020_single_year_lsoa11.csv"):
        whole = sum(residents[part] for part in parts[row["lsoa11_code"]])
        for part in parts[row["lsoa11_code"]]:
            for text, count in row.items():
                if text.rstrip("+").isdigit():
                    band = max(each for each in AGE_BANDS if each <= int(text.rstrip("+")))
                    ages[part][f"age_{band}"] += float(count) * residents[part] / whole
    return ages


def derive(folder: Path) -> list[dict[str, str]]:
    """One row for each LSOA of 2021, in the order of the codes."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)

    def add(file: str, column: str, words: dict[str, str], rest: str = "") -> None:
        for row in _rows(folder / f"census21_{file}_lsoa21.csv"):
            if name := words.get(row[column], rest):
                counts[row["lsoa21_code"]][name] += int(float(row["n"]))

    add("tenure", "tenure", _TENURE)
    add("accommodation_type", "type", _BUILDING, "other_building")
    add("overcrowding", "occupancy_rating", _ROOM)
    add("household_deprivation", "deprivation_dimensions", _DEPRIVED)
    add("ethnicity", "ethnic_group", _ETHNIC)
    add("disability", "disability", {"Disabled under the Equality Act": "disabled"})
    residents = {
        row["lsoa21_code"]: float(row["total_residents"]) for row in _rows(folder / "census21_disability_lsoa21.csv")
    }
    ages = _ages(folder, residents)
    imd = {row["lsoa21_code"]: row for row in _rows(folder / "imd2025_lbbd_lsoa21.csv")}
    made = []
    for row in sorted(_rows(folder / "lsoa21_ward22_lookup.csv"), key=lambda each: each["lsoa21_code"]):
        code = row["lsoa21_code"]
        counted = counts[code] + Counter({band: round(number) for band, number in ages[code].items()})
        made.append(
            {"lsoa": code, "ward": row["ward24_code"], "ward_name": row["ward24_name"]}
            | {"residents": str(int(residents[code])), "imd_score": imd[code]["IMD_score"]}
            | {"income_score": imd[code]["Income_score"]}
            | {name: str(counted[name]) for name in _COUNTS}
        )
    return made


def main() -> None:
    """Write the table beside this module."""
    made = derive(Path(sys.argv[1]))
    with PLACE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, made[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)


if __name__ == "__main__":
    main()
