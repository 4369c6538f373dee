"""Fixtures of the profiles' tests: a worker at risk's door, and households that linkage would have placed."""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.store.unit import UnitOfWork
from kit.testing.databases import ServiceDatabase
from services.risk.profiles import whose
from services.risk.profiles.whose import Placed
from tests.risk.ground import TODAY, Risk, open_risk


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The borough's calendar says Monday 7 December 2026."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@dataclass
class Linked:
    """What linkage knows: casefile's households and people, by the pseudonyms they stand for."""

    households: dict[UUID, UUID] = field(default_factory=dict)
    residents: dict[UUID, UUID] = field(default_factory=dict)
    also: dict[UUID, UUID] = field(default_factory=dict)
    """Pseudonyms where some people of a casefile household live."""

    def household(self, household: UUID) -> UUID:
        """A casefile household that stands for this pseudonym."""
        id_ = uuid4()
        self.households[id_] = household
        return id_

    def person(self, resident: UUID) -> UUID:
        """A casefile person who is this resident."""
        id_ = uuid4()
        self.residents[id_] = resident
        return id_


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> Linked:
    """Linkage's answers, as a test gives them."""
    given = Linked()

    async def placed(
        unit: UnitOfWork, household_id: UUID, members: Collection[UUID], others: Collection[UUID] = ()
    ) -> Placed:
        people = {*members, *others}
        residents = {each: given.residents[each] for each in people if each in given.residents}
        return Placed(given.households.get(household_id), residents)

    async def casefile_households(unit: UnitOfWork, households: Collection[UUID]) -> dict[UUID, UUID]:
        named = {household: id_ for id_, household in given.households.items()} | given.also
        return {household: named[household] for household in households if household in named}

    monkeypatch.setattr(whose, "placed", placed)
    monkeypatch.setattr(whose, "casefile_households", casefile_households)
    return given


@pytest.fixture
async def risk(database: Callable[[str], ServiceDatabase], linked: Linked) -> AsyncIterator[Risk]:
    """A universal worker at risk's door."""
    async with open_risk(database) as opened:
        yield opened


def at(day: int) -> datetime:
    """A moment some days after the tests' day."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) + timedelta(days=day)
