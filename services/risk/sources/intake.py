"""Working off one file, in a child process: DuckDB reads and checks it, PostgreSQL takes it by COPY in stretches.

First the whole file becomes checked rows in a DuckDB file of the spool; then each stretch of rows goes into the vault
(identities) and, at the same time, into the facts, in one transaction with how far we are, which ends last, while the
next stretch is made ready. Where a zone has nothing of a source yet, its rows go straight in; else they are compared.
Whatever kills us in between, the next attempt goes on at the last stretch that is committed; the vault's part of it is
done twice and changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import duckdb
import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from kit.errors import Invalid
from kit.settings import VaultSettings
from kit.settings import load as settings_of
from services.risk.sources import handover, spool, statements, stretches
from services.risk.sources.domain import Product
from services.risk.sources.header import LONGEST_HEADER, Header, header_of, map_for
from services.risk.sources.stretches import FACT, Stretch
from services.risk.sources.withdrawals import FullExtract
from services.risk.vault import door, records
from services.risk.work import Say

ROWS_A_STRETCH: Final = 25_000
MOST_TOLD: Final = 100_000
"""Quarantine tells of so many faults of a file; a file with more is another file."""

_MEMORY: Final = "1GB"

_FACTS_STAGE = """
create temporary table incoming (
    n bigint, id uuid, record uuid, source text, kind text, occurred_on date, until date, amount numeric(14, 2),
    value text, blank boolean
) on commit drop
"""
_FACTS_COPY = f"copy incoming ({', '.join(statements.FACT_COLUMNS)}) from stdin (format csv)"
_FRESH_COPY = f"copy fact ({FACT}, load_id) from stdin (format csv)"
# What stands already and says the same is left alone; what differs is put right, unless a later extract said so.
_FACTS_AGAIN = f"""
    insert into fact ({FACT}, load_id)
    select {FACT}, %(load)s from incoming
    where case when blank then exists (
            select from fact where fact.id = incoming.id and fact.amount is distinct from incoming.amount
        ) or coalesce((
            select amount > 0 from fact
            where fact.record = incoming.record and fact.kind = incoming.kind
                and fact.occurred_on < incoming.occurred_on
            order by occurred_on desc limit 1
        ), false) else not exists (
            select from fact where fact.id = incoming.id and fact.until is not distinct from incoming.until
                and fact.amount is not distinct from incoming.amount and fact.value is not distinct from incoming.value
        ) end
    on conflict (id) do update
        set until = excluded.until, amount = excluded.amount, value = excluded.value, load_id = excluded.load_id
        where not exists (
            select from source_load later where later.id = fact.load_id and later.extracted_on > %(extracted_on)s
        )
    returning id
"""
_ASIDE_COPY = "copy quarantine (load_id, row, field, rule, whole_row) from stdin (format csv)"


class UnreadableFile(Invalid):
    """The file is not what it is sent as."""

    slug = "unreadable-file"
    title = "The file can't be read"


def columns(arguments: Mapping[str, Any], say: Say) -> Mapping[str, Any]:
    """The columns of a Parquet file. Raises `UnreadableFile`."""
    with _duck() as duck:
        return {"columns": _parquet_columns(duck, Path(arguments["file"]))}


def load(arguments: Mapping[str, Any], say: Say) -> Mapping[str, Any]:
    """Work off one load; the counts. Raises `DomainError` when the file can't be read after all."""
    settings = door.of_risk(settings_of(VaultSettings))
    spool.use(settings)
    analytics = settings.database_url.get_secret_value()
    vault = settings.vault_database_url.get_secret_value()
    rows = int(arguments.get("rows_a_stretch", ROWS_A_STRETCH))
    return work_off(UUID(arguments["load_id"]), _plain(analytics), _plain(vault), say, rows_a_stretch=rows)


