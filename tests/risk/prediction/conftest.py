"""Fixtures of the models' tests: an analyst at risk's door, on the day after the demo borough's history."""

from collections.abc import AsyncIterator, Callable, Collection
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from kit import clock
from kit.store.unit import UnitOfWork
from kit.testing.databases import ServiceDatabase
from services.risk import pipeline
from services.risk.prediction import commands as models
from services.risk.profiles import whole
from services.risk.signals import whose
from services.risk.sources import commands, loads
from tests.risk.sources.ground import Loading, opened, work_here

TODAY = date(2026, 11, 1)


@pytest.fixture
async def loading(
    database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Loading]:
    """A program that loads extracts, and children whose work is done in this process."""

    async def introduce(unit: UnitOfWork, residents: Collection[UUID]) -> None:
        return None

    monkeypatch.setattr(clock, "today", lambda: TODAY)
    monkeypatch.setattr(whose, "introduce", introduce)
    work_here(monkeypatch, commands, loads, pipeline, whole, models)
    async with opened(database, monkeypatch, tmp_path) as loading:
        yield loading
