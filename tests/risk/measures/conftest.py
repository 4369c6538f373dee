"""A manager who closes quarters, at risk's door."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date
from typing import Any

import pytest

from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.testing.databases import ServiceDatabase
from services.risk.measures.handlers import keep_what_is_counted
from tests.risk.ground import Risk, open_risk
from tests.risk.measures.telling import WARDS

Hear = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wednesday 21 April 2027."""
    monkeypatch.setattr(clock, "today", lambda: date(2027, 4, 21))


@pytest.fixture
async def manager(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """Closes quarters; the borough has three wards."""
    async with open_risk(database) as opened:
        for at, ward in enumerate(WARDS):
            opened.stored.execute(
                "insert into index_area (code, name, kind, tile_column, tile_row) values (%s, %s, 'ward', %s, 0)",
                [ward, f"Ward {at}", at],
            )
        yield opened.other(role="manager", worker="manager-1", purpose="oversight")


@pytest.fixture
def hear(manager: Risk) -> Hear:
    """The event door: what the services told."""

    async def taken(events: Sequence[dict[str, Any]]) -> None:
        async with manager.unit() as unit:
            await keep_what_is_counted(unit, [CATALOGUE[each["type"]].parse(json.dumps(each)) for each in events])

    return taken
