"""The demo's clock: one month more is what a history with a month more would have shown."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from demo.borough.making import Made, load, make, next_month
from tests.demo.conftest import TINY, read
from tests.demo.test_extracts import KEYS

LATER = date(2026, 11, 30)


@pytest.fixture(scope="module")
def stepped(tiny: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made, Made]:
    """A borough of 36 months and a step, its news, and one made with 37 months at once."""
    folder = tmp_path_factory.mktemp("stepped") / "state"
    shutil.copytree(tiny.folder, folder)
    news = next_month(folder)
    whole = make(TINY, 7, LATER, tmp_path_factory.mktemp("whole"), months=37)
    return folder, news, whole


def test_the_news_are_of_the_next_month(stepped: tuple[Path, Made, Made]) -> None:
    folder, news, _ = stepped
    assert news.folder == folder / "next" / "2026-11"
    assert load(folder).months == 37
    assert {row["month"] for row in read(news.folder, "council_tax_arrears")} == {"2026-11"}
    assert {row["week_ending"][:7] for row in read(news.folder, "rent_balances")} == {"2026-11"}


@pytest.mark.parametrize("name", KEYS)
def test_old_rows_and_news_are_the_longer_history(stepped: tuple[Path, Made, Made], name: str) -> None:
    folder, news, whole = stepped
    key = KEYS[name]

    def keyed(place: Path) -> dict[tuple[str, ...], dict[str, str]]:
        return {tuple(row[column] for column in key): row for row in read(place, name)}

    joined = keyed(folder)
    if (news.folder / f"{name}.csv").exists():
        joined |= keyed(news.folder)
    assert joined == keyed(whole.folder)


def test_the_truth_grows_with_it(stepped: tuple[Path, Made, Made]) -> None:
    folder, _, whole = stepped
    for name in ("households", "residents", "residence"):
        assert (folder / f"truth/{name}.parquet").read_bytes() == (whole.folder / f"truth/{name}.parquet").read_bytes()
