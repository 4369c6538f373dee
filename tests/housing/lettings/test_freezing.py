"""A list is frozen in as many statements whether two bid or twenty: what it costs is its lines, not its questions."""

from typing import Any
from uuid import UUID

from sqlalchemy import event

from services.housing.lettings.models import Advert
from services.housing.lettings.shortlists import commands
from tests.housing.doors import Housing
from tests.housing.lettings.ground import a_home, an_advert, bids, today, waits


async def _asked(housing: Housing, bidders: int) -> int:
    advert = await an_advert(housing, await a_home(housing))
    for _ in range(bidders):
        await bids(housing, await waits(housing), advert)
    said: list[str] = []

    def heard(*given: Any) -> None:
        said.append(given[2])

    engine = housing.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        async with housing.unit() as unit:
            await commands.freeze(unit, await unit.session.get_one(Advert, UUID(advert["id"])))
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    lines = housing.stored.rows("select first, last, refusals from shortlist_line where advert_id = %s", [advert["id"]])
    assert len(lines) == bidders
    return len(said)


async def test_a_longer_list_asks_no_more_questions(housing: Housing) -> None:
    today(housing)
    few = await _asked(housing, 2)
    assert await _asked(housing, 6) == few
    assert few <= 8
