"""A copy of the facts in columns (Parquet), for questions about the whole borough. Made anew from PostgreSQL any time.

One file for each load, and one for each month of facts that came by event. A file whose facts are no longer as many, as
new or as much in sum as in the database is made again, one whose facts are gone is removed: retention, erasure and
corrections show in both. It holds pseudonyms only, in a folder that nobody else may enter.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    import duckdb

Connection = psycopg.Connection[tuple[object, ...]]

_COLUMNS: Final = {
    "record": "UUID",
    "source": "VARCHAR",
    "kind": "VARCHAR",
    "occurred_on": "DATE",
    "until": "DATE",
    "hundredths": "BIGINT",
    "value": "VARCHAR",
}
_SELECTED: Final = "record, source, kind, occurred_on, until, cast(amount * 100 as bigint), value"
_SEGMENT: Final = "coalesce(cast(load_id as text), 'events-' || to_char(loaded_at at time zone 'UTC', 'YYYY-MM'))"
_SEGMENTS: Final = (
    f"select {_SEGMENT}, count(*), coalesce(cast(max(loaded_at) as text), ''), coalesce(cast(sum(amount) as text), '')"
    " from fact group by 1 order by 1"
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the copy is."""

    folder: Path

    @classmethod
    def under(cls, spool: Path) -> "Columns":
        """The copy beside what waits in the spool; the name is one that the spool's own sweep leaves alone."""
        folder = spool / f"{UUID(int=0)}.columns"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder)

    def refresh(self, store: Connection, engine: "duckdb.DuckDBPyConnection") -> list[Path]:
        """Bring the copy up to what this transaction sees; the files, oldest name first."""
        wanted = {str(row[0]): [str(each) for each in row[1:]] for row in store.execute(_SEGMENTS).fetchall()}
        known = self._manifest()
        for name in sorted(set(known) - set(wanted)):
            self._file(name).unlink(missing_ok=True)
            del known[name]
        for name, state in wanted.items():
            if known.get(name) != state or not self._file(name).exists():
                self._make(store, engine, name)
                known[name] = state
                self._keep(known)
        self._keep(known)
        return [self._file(name) for name in sorted(wanted)]

    def forget(self) -> None:
        """Removes the copy, so that it is made anew."""
        for path in self.folder.iterdir():
            path.unlink()

    def _make(self, store: Connection, engine: "duckdb.DuckDBPyConnection", name: str) -> None:
        where = (
            sql.SQL("load_id is null and {segment} = {name}").format(segment=sql.SQL(_SEGMENT), name=sql.Literal(name))
            if name.startswith("events-")
            else sql.SQL("load_id = {load}").format(load=sql.Literal(UUID(name)))
        )
        query = sql.SQL("select {columns} from fact where {where}").format(columns=sql.SQL(_SELECTED), where=where)
        text, made = self.folder / "passing.csv", self.folder / "passing.parquet"
        copied(store, query, text)
        engine.execute(
            f"copy (select * from {from_csv(text, _COLUMNS)} order by kind, occurred_on)"
            f" to '{made}' (format parquet, compression zstd)"
        )
        text.unlink()
        made.replace(self._file(name))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def _manifest(self) -> dict[str, list[str]]:
        try:
            found: dict[str, list[str]] = json.loads((self.folder / "manifest.json").read_text())
        except (OSError, ValueError):
            return {}
        return found

    def _keep(self, known: Mapping[str, list[str]]) -> None:
        passing = self.folder / "manifest.passing"
        passing.write_text(json.dumps(known))
        passing.replace(self.folder / "manifest.json")


def copied(store: Connection, query: sql.Composable, path: Path) -> None:
    """A query's rows as CSV in a new file that nobody else may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file, store.cursor() as cursor:
        statement = sql.SQL("copy ({query}) to stdout (format csv)").format(query=query)
        with cursor.copy(statement) as copy:
            for block in copy:
                file.write(block)


def from_csv(path: Path, columns: Mapping[str, str]) -> str:
    """What DuckDB reads such a file as."""
    told = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return f"read_csv('{path}', header = false, auto_detect = false, delim = ',', quote = '\"', columns = {{{told}}})"
