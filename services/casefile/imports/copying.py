"""COPY into a table inside the unit's transaction: thirty times as fast as inserts one by one."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncCopy, sql

from kit.store.unit import UnitOfWork


@asynccontextmanager
async def copying(unit: UnitOfWork, table: str, columns: Sequence[str]) -> AsyncIterator[AsyncCopy]:
    """While inside, rows written go to the table; they stand or fall with the unit. JSON goes as text."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    command = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)
    async with (await unit.driver()).cursor() as cursor, cursor.copy(command) as copy:
        yield copy


async def copy_in(unit: UnitOfWork, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Copy rows that all have the same columns."""
    waiting = list(rows)
    if waiting:
        async with copying(unit, table, list(waiting[0])) as copy:
            for row in waiting:
                await copy.write_row(tuple(row.values()))