def work_off(
    load_id: UUID, analytics: str, vault: str, say: Say, *, rows_a_stretch: int = ROWS_A_STRETCH
) -> Mapping[str, Any]:
    """The same, given both addresses."""
    with (
        psycopg.connect(analytics, autocommit=True) as facts,
        psycopg.connect(analytics, autocommit=True) as more_facts,
        psycopg.connect(vault, autocommit=True) as identities,
    ):
        # One child a load: a second waits here until the first is gone, and goes on where that one was.
        facts.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [str(load_id)])
        work = _Work(load_id, facts, more_facts, identities, rows_a_stretch)
        with _duck(spool.stage_of(load_id), spool.room_of(load_id)) as duck:
            work.read(duck, say)
            full = FullExtract.of(load_id, work.map, facts, identities)
            if full is not None and (lacks := full.lacks(duck)) is not None:
                return {"held": lacks}
            work.bring(duck, say)
            if full is not None:
                full.end(duck)
        return work.counts()


class _Work:
    """One load in hand."""

    def __init__(
        self,
        load_id: UUID,
        facts: psycopg.Connection[Any],
        more_facts: psycopg.Connection[Any],
        identities: psycopg.Connection[Any],
        rows_a_stretch: int,
    ) -> None:
        self.id = load_id
        self.facts = facts
        self.more_facts = more_facts
        self.identities = identities
        self.rows_a_stretch = rows_a_stretch
        row = self._row()
        self.source, self.form = str(row["source"]), str(row["form"])
        self.extracted_on = row["extracted_on"]
        self.done = int(row["rows_done"])
        self.product = Product.model_validate(
            facts.cursor(row_factory=dict_row)
            .execute(
                sql.SQL("select {} from data_product where code = %s").format(
                    sql.SQL(", ").join(map(sql.Identifier, Product.model_fields))
                ),
                [self.source],
            )
            .fetchone()
        )
        self.room = spool.room_of(load_id)

    def _row(self) -> dict[str, Any]:
        found = self.facts.cursor(row_factory=dict_row).execute("select * from source_load where id = %s", [self.id])
        row: dict[str, Any] | None = found.fetchone()
        if row is None:
            raise UnreadableFile("There is no such load")
        return row

    def counts(self) -> dict[str, Any]:
        """What became of the rows."""
        row = self._row()
        names = ("rows", "rows_new", "rows_known", "rows_quarantined", "withdrawn", "ended")
        covers_to = row["covers_to"].isoformat() if row["covers_to"] else None
        return {name: int(row[name] or 0) for name in names} | {"covers_to": covers_to}

    # Reading ----------------------------------------------------------------------------------------------

    def read(self, duck: duckdb.DuckDBPyConnection, say: Say) -> None:
        """The file's rows, checked, into the stage; unless an attempt before did that already."""
        file = spool.file_of(self.id)
        header = _columns_of(duck, file, self.form)
        self.map = map_for(self.product, self.form, header.columns)
        if _has(duck, "ready"):
            return
        say(0, None, "reading the file")
        try:
            self._stage(duck, file, header)
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException | duckdb.IOException):
                raise
            # Its words would quote the file.
            raise UnreadableFile(f"The file can't be read ({type(error).__name__})") from None
        duck.execute("create table ready as select 1")
        duck.execute("checkpoint")

    def _stage(self, duck: duckdb.DuckDBPyConnection, file: Path, header: Header) -> None:
        if self.form == "parquet":
            raw = statements.read_parquet(file, header.columns)
            duck.execute("create or replace temp table reject_errors (line bigint, column_name text, error_type text)")
        else:
            raw = statements.read_csv(file, header)
        present = [name.strip().lower() for name in header.columns]
        for statement in (
            statements.trimmed(self.map, raw, present),
            statements.typed(self.map),
            "drop table trimmed",
            statements.staged(self.map, self.extracted_on.isoformat()),
            statements.NUMBERING,
            statements.REJECTED,
            statements.aside(self.map),
            "create or replace table totals as select (select count(*) from typed) + (select count(*) from rejected)"
            " as rows, (select count(distinct row) from aside where whole_row) as aside,"
            " coalesce((select max(n) from staged), 0) as last",
            statements.unsure(self.map),
            "drop table typed",
        ):
            duck.execute(statement)

    # Bringing in ------------------------------------------------------------------------------------------

    def bring(self, duck: duckdb.DuckDBPyConnection, say: Say) -> None:
        """Stretch by stretch into the two zones."""
        rows, aside, last = map(int, duck.execute("select rows, aside, last from totals").fetchall()[0])
        if rows == 0:
            raise UnreadableFile("The file holds no rows")
        if self.done == 0:
            self._put_aside(duck, rows, aside)
        erased, fresh, strangers = self._erased(), self._is_fresh(), self._are_strangers()
        with duck.cursor() as other:
            desks = [
                stretches.Desk(each, number, self.map, self.id, self.room, erased)
                for number, each in enumerate((duck, other))
            ]
            for stretch in stretches.ready(desks, self.done, last, self.rows_a_stretch, fresh):
                say(self.done, last, f"{self.done:,} of {last:,} rows")
                self._take(stretch, fresh, strangers)
        say(last, last, f"{last:,} rows")

    def _put_aside(self, duck: duckdb.DuckDBPyConnection, rows: int, aside: int) -> None:
        file = self.room / "aside.csv"
        handover.written(
            duck,
            f"select uuid '{self.id}', row, field, rule, whole_row from aside"
            f" order by whole_row desc, row limit {MOST_TOLD}",
            file,
        )
        with self.facts.transaction(), self.facts.cursor() as cursor:
            cursor.execute("delete from quarantine where load_id = %s", [self.id])
            handover.copied(cursor, _ASIDE_COPY, file)
            cursor.execute(
                "update source_load set rows = %s, rows_quarantined = %s where id = %s", [rows, aside, self.id]
            )

    def _erased(self) -> Path:
        """Whoever was erased stays away: no fact of them comes back either. Their pseudonyms as a file."""
        file = self.room / "erased.csv"
        query = "copy (select pseudonym from erasure) to stdout (format csv)"
        with self.identities.transaction(), self.identities.cursor() as cursor, cursor.copy(query) as copy:
            file.write_bytes(b"".join(copy))
        return file

    def _is_fresh(self) -> bool:
        """Whether no fact of this source can be here: no other load of it got on, and none came singly.

        While a source is loaded for the first time its other loads wait here: two that each copy by two connections
        could wait for each other where PostgreSQL doesn't see it.
        """
        self.facts.execute("select pg_advisory_lock(hashtextextended(%s, 1))", [self.source])
        found = self.facts.execute(
            "select exists (select from source_load where source = %(source)s and id <> %(id)s and rows_done > 0)"
            " or exists (select from fact where source = %(source)s and load_id is null limit 1)",
            {"source": self.source, "id": self.id},
        ).fetchone()
        fresh = found is not None and not found[0]
        if not fresh:
            self.facts.execute("select pg_advisory_unlock(hashtextextended(%s, 1))", [self.source])
        return fresh

    def _are_strangers(self) -> bool:
        """Whether nobody of these records is in the vault."""
        with self.identities.transaction(), self.identities.cursor() as cursor:
            return records.none_of(cursor, self.map.records)

    def _take(self, stretch: Stretch, fresh: bool, strangers: bool) -> None:
        # The zones are two databases' work: each takes its part while the other does.
        with ThreadPoolExecutor(1) as beside:
            taking = beside.submit(self._into_vault, stretch.people, stretch.places, strangers)
            # Of the two, the one that says how far we are ends last, and only once the vault has its part.
            with self.facts.transaction(), self.more_facts.transaction() if fresh else nullcontext():
                entered = self._straight_in(stretch) if fresh else self._compared(*stretch.facts)
                new = stretch.desk.news(entered, taking.result())
                self.facts.execute(
                    "update source_load set rows_done = %(upto)s, rows_new = rows_new + %(new)s,"
                    " rows_known = rows_known + %(known)s, covers_to = greatest(covers_to, %(last)s) where id = %(id)s",
                    {
                        "upto": stretch.upto,
                        "new": new,
                        "known": stretch.good - new,
                        "last": stretch.last,
                        "id": self.id,
                    },
                )
        self.done = stretch.upto

    def _straight_in(self, stretch: Stretch) -> list[str] | None:
        """The facts of a source that had none: as fast as PostgreSQL takes rows; None, for all of them are new. One
        that is here after all (an earlier stretch of the file told of it) has them compared; the ids as there."""
        half, other = stretch.facts
        try:
            # A copy is one core's work. Halves have no id in common: neither waits for the other.
            with self.facts.transaction(), self.more_facts.transaction(), ThreadPoolExecutor(1) as beside:
                copying = beside.submit(handover.copied, self.more_facts.cursor(), _FRESH_COPY, other)
                handover.copied(self.facts.cursor(), _FRESH_COPY, half)
                copying.result()
        except psycopg.errors.UniqueViolation:
            return self._compared(*stretch.desk.known())
        return None

    def _compared(self, facts: Path) -> list[str]:
        """The facts compared with those that stand; the ids of what is new or put right."""
        with self.facts.cursor() as cursor:
            cursor.execute(_FACTS_STAGE)
            handover.copied(cursor, _FACTS_COPY, facts)
            cursor.execute("analyze incoming")
            values = {"load": self.id, "extracted_on": self.extracted_on}
            return [str(row[0]) for row in cursor.execute(_FACTS_AGAIN, values)]

    def _into_vault(self, people: Path | None, places: Path | None, strangers: bool) -> list[str] | None:
        """What a stretch says of people and places; pseudonyms of the records that are new or say something else, or
        None: all of them are new."""
        with self.identities.transaction(), self.identities.cursor() as cursor:
            taken: list[str] | None = []
            if people is not None:
                taken = None if strangers and self._all_in(people, cursor) else self._known(people, cursor)
                people.unlink()
            if places is not None:
                cursor.execute("create temporary table said (place text, ward text) on commit drop")
                handover.copied(cursor, "copy said (place, ward) from stdin (format csv)", places)
                cursor.execute(
                    "insert into ward (place, ward) select place, ward from said order by place"
                    " on conflict (place) do update set ward = excluded.ward where ward.ward <> excluded.ward"
                )
                places.unlink()
        return taken

    def _all_in(self, people: Path, cursor: psycopg.Cursor[Any]) -> bool:
        """Records of a source that had none, straight in. False where one is here after all, or was erased since the
        load began: then nothing of this was done."""
        try:
            with self.identities.transaction():
                handover.copied(cursor, records.STRAIGHT, people)
                if records.any_erased(cursor):
                    raise psycopg.Rollback
                return True
        except psycopg.errors.UniqueViolation:
            pass
        return False

    def _known(self, people: Path, cursor: psycopg.Cursor[Any]) -> list[str]:
        """Records compared with those that stand; the pseudonyms of what is new or says something else."""
        cursor.execute(records.STAGE)
        handover.copied(cursor, records.COPY, people)
        return records.taken_over(cursor)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextmanager
def _duck(file: Path | None = None, room: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with bounded memory; nothing is fetched from anywhere."""
    duck = duckdb.connect(
        str(file or ":memory:"),
        config={
            "memory_limit": _MEMORY,
            "threads": 2,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            **({"temp_directory": str(room)} if room else {}),
        },
    )
    if file is not None:
        file.chmod(0o600)
    try:
        yield duck
    finally:
        duck.close()


def _has(duck: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = duck.execute("select count(*) from duckdb_tables() where table_name = ?", [table]).fetchall()
    return bool(found[0][0])


def _columns_of(duck: duckdb.DuckDBPyConnection, file: Path, form: str) -> Header:
    if form == "parquet":
        return Header(tuple(_parquet_columns(duck, file)), "")
    with file.open("rb") as opened:
        return header_of(opened.read(LONGEST_HEADER + 1))


def _parquet_columns(duck: duckdb.DuckDBPyConnection, file: Path) -> Sequence[str]:
    try:
        found = duck.execute("select * from read_parquet(?) limit 0", [str(file)]).description or []
    except duckdb.Error:
        raise UnreadableFile("The file is not Parquet") from None
    return [str(column[0]) for column in found]
