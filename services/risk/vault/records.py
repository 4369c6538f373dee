"""Records into the vault in bulk: COPY into a staging table, then only what is new or changed is written.

    with psycopg.connect(dsn) as vault, vault.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy: ...          # CSV, columns in the order of COLUMNS
        told = taken_over(cursor)

For the child process that loads a source. Loading twice changes nothing, and what was erased stays away.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from kit.store import direct
from services.risk.vault import pseudonyms

IDENTITY = (
    "household_reference",
    "title",
    "given",
    "middle",
    "family",
    "former_family",
    "known_as",
    "sex",
    "born",
    "born_partial",
    "nino",
    "nhs_number",
    "upn",
    "phone",
    "email",
    "uprn",
    "address",
    "postcode",
    "ethnicity",
    "seen_on",
    "valid_from",
    "valid_to",
)
"""What a source says of somebody, in the canonical order."""

COLUMNS = ("source", "reference", *IDENTITY, "digest", "pseudonym", "load_id")
"""What the staging table takes by COPY."""

STAGE = "create temporary table staged (like record including defaults) on commit drop"

STRAIGHT = f"copy record ({', '.join(COLUMNS)}) from stdin (format csv)"
"""Takes the same straight into the records, where none of the source is here."""

COPY = f"copy staged ({', '.join(COLUMNS)}) from stdin (format csv)"

_TAKE = f"""
insert into record ({", ".join(COLUMNS)}) select {", ".join(COLUMNS)} from staged
where not exists (select from erasure where erasure.pseudonym = staged.pseudonym)
on conflict (source, reference) do update set
    {", ".join(f"{column} = excluded.{column}" for column in COLUMNS[2:])},
    changed_at = clock_timestamp(), withdrawn_at = null
where record.digest <> excluded.digest or record.withdrawn_at is not null
returning record.pseudonym
"""

TOLD = "create temporary table told (reference text) on commit drop"
"""Takes every reference that a full extract has."""

TOLD_COPY = "copy told (reference) from stdin (format csv)"

# What came by itself on the extract's day or after it is not in it, and not gone for that.
_STOOD = """
source = %(source)s and withdrawn_at is null
and (seen_on is null or seen_on < %(day)s or (load_id is not null and seen_on = %(day)s))
"""
_LACKED = f"""
select count(*), count(*) filter (where not exists (select from told where told.reference = record.reference))
from record where {_STOOD}
"""
_WITHDRAW = f"""
update record set withdrawn_at = clock_timestamp(), changed_at = clock_timestamp(), load_id = %(load)s
where {_STOOD} and not exists (select from told where told.reference = record.reference)
"""

Cursor = psycopg.Cursor[tuple[object, ...]]


def none_of(cursor: Cursor, source: str) -> bool:
    """Whether no record of this source is here."""
    row = cursor.execute("select not exists (select from record where source = %s)", [source]).fetchone()
    return row is not None and bool(row[0])


def any_erased(cursor: Cursor) -> bool:
    """Whether somebody is here who was erased: only within the transaction of a copy that did not look."""
    # One look at an index for each who was erased, however many records there are.
    row = cursor.execute(
        "select exists (select from erasure, lateral"
        " (select from record where record.pseudonym = erasure.pseudonym limit 1) there)"
    ).fetchone()
    return row is not None and bool(row[0])


def taken_over(cursor: Cursor) -> list[str]:
    """Moves what was staged into the vault's records, in the caller's transaction; the pseudonyms of records that are
    new or say something else."""
    return [str(pseudonym) for (pseudonym,) in cursor.execute(_TAKE).fetchall()]


def lacked(cursor: Cursor, source: str, day: date) -> tuple[int, int]:
    """Records of a source that stood on the day of a full extract, and how many of them are not among `told`."""
    row = cursor.execute(_LACKED, {"source": source, "day": day}).fetchone()
    standing, missing = row or (0, 0)
    return int(str(standing)), int(str(missing))


def withdraw(cursor: Cursor, source: str, day: date, load_id: UUID | None) -> None:
    """Whoever a full extract of that day no longer has (is not among `told`) is withdrawn; all else of them stays."""
    cursor.execute(_WITHDRAW, {"source": source, "day": day, "load": load_id})


def digest_of(row: Mapping[str, Any]) -> UUID:
    """What a record says, in 16 bytes: the same means unchanged. MD5 guards against nobody here.

    The day of the extract is no news of anybody: without it, loading the same file tomorrow changes nothing.
    """
    said = "\x1f".join("" if name == "seen_on" or row.get(name) is None else str(row[name]) for name in IDENTITY)
    return UUID(bytes=hashlib.md5(said.encode(), usedforsecurity=False).digest())


_PUT = (
    f"insert into record ({', '.join(COLUMNS)}) select {', '.join(f'%({name})s' for name in COLUMNS)}"
    " where not exists (select from erasure where pseudonym = %(pseudonym)s)"
    " on conflict (source, reference) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:])
    + ", changed_at = case when record.digest <> excluded.digest then clock_timestamp() else record.changed_at end,"
    " withdrawn_at = null returning record_id"
)


async def put(vault: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """A few records, one by one: new ones come in, known ones say what they say now; their ids.

    `rows` are canonical columns, with `source` and `reference`. What was erased stays away: no id for it.
    """
    ids = []
    for row in rows:
        values = {name: row.get(name) for name in COLUMNS} | {
            "digest": digest_of(row),
            "pseudonym": pseudonyms.of_record(row["source"], row["reference"]),
        }
        ids += [row.record_id for row in await direct.fetch(vault, _PUT, values)]
    return ids
