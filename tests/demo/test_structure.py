"""The published structure is in the borough: found again in the truth, and lost when the truth is shuffled."""

import re
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from demo.borough.finding import Risk, Share, find, find_in
from demo.borough.place import place
from demo.borough.services import DEBT, VIOLENCE
from demo.borough.structure import FALLS, KNOWN_SHARE, PREVALENCE, RELATIVE_RISK
from demo.borough.world import Array, World

# The lives they look at take seconds to live: once is enough.
pytestmark = pytest.mark.xdist_group("demo-lives")

ROOT = Path(__file__).parents[2]


def inside(value: float, interval: tuple[float, float], slack: float = 0.0) -> bool:
    """Whether the interval, widened a little, holds the value."""
    low, high = interval
    return low - slack <= value <= high + slack


def spearman(left: Array, right: Array) -> float:
    """Rank correlation."""
    return float(np.corrcoef(np.argsort(np.argsort(left)), np.argsort(np.argsort(right)))[0, 1])


@pytest.fixture(scope="module")
def truth(world: World) -> dict[str, Array]:
    """Household by month."""
    return world.log.table("truth")


def test_intervals_are_the_textbooks() -> None:
    """Wilson's 10 of 100; Katz's of the 2x2 table 20/100 against 10/100."""
    low, high = Share(10, 100).interval
    assert (low, high) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))
    risk = Risk(20, 100, 10, 100)
    assert risk.value == pytest.approx(2.0)
    assert risk.interval == (pytest.approx(0.987, abs=1e-3), pytest.approx(4.054, abs=1e-3))
    assert Risk(0, 10, 3, 100).interval == (0.0, float("inf"))


@pytest.mark.full
def test_prevalence_and_known_share(truth: dict[str, Array]) -> None:
    found = find(truth)
    assert inside(PREVALENCE, found.prevalence.interval, 0.002)
    assert inside(KNOWN_SHARE, found.known.interval, 0.02)


@pytest.mark.full
def test_shuffled_data_lose_the_structure(truth: dict[str, Array]) -> None:
    """Who holds the combination is dealt out anew within each month: as many hold it, and it says nothing any more."""
    chance = np.random.default_rng(5)
    shuffled = dict(truth)
    shuffled["combination"] = truth["combination"].copy()
    for month in np.unique(truth["month"]):
        at = np.flatnonzero(truth["month"] == month)
        shuffled["combination"][at] = chance.permutation(truth["combination"][at])
    real, lost = find(truth), find(shuffled)
    assert lost.prevalence == real.prevalence
    assert real.relative_risk.interval[0] > 1
    assert not inside(RELATIVE_RISK, lost.relative_risk.interval)
    assert not inside(KNOWN_SHARE, lost.known.interval)


@pytest.mark.full
def test_council_tax_is_missed_before_the_rent(world: World) -> None:
    """Of those whose rent fell behind in the last two years, most had missed council tax in the year before."""
    tax, rent = world.log.table("council_tax"), world.log.table("rent onset")
    missed = tax["missed"] > 0
    by_household: dict[int, list[int]] = {}
    for household, month in zip(tax["household"][missed], tax["month"][missed], strict=True):
        by_household.setdefault(int(household), []).append(int(month))
    onsets = [(int(h), int(m)) for h, m in zip(rent["household"], rent["month"], strict=True) if m >= 12]
    before = after = 0
    for household, month in onsets:
        months = by_household.get(household, [])
        led = any(month - 12 <= each < month for each in months)
        before += led
        after += not led and any(month < each <= month + 12 for each in months)
    assert len(onsets) > 300
    assert before / len(onsets) > 0.8
    assert before > 10 * after


@pytest.mark.full
def test_debt_and_abuse_lead_homelessness(world: World) -> None:
    counts = np.bincount(world.log.table("homelessness")["reason"], minlength=4)
    assert set(np.argsort(counts)[-2:]) == {DEBT, VIOLENCE}


@pytest.mark.full
def test_wards_follow_deprivation(truth: dict[str, Array]) -> None:
    here = place()
    ward = here.ward[truth["area"]]
    parts = [here.ward == each for each in range(19)]
    deprivation = [np.average(here.deprivation[part], weights=here.weight[part]) for part in parts]
    for column in ("arrears", "rising"):
        level = [float((truth[column][ward == each] > 0).mean()) for each in range(19)]
        assert spearman(np.array(deprivation), np.array(level)) > 0.5, column


@pytest.mark.full
def test_history_stays_level(truth: dict[str, Array]) -> None:
    """The first month is as the last: nothing starts from nought when the history begins."""
    for column in ("known", "rising", "shock"):
        by_month = [float(truth[column][truth["month"] == month].mean()) for month in (0, 12, 24, 35)]
        assert max(by_month) < 1.25 * min(by_month), (column, by_month)


@pytest.mark.full
@pytest.mark.timeout(600)
def test_a_borough_shows_the_published_figures(tmp_path: Path) -> None:
    """80,000 households: 3,500 with the combination, 1,800 of them unknown, about eight times the risk.

    Made as people make it, in a process of its own, whose memory is bounded: three million records.
    """
    arguments = ["--size", "borough", "--out", str(tmp_path), "--until", "2026-10-31"]
    command = [sys.executable, "-m", "demo.borough", *arguments]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    records = int(re.findall(r"([\d,]+) records", said)[-1].replace(",", ""))
    assert 2_700_000 < records < 3_500_000
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1_500_000, "kB"
    found = find_in(tmp_path)
    assert abs(found.prevalence.part - 3_500) < 300
    assert 0.45 < found.known.value < 0.50
    assert inside(RELATIVE_RISK, found.relative_risk.interval)
    assert found.relative_risk.interval[0] > 4
    people = pyarrow.parquet.read_table(tmp_path / "truth/residence.parquet", columns=["valid_to"])["valid_to"]
    assert abs(sum(each == "" for each in people.to_pylist()) - 220_000) < 10_000


@pytest.mark.full
def test_who_was_in_hospital_once_is_back_as_often_as_was_published(world: World) -> None:
    """What a model of falls after a discharge has to find: within six months, by a stay in the two years before."""
    log = world.log.table("adult_care")
    stays = log["need"] == 3
    person, month = log["person"][stays].astype(int), log["month"][stays].astype(int)
    at = {(who, when) for who, when in zip(person, month, strict=True)}
    cells = np.zeros((2, 2))
    for who, when in at:
        if 24 <= when < 30:
            before = any((who, when - ago) in at for ago in range(1, 25))
            cells[int(before), int(any((who, when + later) in at for later in range(1, 7)))] += 1
    odds = cells[1, 1] * cells[0, 0] / (cells[1, 0] * cells[0, 1])
    spread = 2 * np.sqrt((1 / cells).sum())
    assert inside(FALLS[0], (odds / np.exp(spread), odds * np.exp(spread)))
    assert odds > 1.3
    months = [(who, when) for who, when in at if when < 35]
    soon = Share(sum((who, when + 1) in at for who, when in months), len(months))
    assert inside(FALLS[1], soon.interval, 0.015)
