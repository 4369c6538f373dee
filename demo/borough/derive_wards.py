"""Make wards.csv, our small table of the wards' indicators, from the open files it stands on.

`python -m demo.borough.derive_wards ../shared/data/place`. Run it again only when those files change. A ward's value is
the mean of its areas' (LSOA 2021), weighed by residents; for 2019 the areas of 2011 are looked up in those of 2021.
Which of the borough's areas is in which ward and how many live there is place.csv's to say.

Contains public sector information licensed under the Open Government Licence v3.0. Contains National Statistics data
(c) Crown copyright and database right. Contains OS data (c) Crown copyright.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from demo.borough.place import PLACE

WARDS = Path(__file__).with_name("wards.csv")
_LICENCE = "Open Government Licence v3.0"
_OF_2025 = {
    "patients_per_gp": "patient_to_gp_ratio",
    "years_of_life_lost": "years_of_potential_life_lost_indicator",
    "acute_morbidity": "acute_morbidity_indicator",
    "overcrowded": "household_overcrowding_indicator_bedrooms",
    "rent_beyond_reach": "private_rental_affordability_component_of_housing_affordability_indicator",
    "violence_with_injury": "violence_with_injury_rate_per_1_000_at_risk_population",
    "burglary": "burglary_rate_per_1_000_at_risk_properties",
    "antisocial_behaviour": "anti_social_behaviour_rate_per_1_000_at_risk_population",
    "low_skills": "adult_skills_and_english_language_proficiency_indicator",
    "connectivity": "connectivity_score",
    "illness_and_disability": "comparative_illness_and_disability_ratio_indicator",
    "mental_ill_health": "mental_health_indicator",
    "living_environment": "Environment_score",
    "not_to_university": "entry_to_higher_education_indicator",
    "income_deprived": "Income_score",
    "out_of_work": "Employment_score",
}
_PER_RESIDENT = {"poor_in_old_age": "income_deprivation_affecting_older_people_index_idaopi_numerator"}
_OF_2019 = {
    "years_of_life_lost": "years_of_potential_life_lost_indicator",
    "acute_morbidity": "acute_morbidity_indicator",
    "rent_beyond_reach": "private_rental_affordability_component_of_housing_affordability_indicator",
    "low_skills": "adult_skills_and_english_language_proficiency_indicator",
    "illness_and_disability": "comparative_illness_and_disability_ratio_indicator",
    "not_to_university": "entry_to_higher_education_indicator",
    "no_central_heating": "houses_without_central_heating_indicator",
}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class _Means:
    """Means by ward, weighed by residents."""

    def __init__(self) -> None:
        self.sums: dict[tuple[str, str, int], float] = defaultdict(float)
        self.weights: dict[tuple[str, str, int], float] = defaultdict(float)

    def add(self, indicator: str, ward: str, year: int, value: float, weight: float) -> None:
        self.sums[indicator, ward, year] += value * weight
        self.weights[indicator, ward, year] += weight


def derive(folder: Path) -> list[tuple[str, str, int, float, str, str]]:
    """Indicator, ward, year, value, source, the day it speaks of."""
    areas = {row["lsoa"]: row for row in _read(PLACE)}
    means = _Means()
    for row in _read(folder / "imd2025_lbbd_lsoa21.csv"):
        area = areas[row["lsoa21_code"]]
        people = float(area["residents"])
        for indicator, column in _OF_2025.items():
            means.add(indicator, area["ward"], 2025, float(row[column]), people)
        for indicator, column in _PER_RESIDENT.items():
            means.add(indicator, area["ward"], 2025, float(row[column]) / people, people)
    now = {row["lsoa11_code"]: row["lsoa21_code"] for row in _read(folder / "lsoa11_lsoa21_lookup.csv")}
    for row in _read(folder / "imd2019_lbbd_lsoa11.csv"):
        area = areas[now[row["lsoa11_code"]]]
        for indicator, column in _OF_2019.items():
            means.add(indicator, area["ward"], 2019, float(row[column]), float(area["residents"]))
    for area in areas.values():
        homes = sum(float(area[name]) for name in ("owned_outright", "mortgaged", "shared_ownership"))
        every = homes + sum(float(area[name]) for name in ("council", "other_social", "private"))
        means.add("owned", area["ward"], 2021, homes / every, every)
        poor = sum(float(area[f"deprived_{each}"]) for each in (3, 4))
        households = sum(float(area[f"deprived_{each}"]) for each in range(5))
        means.add("deprived_of_three", area["ward"], 2021, poor / households, households)
    return [
        (indicator, ward, year, round(total / means.weights[indicator, ward, year], 4), *_source(year))
        for (indicator, ward, year), total in sorted(means.sums.items())
    ]


def _source(year: int) -> tuple[str, str]:
    told: Mapping[int, tuple[str, str]] = {
        2019: ("English Indices of Deprivation 2019 (MHCLG)", "2019-09-26"),
        2021: ("Census 2021 (ONS)", "2021-03-21"),
        2025: ("English Indices of Deprivation 2025 (MHCLG)", "2025-10-30"),
    }
    return told[year]


def main(folder: Path) -> None:
    """Write wards.csv."""
    with WARDS.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("indicator", "ward", "year", "value", "source", "dated", "licence"))
        writer.writerows((*line, _LICENCE) for line in derive(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
