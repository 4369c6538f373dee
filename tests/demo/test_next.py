"""The demo's clock: one month more is what a history with a month more would have shown."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from demo.borough.making import Made, load, make, next_month
from tests.demo.conftest import TINY, UNTIL, read
from tests.demo.test_extracts import KEYS

LATER = date(2026, 11, 30)


def keyed(folder: Path, name: str) -> dict[tuple[str, ...], dict[str, str]]:
    """An extract's rows by their key."""
    return {tuple(row[column] for column in KEYS[name]): row for row in read(folder, name)}


def put_together(name: str, folder: Path, *news: Made) -> dict[tuple[str, ...], dict[str, str]]:
    """The first extract with each month's news put over it."""
    joined = keyed(folder, name)
    for each in news:
        if (each.folder / f"{name}.csv").exists():
            joined |= keyed(each.folder, name)
    return joined


@pytest.fixture(scope="module")
def stepped(tiny: Made, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made, Made]:
    """A borough of 36 months and a step, its news, and one made with 37 months at once."""
    folder = tmp_path_factory.mktemp("stepped") / "state"
    shutil.copytree(tiny.folder, folder)
    news = next_month(folder)
    whole = make(TINY, 7, LATER, tmp_path_factory.mktemp("whole"), months=37)
    return folder, news, whole


@pytest.mark.full
def test_the_news_are_of_the_next_month(stepped: tuple[Path, Made, Made]) -> None:
    folder, news, _ = stepped
    assert news.folder == folder / "next" / "2026-11"
    assert load(folder).months == 37
    assert {row["month"] for row in read(news.folder, "council_tax_arrears")} == {"2026-11"}
    assert {row["week_ending"][:7] for row in read(news.folder, "rent_balances")} == {"2026-11"}


@pytest.mark.full
@pytest.mark.parametrize("name", KEYS)
def test_old_rows_and_news_are_the_longer_history(stepped: tuple[Path, Made, Made], name: str) -> None:
    folder, news, whole = stepped
    assert put_together(name, folder, news) == keyed(whole.folder, name)


@pytest.mark.full
@pytest.mark.timeout(300)
def test_seven_steps_are_seven_months(tmp_path: Path) -> None:
    """Over a new year, a school census and the uprating of April: still what one longer history shows."""
    make(400, 5, UNTIL, tmp_path / "state")
    news = [next_month(tmp_path / "state") for _ in range(7)]
    whole = make(400, 5, date(2027, 5, 31), tmp_path / "whole", months=43)
    for name in KEYS:
        assert put_together(name, tmp_path / "state", *news) == keyed(whole.folder, name), name


@pytest.mark.full
def test_the_truth_grows_with_it(stepped: tuple[Path, Made, Made]) -> None:
    folder, _, whole = stepped
    for name in ("households", "residents", "residence"):
        assert (folder / f"truth/{name}.parquet").read_bytes() == (whole.folder / f"truth/{name}.parquet").read_bytes()
