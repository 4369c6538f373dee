"""The published finding through every layer: from a council's raw extracts to what an analyst is told at the door.

The demo borough's extracts, noise and all, are loaded, linked and worked out as a council's would be; then the analyst
asks. The published structure must be told, linkage may cost little of it, and it must not be told of extracts in which
debts and homes were dealt out anew between households.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from demo.borough.making import make
from demo.borough.structure import KNOWN_SHARE, PREVALENCE, RELATIVE_RISK
from tests.risk.associations.test_finding import COMBINATION, QUESTION, now, relative_risk
from tests.risk.sources.ground import Loading
from tests.risk.whole_way.extracts import bring, place_rightly, shuffled

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]

HOUSEHOLDS = 20_000
"""As few as may be told of: of half as many, disclosure control rightly hides how many children came into care."""


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a council would send for 36 months to October 2026."""
    folder = tmp_path_factory.mktemp("whole-way") / "extracts"
    make(HOUSEHOLDS, 1, date(2026, 10, 31), folder)
    return folder


@dataclass(frozen=True)
class Told:
    """What the analyst is told."""

    association: Mapping[str, Any]
    cohort: Mapping[str, Any]
    population: int

    @property
    def prevalence(self) -> float:
        return (self.cohort["households"] or 0) / self.population

    def missing(self) -> list[str]:
        """What of the published structure it does not tell; nothing when the finding stands."""
        found = self.association["relative_risk"] or {"low": None, "high": None}
        counts = self.cohort
        whole = counts["households"] or 0
        # 95% of samples of so many households are within this of their true share.
        near = 1.96 * (KNOWN_SHARE * (1 - KNOWN_SHARE) / max(whole, 1)) ** 0.5
        holds = {
            "about 8 times": found["low"] is not None and found["low"] <= RELATIVE_RISK <= found["high"],
            "more often at all": found["low"] is not None and found["low"] > 2,
            "4.4% of households": abs(self.prevalence - PREVALENCE) <= 0.005,
            "just over half unknown": whole > 0 and abs(counts["unknown"] / whole - (1 - KNOWN_SHARE)) <= near,
        }
        return [name for name, held in holds.items() if not held]


async def told(loading: Loading) -> Told:
    """Both questions, at the door."""
    analyst = loading.risk.other(role="analyst", worker="analyst-1", purpose="research_statistics")
    association = await analyst.post("/v1/risk/associations", QUESTION)
    cohort = await analyst.post("/v1/risk/cohorts/preview", {"definition": COMBINATION})
    assert (association.status_code, cohort.status_code) == (200, 200), (association.text, cohort.text)
    (homes,) = loading.risk.stored.rows("select count(*) as n from home")
    return Told(association.json(), cohort.json(), homes["n"])


async def test_the_finding_is_told_of_raw_extracts_and_linkage_costs_little_of_it(
    loading: Loading, extracts: Path
) -> None:
    await bring(loading, extracts)
    answer = await told(loading)
    assert answer.missing() == [], answer
    linked, cohort = await relative_risk(loading.risk), await now(loading.risk)
    place_rightly(loading, extracts)
    right, rightly = await relative_risk(loading.risk), await now(loading.risk)
    assert linked.value is not None
    assert right.value is not None
    assert linked.value == pytest.approx(right.value, rel=0.15), (linked, right)
    assert cohort.households == pytest.approx(rightly.households, rel=0.05), (cohort, rightly)


async def test_it_is_not_told_of_extracts_whose_debts_and_homes_are_shuffled(
    loading: Loading, extracts: Path, tmp_path: Path
) -> None:
    await bring(loading, shuffled(extracts, tmp_path / "shuffled", seed=2))
    answer = await told(loading)
    assert {"about 8 times", "more often at all", "4.4% of households"} <= set(answer.missing()), answer
    # Nor is it only hidden: behind disclosure control there is nothing of the kind.
    exactly = await relative_risk(loading.risk)
    assert exactly.high is not None
    assert exactly.high < RELATIVE_RISK, exactly
