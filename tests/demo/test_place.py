"""The borough is composed as the census and the deprivation files have it."""

import csv
import os
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from demo.borough import derive_place
from demo.borough.homes import quotas, share_out
from demo.borough.life import Plan, live
from demo.borough.names import COMMUNITIES
from demo.borough.place import AGE_BANDS, BUILDINGS, GROUPS, PLACE, ROOM, TENURES, place
from demo.borough.settle import bedrooms_needed
from demo.borough.world import World

# The lives they look at take seconds to live: once is enough.
pytestmark = pytest.mark.xdist_group("demo-lives")

FILES = Path(os.environ.get("NEWSTART_PLACE_DATA", Path(__file__).parents[3] / "shared/data/place"))

reference = pytest.mark.reference_data


@pytest.fixture(scope="module")
def files() -> Path:
    if not (FILES / "wards_2022.csv").exists():
        pytest.skip("the place data are not here")
    return FILES


def census(files: Path, name: str, column: str) -> dict[str, Counter[str]]:
    """Counts by ward and category, straight from the original file."""
    with (files / "lsoa21_ward22_lookup.csv").open(encoding="utf-8") as lines:
        ward = {row["lsoa21_code"]: row["ward24_code"] for row in csv.DictReader(lines)}
    counts: dict[str, Counter[str]] = {}
    with (files / f"census21_{name}_lsoa21.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            counts.setdefault(ward[row["lsoa21_code"]], Counter())[row[column]] += int(float(row["n"]))
    return counts


def shares(counts: Counter[str], groups: dict[str, str], names: tuple[str, ...], rest: str = "") -> list[float]:
    """The original's categories as ours, as shares."""
    total = Counter[str]()
    for category, count in counts.items():
        total[groups.get(category, rest)] += count
    whole = sum(total[name] for name in names)
    return [total[name] / whole for name in names]


def largest_difference(made: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.abs(made - wanted).max())


def by_ward(ward: np.ndarray, category: np.ndarray, size: int) -> np.ndarray:
    counts = np.zeros((19, size))
    np.add.at(counts, (ward, category), 1)
    return counts / counts.sum(axis=1, keepdims=True)


@reference
def test_the_committed_table_is_what_the_files_say(files: Path) -> None:
    with PLACE.open(encoding="utf-8", newline="") as lines:
        assert list(csv.DictReader(lines)) == derive_place.derive(files)


@reference
@pytest.mark.parametrize(
    "kind", ["tenure", *(pytest.param(kind, marks=pytest.mark.full) for kind in ("building", "group"))]
)
def test_wards_have_the_census_shares(files: Path, world: World, kind: str) -> None:
    """Every share of every ward at the end of the history; with the wards mixed up they would be far off."""
    here, homes = place(), world.households
    living = world.living()
    space = homes.space[living]
    ward = here.ward[world.spaces.area[space]]
    if kind == "tenure":
        made, limit = by_ward(ward, world.spaces.tenure[space], len(TENURES)), 0.02
        source = ("tenure", "tenure", derive_place._TENURE, TENURES, "")
    elif kind == "building":
        made, limit = by_ward(ward, world.spaces.building[space], len(BUILDINGS)), 0.02
        source = ("accommodation_type", "type", derive_place._BUILDING, BUILDINGS, "other_building")
    else:
        people = world.here()
        group = np.array([GROUPS.index(each.group) for each in COMMUNITIES])[world.people.community[people]]
        home = world.spaces.area[homes.space[world.people.household[people]]]
        made, limit = by_ward(here.ward[home], group, len(GROUPS)), 0.065
        source = ("ethnicity", "ethnic_group", derive_place._ETHNIC, GROUPS, "")
    name, column, words, names, rest = source
    counts = census(files, name, column)
    wanted = np.array([shares(counts[code], words, names, rest) for code in here.ward_codes])
    assert largest_difference(made, wanted) < limit
    assert largest_difference(np.roll(made, 7, axis=0), wanted) > 2 * limit


@reference
def test_overcrowding_is_the_wards_own_when_the_history_begins(files: Path) -> None:
    """Rooms less rooms needed, within two and a half points; later children are born and grow up in the same homes."""
    world, here = live(Plan(20_000, 3, date(2023, 11, 1), months=1)), place()
    living = world.living()
    space = world.households.space[living]
    short = bedrooms_needed(world)[living] - world.spaces.bedrooms[space]
    made = by_ward(here.ward[world.spaces.area[space]], (short + 2).clip(0, 4), len(ROOM))
    counts = census(files, "overcrowding", "occupancy_rating")
    wanted = np.array([shares(counts[code], derive_place._ROOM, ROOM) for code in here.ward_codes])
    assert largest_difference(made, wanted) < 0.025
    assert largest_difference(np.roll(made, 7, axis=0), wanted) > 0.1


@reference
def test_ages_are_the_wards_own(files: Path, world: World) -> None:
    """Mid-2020 ages of the old LSOAs, borough by band within a point and a half, wards within four."""
    with (files / "population_mid2020_single_year_lsoa11.csv").open(encoding="utf-8") as lines:
        original = np.zeros(len(AGE_BANDS))
        for row in csv.DictReader(lines):
            for text, count in row.items():
                if text.rstrip("+").isdigit():
                    original[np.searchsorted(AGE_BANDS, int(text.rstrip("+")), side="right") - 1] += float(count)
    original /= original.sum()
    here, people = place(), world.here()
    band = np.searchsorted(AGE_BANDS, world.age(people, 35), side="right") - 1
    made = np.bincount(band, minlength=len(AGE_BANDS)) / len(people)
    assert largest_difference(made, original) < 0.015
    assert largest_difference(made[::-1], original) > 0.03
    ward = here.ward[world.spaces.area[world.households.space[world.people.household[people]]]]
    wanted = np.array(
        [np.average(here.ages[here.ward == each], axis=0, weights=here.weight[here.ward == each]) for each in range(19)]
    )
    assert largest_difference(by_ward(ward, band, len(AGE_BANDS)), wanted) < 0.04


@reference
@pytest.mark.full
def test_deprivation_of_households_follows_the_census(files: Path, world: World) -> None:
    counts: Counter[str] = sum(census(files, "household_deprivation", "deprivation_dimensions").values(), Counter())
    wanted = np.array([counts[each] for each in derive_place._DEPRIVED], float)
    made = np.bincount(world.households.deprived[world.living()], minlength=5) / len(world.living())
    assert largest_difference(made, wanted / wanted.sum()) < 0.02


def test_shares_become_whole_numbers_that_sum() -> None:
    assert share_out(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert share_out(7, np.array([0.0, 1.0])).tolist() == [0, 7]


def test_quotas_keep_each_areas_shares() -> None:
    area = np.repeat([0, 1], 100)
    made = quotas(area, np.array([[0.3, 0.7], [0.9, 0.1]]), np.random.default_rng(1).random(200))
    assert (made[:100] == 0).sum() == 30
    assert (made[100:] == 0).sum() == 90


def test_the_table_is_whole() -> None:
    here = place()
    assert len(here.lsoa) == 115
    assert len(here.ward_codes) == 19
    assert np.allclose(here.tenure.sum(axis=1), 1)
    assert np.allclose(here.ages.sum(axis=1), 1)
