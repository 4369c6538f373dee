"""A list is frozen in as many statements whether two bid or twenty: what it costs is its lines, not its questions."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from services.housing.lettings.models import Advert
from services.housing.lettings.shortlists import commands
from tests.housing.doors import Housing
from tests.housing.lettings.ground import a_home, an_advert, bids, today, waits


async def _asked(housing: Housing, bidders: int, monkeypatch: pytest.MonkeyPatch) -> int:
    advert = await an_advert(housing, await a_home(housing))
    for _ in range(bidders):
        await bids(housing, await waits(housing), advert)
    said: list[Any] = []
    execute = psycopg.AsyncCursor.execute

    async def heard(cursor: Any, query: Any, *more: Any, **named: Any) -> Any:
        said.append(query)
        return await execute(cursor, query, *more, **named)

    with monkeypatch.context() as listening:
        # Here, for some go past SQLAlchemy.
        listening.setattr(psycopg.AsyncCursor, "execute", heard)
        async with housing.unit() as unit:
            await commands.freeze(unit, await unit.session.get_one(Advert, UUID(advert["id"])))
    lines = housing.stored.rows("select first, last, refusals from shortlist_line where advert_id = %s", [advert["id"]])
    assert len(lines) == bidders
    # The relay is woken whenever it wakes.
    return sum(query != "notify outbox" for query in said)


async def test_a_longer_list_asks_no_more_questions(housing: Housing, monkeypatch: pytest.MonkeyPatch) -> None:
    today(housing)
    few = await _asked(housing, 2, monkeypatch)
    assert await _asked(housing, 6, monkeypatch) == few
    assert 3 <= few <= 8
