"""The one upsert that every projection uses: the newest version of each row wins, in any order, any number of times."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from kit.store.unit import UnitOfWork


async def upsert(unit: UnitOfWork, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep each row at its highest `sequence`. Rows carry `id`, `sequence` and all the other columns."""
    newest: dict[Any, Mapping[str, Any]] = {}
    for row in rows:
        known = newest.get(row["id"])
        if known is None or known["sequence"] < row["sequence"]:
            newest[row["id"]] = row
    if not newest:
        return
    # Sorted: two workers upserting the same rows take their locks in one order.
    statement = insert(table).values([newest[key] for key in sorted(newest)])
    changes = {column.name: statement.excluded[column.name] for column in table.columns if column.name != "id"}
    await unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_=changes,
            where=statement.excluded.sequence > table.c.sequence,
        )
    )
