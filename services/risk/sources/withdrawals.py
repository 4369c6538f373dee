"""What a full extract no longer has: its records are withdrawn, and what went on until now ended by its day.

Nothing is deleted. A withdrawn record keeps its links, it only no longer says where somebody lives; what happened
stays, for a source that stops telling of it does not say that it never was. A file that lacks more than its source may
lose, of its records or of the rows it had the time before, is held before anything of it is loaded: a truncated file
must not end a borough. Work of the child that loads.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from services.risk.sources import handover, spool, statements
from services.risk.sources.domain import Extract
from services.risk.sources.kinds import KINDS
from services.risk.sources.maps.shape import Map
from services.risk.vault import records

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

FEW: Final = 10
"""So few records or rows may be missing of any source, however small it is."""

_LOAD: Final = """
    select l.source, l.extracted_on, l.rows_done, l.confirmed_by is not null as confirmed, p.title, p.may_lose,
        exists (
            select from source_load later where later.source = l.source and later.id <> l.id
                and later.extract = 'full' and later.rows_done > 0 and later.extracted_on > l.extracted_on
        ) as overtaken,
        (select before.rows from source_load before where before.source = l.source and before.id <> l.id
            and before.extract = 'full' and before.state = 'succeeded'
            order by before.extracted_on desc, before.id desc limit 1) as rows_before
    from source_load l join data_product p on p.code = l.source
    where l.id = %s and l.extract = %s"""
# What came by itself on the extract's day or later is not in it, and what a later extract said counts.
_END: Final = """
    update fact set until = greatest(occurred_on, %(day)s), load_id = %(load)s
    where source = %(source)s and kind = any(%(kinds)s) and occurred_on <= %(day)s
        and (until is null or until > %(day)s)
        and (load_id is not null or %(day)s > cast(
            loaded_at + make_interval(secs => coalesce((select max(offset_seconds) from business_clock), 0)) as date))
        and not exists (select from told where told.id = fact.id)
        and not exists (select from unsure where unsure.record = fact.record)
        and not exists (
            select from source_load later where later.id = fact.load_id and later.extracted_on > %(day)s
        )"""
_NOTED: Final = """
    update source_load set withdrawn = %(withdrawn)s, ended = %(ended)s, problem = %(said)s where id = %(id)s"""
_UNREADABLE: Final = "Rows that can't be read may be anybody's: what this file lacks was not taken as gone"
_OVERTAKEN: Final = "A later full extract was loaded before: what this one lacks stands as that one said"


@dataclass
class FullExtract:
    """A load whose file holds all that its source has."""

    load_id: UUID
    mapped: Map
    facts: psycopg.Connection[Any]
    identities: psycopg.Connection[Any]
    row: dict[str, Any]

    @classmethod
    def of(
        cls, load_id: UUID, mapped: Map, facts: psycopg.Connection[Any], identities: psycopg.Connection[Any]
    ) -> "FullExtract | None":
        """The load, if its file is a full extract."""
        row = facts.cursor(row_factory=dict_row).execute(_LOAD, [load_id, Extract.FULL]).fetchone()
        return cls(load_id, mapped, facts, identities, row) if row is not None else None

    @property
    def _day(self) -> date:
        day: date = self.row["extracted_on"]
        return day

    def lacks(self, duck: "duckdb.DuckDBPyConnection") -> str | None:
        """Why it must wait for a person, in plain words; None when it may be loaded. Looks, and changes nothing."""
        if self.row["confirmed"] or self.row["overtaken"] or self.row["rows_done"]:
            return None
        file = self._told(duck)
        with self.identities.transaction(), self.identities.cursor() as cursor:
            cursor.execute(records.TOLD)
            handover.copied(cursor, records.TOLD_COPY, file)
            standing, missing = records.lacked(cursor, self.mapped.records, self._day)
        rows = int(duck.execute("select rows from totals").fetchall()[0][0])
        before = int(self.row["rows_before"] or 0)
        most = self.row["may_lose"]
        said = [
            f"{lost:,} of {whole:,} {of}"
            for lost, whole, of in (
                (missing, standing, "records that stand here are not in it"),
                (before - rows, before, "rows of the last full extract are not in it"),
            )
            if lost > max(FEW, whole * most / 100)
        ]
        if not said:
            return None
        return (
            f"{self.row['title']}: {' and '.join(said)} (up to {most}% may be). Nothing was loaded: it waits until"
            " somebody says whether the file is right"
        )

    def end(self, duck: "duckdb.DuckDBPyConnection") -> None:
        """Withdraw and end what the file does not have, once it is loaded. Safe to repeat."""
        unreadable = int(duck.execute(statements.UNREADABLE).fetchall()[0][0])
        if self.row["overtaken"] or unreadable:
            said = _OVERTAKEN if self.row["overtaken"] else _UNREADABLE
            self.facts.execute(_NOTED, {"withdrawn": 0, "ended": 0, "said": said, "id": self.load_id})
            return
        file = self._told(duck)
        with self.identities.transaction(), self.identities.cursor() as cursor:
            cursor.execute(records.TOLD)
            handover.copied(cursor, records.TOLD_COPY, file)
            records.withdraw(cursor, self.mapped.records, self._day, self.load_id)
            # Counted by what stands there: a run cut off after this is repeated.
            query = "select count(*) from record where load_id = %s and withdrawn_at is not null"
            withdrawn = cursor.execute(query, [self.load_id]).fetchall()[0][0]
        kinds = [fact.kind for fact in self.mapped.facts if KINDS[fact.kind].lasts]
        files = self._facts(duck)
        with self.facts.transaction(), self.facts.cursor() as cursor:
            cursor.execute("create temporary table told (id uuid) on commit drop")
            cursor.execute("create temporary table unsure (record uuid) on commit drop")
            handover.copied(cursor, "copy told from stdin (format csv)", files[0])
            handover.copied(cursor, "copy unsure from stdin (format csv)", files[1])
            cursor.execute("analyze told, unsure")
            values = {"day": self._day, "load": self.load_id, "source": self.row["source"], "kinds": kinds}
            cursor.execute(_END, values)
            noted = {"withdrawn": withdrawn, "ended": cursor.rowcount, "said": None, "id": self.load_id}
            cursor.execute(_NOTED, noted)

    def _told(self, duck: "duckdb.DuckDBPyConnection") -> "Path":
        return handover.written(duck, statements.told(self.mapped), spool.room_of(self.load_id) / "told.csv")

    def _facts(self, duck: "duckdb.DuckDBPyConnection") -> "tuple[Path, Path]":
        """The ids of the file's facts, and the records of its rows that were put aside."""
        room = spool.room_of(self.load_id)
        last = duck.execute("select last from totals").fetchall()[0][0]
        duck.execute(statements.stretch(self.mapped, 0, int(last)))
        duck.execute(statements.facts(self.mapped))
        return (
            handover.written(duck, "select id from facts", room / "told-facts.csv"),
            handover.written(duck, statements.unsure_records(self.mapped), room / "unsure.csv"),
        )
