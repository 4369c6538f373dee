"""Loading a borough's extracts: files of thirteen systems to identities and facts, all rules applied.

Ours is `work_off`, what the loading child runs: reading, cleaning, checking, pseudonyms, both zones. The limit is a
bare COPY of the rows that came out, ready as files, into tables of the same shape with the same indexes: what the
database itself takes. Both are told in rows of the extracts a second. The second time the files change nothing.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from benchmarks.ground import Ground, apart
from benchmarks.rounds import Size
from benchmarks.table import Row
from demo.borough.making import make
from kit.run.embedded import databases
from services.risk.sources import spool
from services.risk.sources.intake import work_off
from services.risk.sources.maps import NATIVE
from services.risk.sources.register import DELIVERED
from services.risk.sources.standing import columns
from services.risk.vault import pseudonyms

_HOUSEHOLDS = {"tiny": 200, "full": 20_000}
_UNTIL = date(2026, 10, 31)
_BLOCK = 1 << 20
_KEY = b"a key for measuring only, of thirty-two bytes"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one round of loading took."""

    rows: int
    seconds: float
    by_source: dict[str, float]
    new: int


@dataclass(frozen=True, slots=True)
class Result:
    """What the fork tells its parent."""

    first: Loaded
    again: Loaded
    bare_seconds: float
    bare_rows: int


def run(size: Size, ground: Ground) -> list[Row]:
    """Rows a second, once and again."""
    analytics, vault = ground.migrated("risk"), ground.address("risk_vault")
    households = _HOUSEHOLDS[size.name]
    result = apart("intake", lambda: measured(databases.plain(analytics), databases.plain(vault), households))
    first, again = result.first, result.again
    slowest = sorted(first.by_source.items(), key=lambda each: -each[1])[:3]
    return [
        Row(
            f"Loading the extracts of {households:,} households",
            first.rows / first.seconds,
            None,
            first.rows / result.bare_seconds,
            "rows/s",
            "half of the limit",
            f"{first.rows:,} rows of {len(NATIVE)} extracts in {first.seconds:.0f} s, to {result.bare_rows:,}"
            " identities and facts, one file after another. Limit: a bare COPY of those into tables with the same"
            f" indexes, {result.bare_seconds:.0f} s (of two times). Longest: "
            + ", ".join(f"{source} {seconds:.0f} s" for source, seconds in slowest)
            + ".",
            result.bare_seconds / first.seconds >= 0.5,
        ),
        Row(
            "Loading the same files again",
            again.rows / again.seconds,
            None,
            first.rows / result.bare_seconds,
            "rows/s",
            "nothing changes",
            f"{again.new} rows told anything new.",
            again.new == 0,
        ),
    ]


def measured(analytics: str, vault: str, households: int, folder: Path | None = None) -> Result:
    """Loads everything twice into these databases; extracts are made unless `folder` has them."""
    pseudonyms.use_key(_KEY)
    with _room() as room:
        extracts = folder or room / "extracts"
        if folder is None:
            make(households, 1, _UNTIL, extracts, 36, lambda *told: None)
        with psycopg.connect(analytics, autocommit=True) as store:
            _register(store)
            first = _loaded(store, analytics, vault, extracts)
            bare, rows = _bare(analytics, vault, room)
            again = _loaded(store, analytics, vault, extracts)
            # A disk is not as quick at one time as at another: the limit is the mean of two.
            bare = (bare + _bare(analytics, vault, room)[0]) / 2
    return Result(first, again, bare, rows)


@contextmanager
def _room() -> Iterator[Path]:
    room = Path(tempfile.mkdtemp(prefix="newstart-intake-"))
    os.environ["NEWSTART_SPOOL"] = str(room / "spool")
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _register(store: psycopg.Connection[object]) -> None:
    for product in DELIVERED.values():
        row = {**columns(product), "version": 1}
        names = list(row)
        values = [psycopg.types.json.Jsonb(each) if name == "fields" else each for name, each in row.items()]
        store.execute(
            sql.SQL("insert into data_product ({}) values ({}) on conflict do nothing").format(
                sql.SQL(", ").join(map(sql.Identifier, names)), sql.SQL(", ").join([sql.Placeholder()] * len(names))
            ),
            values,
        )


def _loaded(store: psycopg.Connection[object], analytics: str, vault: str, extracts: Path) -> Loaded:
    took: dict[str, float] = {}
    rows = new = 0
    for source in NATIVE:
        load_id = uuid4()
        file = extracts / f"{source}.csv"
        shutil.copyfile(file, spool.file_of(load_id))
        _queue(store, load_id, source, file)
        began = time.perf_counter()
        counts = work_off(load_id, analytics, vault, lambda *told, **more: None)
        took[source] = time.perf_counter() - began
        rows += int(counts["rows"])
        new += int(counts["rows_new"])
        store.execute("update source_load set state = 'succeeded' where id = %s", [load_id])
        spool.clear(load_id)
    return Loaded(rows, sum(took.values()), took, new)


def _queue(store: psycopg.Connection[object], load_id: UUID, source: str, file: Path) -> None:
    store.execute(
        "insert into source_load (id, source, form, state, sha256, size, extracted_on, asked_by)"
        " values (%s, %s, 'csv', 'running', %s, %s, %s, 'bench')",
        [load_id, source, hashlib.sha256(source.encode()).digest(), file.stat().st_size, date(2026, 11, 1)],
    )


def _bare(analytics: str, vault: str, room: Path) -> tuple[float, int]:
    """Seconds that a bare COPY of both zones' rows takes, and how many they are."""
    seconds, rows = 0.0, 0
    for address, table in ((analytics, "fact"), (vault, "record")):
        file = room / f"{table}.csv"
        with psycopg.connect(address, autocommit=True) as store, store.cursor() as cursor:
            with file.open("wb") as out, cursor.copy(f"copy {table} to stdout (format csv)".encode()) as copy:
                for block in copy:
                    out.write(block)
            cursor.execute(f"create table bare_{table} (like {table} including all)".encode())
            began = time.perf_counter()
            with file.open("rb") as opened, cursor.copy(f"copy bare_{table} from stdin (format csv)".encode()) as copy:
                while block := opened.read(_BLOCK):
                    copy.write(block)
            seconds += time.perf_counter() - began
            rows += cursor.rowcount
            cursor.execute(f"drop table bare_{table}".encode())
    return seconds, rows
