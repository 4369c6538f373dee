"""The record of access: sealed in a chain that shows what was changed, taken out or put in."""

import asyncio
import json
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import select

from kit.contracts.access import AccessBatch
from kit.contracts.envelope import Event
from kit.ids import new_id
from kit.store import audit
from kit.store.db import Database
from kit.store.tables import audit_entry
from kit.store.unit import unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.kit.ground import CAUSE, MAKER


async def access(store: Database, *records: str) -> None:
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        for record in records:
            unit.accessed(record, [new_id(), new_id()])


async def chain(store: Database, batches: int = 4) -> None:
    """So many batches of three rows each."""
    for number in range(batches):
        await access(store, *(f"thing/{number}-{each}" for each in range(3)))
        assert await audit.seal(store, MAKER) == 3


async def test_a_chain_that_nobody_touched_stands(store: Database, maker: ServiceDatabase) -> None:
    assert await audit.verify(store) is None
    await chain(store)
    assert await audit.verify(store) is None
    batches = maker.rows("select * from audit_batch order by number")
    assert [row["number"] for row in batches] == [1, 2, 3, 4]
    assert batches[0]["previous_digest"] == audit.GENESIS
    for before, after in pairwise(batches):
        assert after["previous_digest"] == before["digest"]
    assert [(row["first_id"], row["last_id"], row["entries"]) for row in batches] == [
        (1, 3, 3),
        (4, 6, 3),
        (7, 9, 3),
        (10, 12, 3),
    ]
    assert maker.rows("select * from audit_entry where batch is null") == []


async def test_nothing_new_is_no_batch(store: Database, maker: ServiceDatabase) -> None:
    assert await audit.seal(store, MAKER) == 0
    await chain(store, 1)
    assert await audit.seal(store, MAKER) == 0
    assert len(maker.rows("select * from audit_batch")) == len(maker.rows("select * from outbox")) == 1


CHANGES = {
    "at": "at + interval '1 microsecond'",
    "actor": "'ben'",
    "organisation": "'None'",
    "roles": "array['administrator']",
    "purpose": "'supervision'",
    "action": "'casefile.thing.change'",
    "record": "'thing/0'",
    "person_ids": "person_ids[1:1]",
    "outcome": "'refused'",
    "request_id": "request_id || 'x'",
}


@pytest.mark.parametrize("column", CHANGES)
async def test_a_changed_row_shows(store: Database, maker: ServiceDatabase, column: str) -> None:
    await chain(store)
    assert maker.execute(f"update audit_entry set {column} = {CHANGES[column]} where id = 5") == 1
    assert await audit.verify(store) == 2


def test_every_column_is_covered() -> None:
    assert set(CHANGES) == {column.name for column in audit_entry.columns} - {"id", "batch"}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("delete from audit_entry where id = 8", 3),
        ("update audit_entry set id = 100 where id = 1", 1),
        ("update audit_entry set batch = 3 where id = 4", 2),
        ("update audit_entry set batch = null where id = 12", 4),
        (
            "insert into audit_entry (actor, roles, purpose, action, record, person_ids, outcome, request_id, batch)"
            " values ('ada', '{}', 'p', 'a', 'r', '{}', 'done', '1', 2)",
            2,
        ),
        ("delete from audit_batch where number = 2", 3),
        ("delete from audit_batch where number = 1", 2),
        ("update audit_batch set digest = repeat('a', 64) where number = 3", 3),
        ("update audit_batch set previous_digest = repeat('a', 64) where number = 3", 3),
        ("update audit_batch set entries = 2 where number = 1", 1),
    ],
)
async def test_whatever_was_done_to_the_chain_shows(
    store: Database, maker: ServiceDatabase, statement: str, found: int
) -> None:
    await chain(store)
    assert maker.execute(statement) == 1
    assert await audit.verify(store) == found


