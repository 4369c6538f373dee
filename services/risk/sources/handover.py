"""From DuckDB to PostgreSQL: a file of the spool between them, written by the one and taken by the other's COPY."""

from pathlib import Path
from typing import Any, Final

import duckdb
import psycopg

_BLOCK: Final = 1 << 20


def written(duck: duckdb.DuckDBPyConnection, query: str, file: Path) -> Path:
    """The rows of a query as CSV without a header; the file."""
    duck.execute(f"copy ({query}) to {quoted(file)} (format csv, header false)")
    return file


def copied(cursor: psycopg.Cursor[Any], statement: str, file: Path) -> None:
    """The file given to a statement `copy ... from stdin (format csv)`."""
    with file.open("rb") as opened, cursor.copy(statement.encode()) as copy:
        while block := opened.read(_BLOCK):
            copy.write(block)


def quoted(file: Path) -> str:
    """The file's name for a statement of DuckDB."""
    return "'" + str(file).replace("'", "''") + "'"
