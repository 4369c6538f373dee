"""Fixtures of the signals' tests: risk's doors, and what casefile knows of residents, as a test says."""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.store.unit import UnitOfWork
from kit.testing.databases import ServiceDatabase
from services.risk.signals import whose
from services.risk.signals.whose import Known
from tests.risk.ground import TODAY, Risk, open_risk


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The borough's calendar says Monday 7 December 2026."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@dataclass
class Casefile:
    """Whom casefile knows, and whom it was asked to take in."""

    people: dict[UUID, Known] = field(default_factory=dict)
    asked: list[UUID] = field(default_factory=list)

    def knows(self, resident: UUID) -> Known:
        self.people[resident] = Known(uuid4(), uuid4())
        return self.people[resident]


@pytest.fixture
def casefile(monkeypatch: pytest.MonkeyPatch) -> Casefile:
    """Linkage's answers, as a test gives them."""
    given = Casefile()

    async def known(unit: UnitOfWork, residents: Collection[UUID]) -> dict[UUID, Known]:
        return {each: given.people[each] for each in residents if each in given.people}

    async def introduce(unit: UnitOfWork, residents: Collection[UUID]) -> None:
        given.asked += sorted(residents)

    monkeypatch.setattr(whose, "known", known)
    monkeypatch.setattr(whose, "introduce", introduce)
    return given


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase], casefile: Casefile) -> AsyncIterator[Risk]:
    """An analyst at risk's door."""
    async with open_risk(database) as opened:
        yield opened.other(role="analyst", purpose="data_linkage", worker="analyst-1")
