"""Fixtures of the cohorts' tests: a small borough of households with factors, and an analyst at risk's door."""

from collections.abc import AsyncIterator, Callable, Collection
from datetime import date

import pytest

from kit import clock
from kit.store.unit import UnitOfWork
from kit.testing.databases import ServiceDatabase
from services.risk.signals import whose
from services.risk.signals.whose import Known
from tests.risk.cohorts.borough import Borough, Casefile
from tests.risk.ground import TODAY, Risk, open_risk


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """The borough's calendar says Monday 7 December 2026, until a test says otherwise."""
    shown = [TODAY]
    monkeypatch.setattr(clock, "today", lambda: shown[0])

    def move(to: date) -> None:
        shown[0] = to

    return move


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """An analyst at risk's door."""
    async with open_risk(database) as opened:
        yield opened.other(role="analyst", worker="analyst-1", purpose="data_linkage")


@pytest.fixture
def borough(risk: Risk) -> Borough:
    """An empty borough to put households into."""
    return Borough(risk.ground.connection)


@pytest.fixture
def casefile(monkeypatch: pytest.MonkeyPatch) -> Casefile:
    """Casefile's answers, as a test gives them."""
    given = Casefile()

    async def known(unit: UnitOfWork, residents: Collection[object]) -> dict[object, Known]:
        return {each: given.knows[each] for each in residents if each in given.knows}

    async def introduce(unit: UnitOfWork, residents: Collection[object]) -> None:
        given.asked |= set(residents)

    monkeypatch.setattr(whose, "known", known)
    monkeypatch.setattr(whose, "introduce", introduce)
    return given
