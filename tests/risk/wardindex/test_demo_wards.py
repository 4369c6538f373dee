"""The demo's own tables: a tile for each ward, indicators the framework knows, values that fit their scales."""

import csv
from pathlib import Path

import pytest

from demo.borough import derive_wards
from services.risk.wardindex.frameworks import counted, framework_of, shipped

BOROUGH = Path(derive_wards.__file__).parent
FILES = Path(__file__).parents[3].parent / "shared" / "data" / "place"


def rows(name: str) -> list[dict[str, str]]:
    with (BOROUGH / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_each_ward_has_a_tile_of_its_own_and_every_indicator_from_outside() -> None:
    tiles = {(row["column"], row["row"]): row["ward"] for row in rows("tiles.csv")}
    wards = {row["ward"] for row in rows("place.csv")}
    assert (len(tiles), set(tiles.values())) == (19, wards)
    framework = framework_of(shipped())
    given = rows("wards.csv")
    assert {row["indicator"] for row in given} == set(framework.indicators) - set(counted(shipped()))
    assert {row["licence"] for row in given} == {"Open Government Licence v3.0"}
    for row in given:
        # Of the older indices a value may lie beyond the scale; of the newest none does.
        if row["year"] == "2025":
            assert not framework.indicators[row["indicator"]].is_beyond(float(row["value"])), row
    assert {row["ward"] for row in given} == wards


@pytest.mark.full
@pytest.mark.reference_data
def test_the_table_is_what_the_open_files_give() -> None:
    if not FILES.exists():
        pytest.skip("the open files are not here")
    made = [tuple(map(str, (*line, "Open Government Licence v3.0"))) for line in derive_wards.derive(FILES)]
    assert made == [tuple(row.values()) for row in rows("wards.csv")]
