"""Rows that are written in the closing statement: once, whole, and with everything else or not at all."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from kit.ids import new_id
from kit.store import unit as unit_module
from kit.store.db import Database
from kit.store.unit import Answer, KeyAlreadyUsed, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.kit.ground import CAUSE, MAKER, Thing, announce


@pytest.fixture
async def database(maker: ServiceDatabase) -> AsyncIterator[Database]:
    database = Database(maker.url, pool=1)
    yield database
    await database.close()


def a_thing(name: str) -> Thing:
    return Thing(id=new_id(), name=name, version=1)


def tell(unit: UnitOfWork, thing: Thing) -> None:
    announce(unit, thing.id, thing.version)
    unit.accessed(f"thing/{thing.id}", [thing.id])


def kept(maker: ServiceDatabase) -> list[tuple[str, int]]:
    return [(row["name"], row["version"]) for row in maker.rows("select name, version from thing order by name")]


def told(maker: ServiceDatabase) -> int:
    return int(maker.rows("select count(*) as n from outbox")[0]["n"])


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_new_and_changed_rows_go_out_with_the_events(database: Database, maker: ServiceDatabase) -> None:
    first, second = a_thing("first"), a_thing("second")
    with statements(database) as asked:
        async with unit_of_work(database, MAKER, CAUSE) as unit:
            unit.write_last(first)
            unit.write_last(second)
            tell(unit, first)
    assert len(asked) == 1
    assert kept(maker) == [("first", 1), ("second", 1)]
    with statements(database) as asked:
        async with unit_of_work(database, MAKER, CAUSE) as unit:
            row = await unit.session.get_one(Thing, first.id)
            unit.write_last(row)
            # What is changed after it was said counts too.
            row.name, row.version = "100% of it", 2
            tell(unit, row)
    assert [statement.split(maxsplit=1)[0].lower() for statement in asked] == ["select", "with"]
    assert kept(maker) == [("100% of it", 2), ("second", 1)]
    assert told(maker) == 2


async def test_a_row_of_which_nothing_was_changed_is_not_written(database: Database, maker: ServiceDatabase) -> None:
    thing = a_thing("one")
    async with unit_of_work(database, MAKER, CAUSE) as unit:
        unit.write_last(thing)
    with statements(database) as asked:
        async with unit_of_work(database, MAKER, CAUSE) as unit:
            unit.write_last(await unit.session.get_one(Thing, thing.id))
    assert len(asked) == 1
    assert kept(maker) == [("one", 1)]


async def test_it_stands_or_falls_with_the_rest(database: Database, maker: ServiceDatabase) -> None:
    async with unit_of_work(database, MAKER, CAUSE) as unit:
        unit.write_last(a_thing("taken"))

    async def make(name: str, *, key: str | None = None, change_my_mind: bool = False) -> None:
        async with unit_of_work(database, MAKER, CAUSE) as unit:
            unit.session.add(a_thing(f"beside {name}"))
            unit.write_last(thing := a_thing(name))
            tell(unit, thing)
            if key is not None:
                unit.keep(Answer("ada", key, b"print", 201, {}, b""))
            if change_my_mind:
                raise RuntimeError

    with pytest.raises(IntegrityError):
        await make("taken")
    with pytest.raises(RuntimeError):
        await make("not for long", change_my_mind=True)
    await make("first", key="one key")
    with pytest.raises(KeyAlreadyUsed):
        await make("second", key="one key")
    assert kept(maker) == [("beside first", 1), ("first", 1), ("taken", 1)]
    assert told(maker) == 1


async def test_however_much_goes_out_it_is_written_once(
    database: Database, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_module, "_ROWS_A_STATEMENT", 2)
    thing = a_thing("talked about")
    async with unit_of_work(database, MAKER, CAUSE) as unit:
        unit.write_last(thing)
        for thing.version in range(1, 6):
            tell(unit, thing)
    assert kept(maker) == [("talked about", 5)]
    assert told(maker) == 5
