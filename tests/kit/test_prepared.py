"""What a connection has prepared stays prepared: planning a rule of need to know costs more than running it."""

import asyncio

import pytest
from sqlalchemy import text

from kit.store import business_clock
from kit.store.db import Database
from kit.store.unit import unit_of_work
from tests.kit.ground import CAUSE, MAKER

_RULE = text("select cast(:one as int) + cast(:two as int)")
_PREPARED = text("select count(*) from pg_prepared_statements where statement like 'select cast%'")


async def _asked(store: Database) -> int:
    """How many statements of ours the connection that is given out has prepared, after one more question."""
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        await unit.session.execute(_RULE, {"one": 1, "two": 2})
        return int(await unit.session.scalar(_PREPARED) or 0)


@pytest.mark.parametrize("look", ["nobody", "clock"])
async def test_what_is_prepared_outlives_whoever_reads_beside_it(store: Database, look: str) -> None:
    # Ten at once: as many connections as the pool may have.
    await asyncio.gather(*(_asked(store) for _ in range(10)))
    for _ in range(6):
        await _asked(store)
    assert await _asked(store) == 1
    if look == "clock":
        await business_clock.load(store)
    assert await _asked(store) == 1