async def test_a_batch_forged_anew_breaks_the_ones_after_it(store: Database, maker: ServiceDatabase) -> None:
    await chain(store)
    maker.execute("update audit_entry set actor = 'ben' where id = 5")
    async with store.sessions() as session:
        rows = (
            await session.execute(select(*audit._COVERED).where(audit_entry.c.batch == 2).order_by(audit_entry.c.id))
        ).all()
    (first,) = maker.rows("select digest from audit_batch where number = 1")
    maker.execute("update audit_batch set digest = %s where number = 2", [audit.digest(first["digest"], rows)])
    assert await audit.verify(store) == 3


async def test_the_digest_does_not_depend_on_the_connection(store: Database, maker: ServiceDatabase) -> None:
    """In summer a connection in London's time would read every row an hour later."""
    await access(store, "thing/1")
    maker.execute("update audit_entry set at = '2026-07-01 12:00+00'")
    await audit.seal(store, MAKER)
    name = maker.url.rpartition("/")[2]
    with psycopg.connect(maker.admin_url, autocommit=True) as admin:
        admin.execute(f"alter database {name} set timezone = 'Europe/London'")
        try:
            elsewhere = Database(maker.url)
            async with elsewhere.engine.connect() as connection:
                assert (await connection.exec_driver_sql("show timezone")).scalar_one() == "Europe/London"
            assert await audit.verify(elsewhere) is None
            await elsewhere.close()
        finally:
            admin.execute(f"alter database {name} reset timezone")


async def test_two_who_seal_at_once_seal_once(store: Database, maker: ServiceDatabase) -> None:
    for _ in range(6):
        await access(store, *(f"thing/{each}" for each in range(20)))
        await asyncio.gather(*(audit.seal(store, MAKER) for _ in range(4)))
    while await audit.seal(store, MAKER):
        pass
    assert await audit.verify(store) is None
    (sums,) = maker.rows("select sum(entries) as entries, count(*) as batches from audit_batch")
    assert sums["entries"] == 120
    assert len(maker.rows("select distinct aggregate_id from outbox")) == sums["batches"]


async def test_rows_that_are_not_committed_yet_come_in_the_next_batch(store: Database, maker: ServiceDatabase) -> None:
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        unit.accessed("thing/slow", [])
        await unit._write([], unit._audit)
        unit._audit.clear()
        await access(store, "thing/quick")
        assert await audit.seal(store, MAKER) == 1
    assert await audit.seal(store, MAKER) == 1
    assert await audit.verify(store) is None
    assert maker.rows("select record, batch from audit_entry order by id") == [
        {"record": "thing/slow", "batch": 2},
        {"record": "thing/quick", "batch": 1},
    ]


async def test_each_batch_is_announced_with_its_digest_and_no_person(store: Database, maker: ServiceDatabase) -> None:
    await chain(store, 2)
    rows = maker.rows("select type, aggregate_id, sequence, envelope from outbox order by id")
    batches = maker.rows("select * from audit_batch order by number")
    for row, batch in zip(rows, batches, strict=True):
        assert (row["type"], row["sequence"], row["aggregate_id"]) == (
            "casefile.access.recorded",
            1,
            batch["batch_id"],
        )
        said = Event[AccessBatch].from_json(row["envelope"]).data
        assert (said.batch, said.digest, said.previous_digest, said.count) == (
            batch["number"],
            batch["digest"],
            batch["previous_digest"],
            3,
        )
    people = {str(id_) for row in maker.rows("select person_ids from audit_entry") for id_ in row["person_ids"]}
    assert not any(id_ in json.dumps([row["envelope"] for row in rows]) for id_ in people)


def test_a_value_of_an_unknown_kind_is_refused_rather_than_guessed() -> None:
    row: tuple[Any, ...] = (1, b"bytes")
    with pytest.raises(TypeError):
        audit.digest(audit.GENESIS, [row])
    assert audit.digest(audit.GENESIS, [(None,)]) != audit.digest(audit.GENESIS, [("None",)])
    assert audit.digest(audit.GENESIS, [(UUID(int=1),)]) != audit.digest(audit.GENESIS, [(uuid4(),)])
