"""Rows about one person and one household in every table that has such, made from the tables themselves.

A new table is planted without a line here. Every text that is no code holds the canary: wherever it shows, something
of this file is told.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Column, Table, types
from sqlalchemy.dialects import postgresql

from kit.testing.databases import ServiceDatabase
from services.casefile.app import SERVICE

CANARY = "canary-melusine"
INSIDER = "insider"
_CODE = re.compile(r"^([a-z_]+)(?: \||$| \()")
_WORKER = re.compile(
    r"(_by|_with)$|^(worker|owner|actor|account_manager|lead|manager|adviser|author|from_worker|sender)$"
)
# Who they are and where they live is made by the door; what is about nobody, or a copy for searching, is not planted.
_APART = frozenset(
    "person household membership person_search name_token timeline_head access_alert downtime_pack".split()
)
# Of these a row would change who may see the file, which is the very thing that is tried; or it takes two people.
_UNPLANTED = frozenset("circle_place circle conflict separation separation_bar relationship case_reallocated".split())
# What the columns do not say: tables whose checks want something else of one of them.
_SAID: dict[str, dict[str, Any]] = {
    "outcome": {"achieved_on": date(2026, 1, 1)},
    # About nobody: it stands under what is somebody's.
    "work_vacancy": {
        "opens_to_others_on": date(2999, 1, 1),
        **dict.fromkeys(("title", "employer", "scheme", "details"), "Cook"),
    },
    "adviser_handover": {"to_adviser": "somebody-else"},
}
# Which table is behind an address, where the placeholder's name does not say.
_BEHIND = {
    "cases": "case_file",
    "broken-glass": "broken_glass",
    "benefit-checks": "benefit_check",
    "work-offers": "work_offer",
    "work-vacancies": "work_vacancy",
    "support-plans": "support_plan",
}


class Planted:
    """What was planted: the id of each table's row, and what could not be."""

    def __init__(self) -> None:
        self.ids: dict[str, UUID] = {}
        self.failed: dict[str, str] = {}

    def of(self, placeholder: str, address: str = "") -> UUID | None:
        """The row a path's or a body's `<stem>_id` may mean."""
        before = address.partition(f"/{{{placeholder}}}")[0].rpartition("/")[2]
        if before in _BEHIND:
            return self.ids.get(_BEHIND[before])
        stem = {"case_id": "case_file", "glass_id": "broken_glass"}.get(placeholder, placeholder.removesuffix("_id"))
        names = [name for name in self.ids if name == stem or name.endswith(f"_{stem}") or name.startswith(f"{stem}_")]
        exact = [name for name in names if name == stem or name.endswith(f"_{stem}")]
        return self.ids[min(exact or names, key=len)] if names else None


def plant(stored: ServiceDatabase, person_id: str, household_id: str) -> Planted:
    """Plant what there can be of this person and household, and what that stands on."""
    done = Planted()
    tables = _to_plant()
    known = {"person": UUID(person_id), "household": UUID(household_id)}
    url = stored.url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(url, autocommit=True) as connection:
        for table in tables:
            row = {column.name: _value(table, column, known, done) for column in table.columns if _wanted(column)}
            row |= _SAID.get(table.name, {})
            words = sql.SQL("insert into {} ({}) values ({})").format(
                sql.Identifier(table.name),
                sql.SQL(", ").join(map(sql.Identifier, row)),
                sql.SQL(", ").join(sql.Placeholder() for _ in row),
            )
            try:
                connection.execute(words, list(row.values()))
            except psycopg.Error as error:
                done.failed[table.name] = str(error).splitlines()[0]
                continue
            done.ids[table.name] = row["id"] if isinstance(row.get("id"), UUID) else uuid4()
    return done


def _to_plant() -> list[Table]:
    """Tables about people, those that lean on them, and those that they lean on; in an order that can be kept."""
    whole = [
        table
        for table in SERVICE.metadata.sorted_tables
        if table.name not in _APART | _UNPLANTED and not table.name.startswith(("known_", "import"))
    ]
    about: set[str] = set()
    for table in whole:
        names = tuple(column.name for column in table.columns)
        own = any(name.endswith(("person_id", "household_id", "person_ids", "household_ids")) for name in names)
        if own or any(key.column.table.name in about for key in table.foreign_keys):
            about.add(table.name)
    under = {key.column.table.name for table in whole if table.name in about for key in table.foreign_keys}
    return [table for table in whole if table.name in about | under]


def _wanted(column: Column[Any]) -> bool:
    if isinstance(column.server_default, type(None)) and not column.nullable:
        return True
    # What says whose it is stays; the rest is as nobody has filled it yet.
    return column.name.endswith(("person_id", "household_id", "case_id")) or bool(column.foreign_keys)


def _value(table: Table, column: Column[Any], known: Mapping[str, UUID], done: Planted) -> Any:
    name, kind = column.name, column.type
    for key in column.foreign_keys:
        target = key.column.table.name
        if target in known or target in done.ids:
            return known.get(target) or done.ids[target]
    if isinstance(kind, types.ARRAY | postgresql.ARRAY):
        which = "person" if name.endswith("person_ids") else "household" if name.endswith("household_ids") else None
        return [known[which]] if which else []
    if isinstance(kind, types.Uuid):
        for word, id_ in known.items():
            if name.endswith(f"{word}_id"):
                return id_
        return uuid4() if name == "id" or column.primary_key else done.of(name) or uuid4()
    return _plain(table, column)


def _plain(table: Table, column: Column[Any]) -> Any:
    name, kind, comment = column.name, column.type, column.comment or ""
    if isinstance(kind, types.Text | types.String):
        if _WORKER.search(name):
            return INSIDER
        code = _CODE.match(comment)
        if code and "|" in comment:
            return code[1]
        return {"state": "open", "status": "open", "compartment": "", "part": "inside"}.get(
            name, f"{CANARY} {table.name}"
        )
    if isinstance(kind, postgresql.JSONB | types.JSON):
        return Jsonb([] if comment.startswith("[") or name.endswith("s") else {})
    for sort, value in (
        (types.Boolean, False),
        (types.DateTime, datetime.now(UTC)),
        (types.Date, date.today()),  # noqa: DTZ011  # any day will do
        (types.Numeric, 1),
        (types.Integer, 1),
        (types.LargeBinary, b"\0" * 32),
    ):
        if isinstance(kind, sort):
            return value
    raise TypeError(f"{table.name}.{name} is of a kind nobody has planted yet: {kind!r}")
