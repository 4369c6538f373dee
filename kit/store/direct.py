"""Statements on a session's own connection, past SQLAlchemy: in one record's few milliseconds that is half of them.

They run in the session's transaction and are prepared at their first use. Parameters are psycopg's: `%(name)s`.
"""

from collections.abc import Mapping
from typing import Any, cast

from psycopg import AsyncConnection
from psycopg.rows import AsyncRowFactory, dict_row, namedtuple_row
from sqlalchemy.ext.asyncio import AsyncSession

_HELD = "newstart.direct"


async def fetch(session: AsyncSession, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """The rows of a statement, as named tuples; none for one that gives none."""
    return await _fetched(session, statement, values, namedtuple_row)


async def fetch_dicts(session: AsyncSession, statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same with rows by the names of their columns, for those that go on as they are."""
    return await _fetched(session, statement, values, dict_row)


async def _fetched(
    session: AsyncSession, statement: str, values: Mapping[str, Any], made: AsyncRowFactory[Any]
) -> list[Any]:
    connection = await _own(session)
    cursor = connection.cursor(row_factory=made)
    # Ours are put together from names of columns alone, never from what somebody sent.
    await cursor.execute(statement.encode(), values, prepare=True)
    # None where there are no rows to number. To describe the columns takes longer than to read a row.
    return await cursor.fetchall() if cursor.rownumber is not None else []


async def send(session: AsyncSession, *statements: tuple[str, Mapping[str, Any]]) -> None:
    """Statements in their order, whose rows nobody wants, in one round trip."""
    connection = await _own(session)
    async with connection.pipeline():
        for statement, values in statements:
            await connection.execute(statement.encode(), values, prepare=True)


async def _own(session: AsyncSession) -> AsyncConnection[Any]:
    transaction = session.sync_session.get_transaction()
    held = session.info.get(_HELD)
    if held is not None and held[0] is transaction and transaction is not None:
        return cast(AsyncConnection[Any], held[1])
    raw = await (await session.connection()).get_raw_connection()
    found = cast(AsyncConnection[Any], raw.driver_connection)
    session.info[_HELD] = (session.sync_session.get_transaction(), found)
    return found
