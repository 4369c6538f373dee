"""The published finding, found again: private rent, low or no pay, rising debt and a shock, and children in care.

The facts are the demo borough's truth; everything else is risk's own: its factor definitions under the rules of each
day, its conditions, its follow-up, its ratios. It must come out near the published figures, and must not come out of a
borough in which the children who came into care were dealt out by chance.
"""

from typing import Any

import pytest

from demo.borough.finding import find
from demo.borough.structure import KNOWN_SHARE, PREVALENCE, RELATIVE_RISK
from kit import clock
from services.risk.associations import domain
from services.risk.associations.domain import Estimate
from services.risk.associations.groups import as_it_stood, ask, check
from services.risk.associations.shapes import AssociationQuestion
from services.risk.cohorts.counting import Look
from services.risk.cohorts.domain import Condition
from services.risk.cohorts.sizes import Size, size
from tests.risk.associations import truth
from tests.risk.ground import Risk

COMBINATION: dict[str, Any] = {
    "all": [
        {"factor": "private_rent"},
        {"factor": "low_or_no_pay"},
        {"factor": "rising_debt"},
        {"any": [{"factor": "shock_job_loss"}, {"factor": "shock_mental_health"}, {"factor": "shock_domestic_abuse"}]},
    ]
}
QUESTION = {
    "exposure": COMBINATION,
    "outcome": "child_looked_after",
    "period": {"from": "2024-11-01", "to": "2026-10-31", "follow_months": 12},
}


async def relative_risk(risk: Risk) -> Estimate:
    asked = AssociationQuestion.model_validate(QUESTION)
    async with risk.unit("research_statistics") as unit:
        found = await ask(unit, asked, await check(unit, asked))
    return domain.relative_risk(found.counts())


async def now(risk: Risk) -> Size:
    """The cohort's size today; its factors straight from the facts, for 40,000 whole profiles would take minutes."""
    cohort = Condition.model_validate(COMBINATION)
    look = Look(clock.today(), factors=as_it_stood(cohort.factors, clock.today()))
    async with risk.unit("data_linkage") as unit:
        return await size(unit, cohort, look)


def holds(estimate: Estimate, value: float) -> bool:
    return estimate.low is not None and estimate.high is not None and estimate.low <= value <= estimate.high


@pytest.fixture(scope="module")
def log() -> truth.Log:
    return truth.lived(5_000, seed=1)


@pytest.mark.full
@pytest.mark.timeout(120)
async def test_the_finding_stands_in_the_borough_and_falls_when_it_is_shuffled(risk: Risk, log: truth.Log) -> None:
    truth.fill(risk.ground.connection, log)
    found = await relative_risk(risk)
    assert holds(found, RELATIVE_RISK), found
    assert found.low is not None
    assert found.low > 2
    risk.stored.execute("truncate fact, placed, home")
    truth.fill(risk.ground.connection, log, shuffled=2)
    shuffled = await relative_risk(risk)
    assert not holds(shuffled, RELATIVE_RISK), shuffled


@pytest.mark.full
@pytest.mark.timeout(600)
async def test_the_published_figures_come_out_of_a_larger_borough(risk: Risk) -> None:
    """40,000 households: about 8 times, about 4.4% of households, just over half of them unknown."""
    log = truth.lived(40_000, seed=1)
    meant = find(log)
    truth.fill(risk.ground.connection, log)
    found = await relative_risk(risk)
    assert holds(found, RELATIVE_RISK), found
    assert holds(found, meant.relative_risk.value), (found, meant)
    counted = await now(risk)
    prevalence, unknown = counted.households / counted.population, counted.unknown / counted.households
    assert prevalence == pytest.approx(PREVALENCE, abs=0.008), counted
    assert unknown == pytest.approx(1 - KNOWN_SHARE, abs=0.04), counted
    assert unknown > 0.5
    risk.stored.execute("truncate fact, placed, home")
    truth.fill(risk.ground.connection, log, shuffled=4)
    shuffled = await relative_risk(risk)
    assert shuffled.high is not None
    assert shuffled.high < RELATIVE_RISK / 2, shuffled
