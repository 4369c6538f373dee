"""COPY in and out of PostgreSQL for runs over the whole borough; nothing of it touches a disk on the way."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from services.risk.linkage.ledger import LOCK

if TYPE_CHECKING:
    import pyarrow as pa

Connection = psycopg.Connection[tuple[Any, ...]]


def read(connection: Connection, query: str) -> "pa.Table":
    """What a query gives, every column as text and SQL's null as null."""
    from pyarrow import csv, string

    buffer = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"copy ({query}) to stdout (format csv, header)".encode()) as copy:
        for block in copy:
            buffer.write(block)
    names = buffer.getvalue()[:4000].split(b"\n", 1)[0].decode().split(",")
    buffer.seek(0)
    return csv.read_csv(
        buffer,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def stage(connection: Connection, name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> int:
    """Rows into a temporary table of that name, gone with the transaction; how many."""
    table = sql.Identifier(name)
    defined = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns
    )
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("create temporary table {} ({}) on commit drop").format(table, defined))
        with cursor.copy(sql.SQL("copy {} from stdin").format(table)) as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        cursor.execute(sql.SQL("analyze {}").format(table))
    return count


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """While inside, nobody else links: single records wait. Around the transactions of both zones."""
    connection.execute(f"select pg_advisory_lock({LOCK})")
    try:
        yield
    finally:
        connection.execute(f"select pg_advisory_unlock({LOCK})")
