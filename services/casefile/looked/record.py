"""What stands on record about one person, told apart: what they may read, and what only a specialist releases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text

from kit import clock
from kit.store.access import of_the_council
from kit.store.tables import known_team
from kit.store.unit import UnitOfWork
from services.casefile.access import record as record_of_access
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.looked import domain
from services.casefile.looked.domain import Kind, Line, Read
from services.casefile.looked.models import Release
from services.casefile.people.aliases import all_ids

MONTHS_BACK: Final = 24
_MOST_READ: Final = 20_000
_PARTS: Final[Mapping[Kind, Part]] = {
    Kind.ABUSE: Part.ABUSE,
    Kind.SAFEGUARDING: Part.SAFEGUARDING,
    Kind.DRUGS_AND_ALCOHOL: Part.DRUGS_AND_ALCOHOL,
    Kind.IMMIGRATION: Part.IMMIGRATION,
    Kind.CRIME: Part.CRIME,
    Kind.RESTRICTED: Part.RESTRICTED,
}
# Records whose own row says which part of the file they are of: by the word before the "/" in the record of access.
_OF_RECORDS: Final = {
    "case": text("select id::text as id, compartment as part from case_file where id = any(cast(:ids as uuid[]))"),
    "note": text("select id::text as id, part from note where id = any(cast(:ids as uuid[]))"),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """Everything on record about one person: shown, and kept back."""

    shown: Sequence[Line]
    kept: Sequence[tuple[Read, Line, Kind]]
    released: frozenset[int]


async def seen_kinds(unit: UnitOfWork, person_id: UUID, kinds: Iterable[Kind]) -> frozenset[Kind]:
    """Of which of these kinds the caller may see this person's file."""
    return frozenset([kind for kind in kinds if await may_see(unit, _PARTS[kind], person_id=person_id)])


async def of_person(unit: UnitOfWork, person_id: UUID) -> Looked:
    """Every time somebody looked or wrote, under whichever of their ids; never because they live with somebody."""
    whole = await all_ids(unit.session, [person_id])
    rows_of_them = record_of_access.of_people(whole)
    done = (rows_of_them.c.at >= since()) & (rows_of_them.c.outcome == "done")
    query = record_of_access.newest_first(rows_of_them).where(done).limit(_MOST_READ)
    rows = (await unit.session.execute(query)).all()
    parts = await _parts(unit, [row.record for row in rows])
    reads = [
        Read(row.id, row.at, row.actor, row.roles, row.purpose, row.action, row.record, parts.get(row.record, ""))
        for row in rows
    ]
    released = await _released(unit, whole)
    teams = await _teams(unit)
    shown: dict[Line, None] = {}
    kept: list[tuple[Read, Line, Kind]] = []
    for read in filter(domain.is_somebody, reads):
        theirs = _on(teams.get(read.actor, ()), read.at)
        line = domain.line_of(read, theirs)
        kind = domain.kept_back(read, theirs)
        if kind is not None:
            kept.append((read, line, kind))
        if kind is None or read.entry in released:
            shown[line] = None
    # By the day alone: the order within a day would tell what stood between.
    return Looked(sorted(shown, key=lambda each: (-each.on.toordinal(), each.team, each.why)), kept, released)


def since() -> datetime:
    return clock.now() - timedelta(days=MONTHS_BACK * 365 // 12)


async def _parts(unit: UnitOfWork, records: Iterable[str]) -> dict[str, str]:
    """Of which part of the file each record is, where its own row says so."""
    ids: dict[str, set[str]] = {}
    for record in records:
        kind, _, id_ = record.partition("/")
        if kind in _OF_RECORDS and _is_uuid(id_):
            ids.setdefault(kind, set()).add(id_)
    found: dict[str, str] = {}
    for kind, wanted in ids.items():
        for id_, part in await unit.session.execute(_OF_RECORDS[kind], {"ids": sorted(wanted)}):
            found[f"{kind}/{id_}"] = part
    return found


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


async def _released(unit: UnitOfWork, person_ids: Iterable[UUID]) -> frozenset[int]:
    rows = await unit.session.scalars(select(Release.entries).where(Release.person_id.in_(list(person_ids))))
    return frozenset(entry for entries in rows for entry in entries)


async def _teams(unit: UnitOfWork) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Each worker's places in teams."""
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    teams = select(known_team.c.code, known_team.c.members).where(of_the_council())
    for code, members in await unit.session.execute(teams):
        for member in members:
            found.setdefault(str(member["worker_id"]), []).append((code, member))
    return found


def _on(places: Sequence[tuple[str, Mapping[str, Any]]], at: datetime) -> list[str]:
    """The codes of the teams they were of on that day; without one, of any they were ever of."""
    day = at.astimezone(clock.LONDON).date().isoformat()
    then = [
        code
        for code, place in places
        if (not place.get("from") or place["from"] <= day) and (not place.get("to") or day < place["to"])
    ]
    return sorted(set(then or [code for code, _ in places]))
