"""Boroughs that the tests read: two small ones that are written, and a larger life that is not."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from demo.borough.life import Plan, live
from demo.borough.making import Made, make
from demo.borough.world import World

UNTIL = date(2026, 10, 31)
TINY = 200


def read(folder: Path, name: str) -> list[dict[str, str]]:
    """An extract's rows, every value as the text in the file."""
    with (folder / f"{name}.csv").open(encoding="utf-8") as lines:
        columns = lines.readline().strip().replace('"', "").split(",")
    options = pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False)
    rows: list[dict[str, str]] = pa.csv.read_csv(folder / f"{name}.csv", convert_options=options).to_pylist()
    return rows


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The size that other tests load."""
    return make(TINY, 7, UNTIL, tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Enough records to count noise in."""
    return make(1_500, 11, UNTIL, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def world() -> World:
    """The life of 20,000 households, not written down."""
    return live(Plan(20_000, 3, date(2023, 11, 1)))
