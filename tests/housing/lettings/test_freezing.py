"""A list is frozen in as many statements whether two bid or twenty, and reads no more than its rules look at."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from services.housing.lettings import bidders
from services.housing.lettings.models import Advert
from services.housing.lettings.rules import For, Group, Rules, refusals, standing
from services.housing.lettings.shortlists import commands
from tests.housing.doors import Housing
from tests.housing.lettings.ground import a_home, an_advert, bids, may_return, today, waits


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


ASKING = (
    Rules(bedrooms=2),
    Rules(bedrooms=2, people=2),
    Rules(bedrooms=2, somebody_aged=55),
    Rules(bedrooms=2, nobody_under=10),
    Rules(bedrooms=2, plan=For.ONLY, groups=frozenset({Group.WORKING})),
    Rules(bedrooms=2, nobody_under=10, income_from_pence=20_000_00),
    Rules(bedrooms=2, scheme_id=UUID(int=7), bands=frozenset({"a"})),
)


async def test_what_a_list_does_not_read_its_rules_do_not_ask(housing: Housing) -> None:
    on = today(housing)
    advert = await an_advert(housing, await a_home(housing))
    waiting = [await waits(housing, ages=ages) for ages in ((34, 6), (60,), (40, 38, 12))]
    waiting.append(await waits(housing, circumstances={"working": True, "income_year_pence": 12_000_00}))
    waiting.append(await waits(housing, learned={"working": {"value": True}}))
    await may_return(housing, waiting[0], UUID(int=7))
    for each in waiting:
        await bids(housing, each, advert)
    async with housing.unit() as unit:
        whole = await bidders.applicants(unit, [each.application_id for each in waiting], on)
        answers = set()
        for asked in ASKING:
            read = await bidders.bidding(unit, UUID(advert["id"]), asked, on)
            assert len(read) == len(waiting)
            for each in read:
                bidder = whole[UUID(each.ids.split("\t")[1])].bidder
                assert refusals(asked, each.bid.bidder) == refusals(asked, bidder)
                assert standing(asked, each.bid.bidder) == standing(asked, bidder)
                answers |= {refusal.rule for refusal in refusals(asked, bidder)} or {"may"}
    assert answers == {"may", "people", "age", "children", "plan", "income", "band"}
