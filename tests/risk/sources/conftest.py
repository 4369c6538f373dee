"""A loader at risk's door, with a spool of its own, and what its children need."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kit import clock
from kit.testing.databases import ServiceDatabase
from services.risk.sources import commands, loads
from tests.risk.ground import TODAY
from tests.risk.sources.ground import Loading, opened, work_here


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The borough's calendar says Monday 7 December 2026."""
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
async def loading(
    database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Loading]:
    """A program that loads extracts."""
    async with opened(database, monkeypatch, tmp_path) as loading:
        yield loading


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The children's work is done in this process: starting Python again and again takes longer than the tests."""
    work_here(monkeypatch, commands, loads)
