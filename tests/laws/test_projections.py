"""The law of projections: in any order, any number of times, in any batches, the same rows. Of every service's.

Reactions are left out: they happen once, by the inbox, and are never replayed.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from kit.contracts.catalogue import CATALOGUE, OWNERS
from kit.contracts.envelope import Event, sequence_text
from kit.events.effects import dispatch
from kit.events.handlers import handled
from kit.store.db import Database
from kit.store.migrate import service_named
from kit.store.tables import METADATA
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.contracts.strategies import events
from tests.examples import examples

AGGREGATES = [UUID(int=number) for number in range(1, 4)]
PROJECTING = [owner for owner in OWNERS if handled(service_named(owner).handlers, "projections")]


def histories(types: Sequence[str]) -> st.SearchStrategy[list[Event[Any]]]:
    """A few aggregates' events, each aggregate's version used once, as one owner would announce them."""

    def told(type_: str, body: dict[str, Any], aggregate: UUID, sequence: int) -> Event[Any]:
        kind = CATALOGUE[type_].aggregate
        data = body["data"]
        if isinstance(data, dict) and f"{kind}_id" in data:
            data = {**data, f"{kind}_id": str(aggregate)}
        whole = {**body, "subject": str(aggregate), "sequence": sequence_text(sequence), "data": data}
        # A NUL cannot be stored: such an event is a dead letter, and not what this law is about.
        return CATALOGUE[type_].parse(json.dumps(whole).replace("\\u0000", "x"))

    # Each type's strategy is made once, not at every draw: hypothesis is slow at making them.
    each = [
        st.builds(told, st.just(type_), events(type_), st.sampled_from(AGGREGATES), st.integers(1, 50))
        for type_ in types
    ]
    return st.lists(
        st.one_of(each), min_size=1, max_size=8, unique_by=lambda event: (_aggregate(event), event.sequence)
    )


def _aggregate(event: Event[Any]) -> tuple[str, UUID]:
    return CATALOGUE[event.type].aggregate, event.subject


@pytest.mark.parametrize("owner", PROJECTING)
async def test_any_order_any_repeat_the_same_rows(owner: str, database: Callable[[str], ServiceDatabase]) -> None:
    open_store = Database(database(owner).url, pool=1)
    by_type = handled(service_named(owner).handlers, "projections")
    tables = sorted({*METADATA.tables, *service_named(owner).metadata.tables})

    # One question for all tables; only what is filled is emptied: a hundred tables take a tenth of a second.
    each = "select '{0}', row::text from \"{0}\" row"
    all_rows = text(" union all ".join(each.format(table) for table in tables))

    async def rows_after(batches: Sequence[Sequence[Event[Any]]]) -> dict[str, list[str]]:
        for batch in batches:
            async with unit_of_work(open_store, owner, Cause.system(owner, "test")) as unit:
                await dispatch(unit, by_type, batch)
        found: defaultdict[str, list[str]] = defaultdict(list)
        async with open_store.engine.begin() as connection:
            for table, row in await connection.execute(all_rows):
                found[table].append(row)
            if found:
                await connection.execute(text("truncate " + ", ".join(f'"{table}"' for table in found)))
        return {table: sorted(rows) for table, rows in found.items()}

    @settings(
        max_examples=examples(6, 30),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(history=histories(sorted(by_type)), data=st.data())
    def law(history: list[Event[Any]], data: st.DataObject) -> None:
        shuffled = data.draw(st.permutations(history))
        again = data.draw(st.lists(st.sampled_from(history), max_size=4))
        told = [*shuffled, *again]
        cut = data.draw(st.integers(0, len(told)))
        wanted = sorted(history, key=lambda event: event.sequence)
        runs.append((wanted, [told[:cut], told[cut:], history]))

    # Hypothesis makes the histories, this loop runs them: it does not mix with a running event loop.
    runs: list[tuple[list[Event[Any]], list[list[Event[Any]]]]] = []
    law()
    # A history may tell only what is none of this service's business; not every one does.
    left = False
    try:
        for wanted, batches in runs:
            kept = await rows_after([wanted])
            left = left or bool(kept)
            assert kept == await rows_after(batches)
    finally:
        await open_store.close()
    assert left
    assert any(len(wanted) > 1 for wanted, _ in runs)
