"""Records into the vault in bulk: COPY into a staging table, then only what is new or changed is written.

    with psycopg.connect(dsn) as vault, vault.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy: ...          # CSV, columns in the order of COLUMNS
        made, changed = taken_over(cursor)

For the child process that loads a source. Loading twice changes nothing, and what was erased stays away.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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

COPY = f"copy staged ({', '.join(COLUMNS)}) from stdin (format csv)"

_TAKE = f"""
insert into record ({", ".join(COLUMNS)}) select {", ".join(COLUMNS)} from staged
where not exists (select from erasure where erasure.pseudonym = staged.pseudonym)
on conflict (source, reference) do update set
    {", ".join(f"{column} = excluded.{column}" for column in COLUMNS[2:])},
    changed_at = clock_timestamp(), withdrawn_at = null
where record.digest <> excluded.digest or record.withdrawn_at is not null
returning record.record_id, old.record_id is null as made
"""

_WITHDRAW = """
update record set withdrawn_at = clock_timestamp(), changed_at = clock_timestamp(), load_id = %(load)s
where source = %(source)s and withdrawn_at is null
  and not exists (select from staged where staged.source = record.source and staged.reference = record.reference)
returning record_id
"""

Cursor = psycopg.Cursor[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a load did to the vault: ids of records that are new, that say something else, that are gone."""

    made: list[UUID]
    changed: list[UUID]
    withdrawn: list[UUID]


def taken_over(cursor: Cursor, *, whole: str | None = None, load_id: UUID | None = None) -> Taken:
    """Moves what was staged into the vault's records, in the caller's transaction.

    `whole` names a source whose file holds all of its records: those it no longer holds count as withdrawn.
    """
    found = cursor.execute(_TAKE).fetchall()
    gone = cursor.execute(_WITHDRAW, {"source": whole, "load": load_id}).fetchall() if whole else []
    ids: dict[bool, list[UUID]] = {True: [], False: []}
    for record_id, made in found:
        ids[bool(made)].append(UUID(str(record_id)))
    return Taken(ids[True], ids[False], [UUID(str(row[0])) for row in gone])


def digest_of(row: Mapping[str, Any]) -> UUID:
    """What a record says, in 16 bytes: the same means unchanged. MD5 guards against nobody here.

    The day of the extract is no news of anybody: without it, loading the same file tomorrow changes nothing.
    """
    said = "\x1f".join("" if name == "seen_on" or row.get(name) is None else str(row[name]) for name in IDENTITY)
    return UUID(bytes=hashlib.md5(said.encode(), usedforsecurity=False).digest())


_PUT = text(
    f"insert into record ({', '.join(COLUMNS)}) select {', '.join(f':{name}' for name in COLUMNS)}"
    " where not exists (select from erasure where pseudonym = :pseudonym)"
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
        found = await vault.scalar(_PUT, values)
        ids += [UUID(str(found))] if found else []
    return ids
