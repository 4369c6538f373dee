"""Turning rows into people and households: known ones are matched, new ones made, faulty ones left out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, text

from kit import clock
from kit.errors import Invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.imports import domain
from services.casefile.imports.copying import copy_in
from services.casefile.imports.models import HouseholdSource, ImportRefusal, PersonSource
from services.casefile.imports.reading import Row
from services.casefile.people import sealed_register
from services.casefile.people.commands import columns, entry_of
from services.casefile.people.domain import Details, details
from services.casefile.people.identifiers import PartialDate
from services.casefile.people.models import Household, Membership, Person
from services.casefile.people.search_index import index_people

Key = tuple[str, str]
"""A source, and a reference there."""

_JSON = ("names", "addresses", "contacts")


@dataclass(slots=True)
class Counts:
    """What became of the rows: each is created, matched or refused."""

    people_created: int = 0
    people_matched: int = 0
    households_created: int = 0
    rows_refused: int = 0

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> "Counts":
        return cls(**{name: result.get(name, 0) for name in cls.__slots__})

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class _Read(NamedTuple):
    """A row that reads as a person."""

    line: int
    row: Row
    details: Details
    digest: bytes


@dataclass(slots=True)
class _Refusals:
    import_id: UUID
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, line: int, column: str, rule: str, detail: str) -> None:
        self.rows.append({"import_id": self.import_id, "line": line, "field": column, "rule": rule, "detail": detail})


async def load(unit: UnitOfWork, import_id: UUID, rows: Iterable[tuple[int, Row]], counts: Counts) -> None:
    """Load some rows of an import; a row loaded before, by this import or another, changes nothing."""
    refusals = _Refusals(import_id)
    read = _read(rows, refusals, counts)
    known = await _known(unit, list(read))
    for key in read.keys() & known.keys():
        each = read.pop(key)
        if known[key] == each.digest:
            counts.people_matched += 1
        else:
            # From here on the case file owns the person: a changed extract must not overwrite what workers wrote.
            refusals.add(each.line, *_DIFFERENT)
    await _create(unit, read, refusals, counts)
    counts.rows_refused += len(refusals.rows)
    if refusals.rows:
        await unit.session.execute(insert(ImportRefusal), refusals.rows)


_DIFFERENT = ("/reference", "loaded-differently", "This reference was loaded with other values before")


def _read(rows: Iterable[tuple[int, Row]], refusals: _Refusals, counts: Counts) -> dict[Key, _Read]:
    today = clock.today()
    read: dict[Key, _Read] = {}
    for line, row in rows:
        try:
            found = details(domain.person_of(row), today=today)
        except Invalid as error:
            refusals.add(line, *domain.refusal_of(error))
            continue
        each = _Read(line, row, found, domain.digest_of(row))
        before = read.setdefault(domain.key_of(row), each)
        if before is not each and before.digest == each.digest:
            counts.people_matched += 1
        elif before is not each:
            refusals.add(line, *_DIFFERENT)
    return read


async def _known(unit: UnitOfWork, keys: Sequence[Key]) -> dict[Key, bytes]:
    rows = await unit.session.execute(
        text(
            "select source, reference, digest"
            " from unnest(cast(:sources as text[]), cast(:references as text[])) as wanted (s, r)"
            " join person_source on source = s and reference = r"
        ),
        {"sources": [key[0] for key in keys], "references": [key[1] for key in keys]},
    )
    return {(row.source, row.reference): row.digest for row in rows}


async def _create(unit: UnitOfWork, read: Mapping[Key, _Read], refusals: _Refusals, counts: Counts) -> None:
    numbers = await _Numbers.held(unit, [each.details for each in read.values()])
    new: dict[UUID, _Read] = {}
    sources = []
    for key, each in read.items():
        person_id = numbers.holder(each.details)
        if person_id is None:
            person_id = new_id()
            new[person_id] = each
            numbers.note(each.details, person_id)
        elif numbers.differs(each.details, person_id):
            refusals.add(each.line, *_ANOTHERS)
            continue
        else:
            counts.people_matched += 1
        sources.append({"source": key[0], "reference": key[1], "person_id": person_id, "digest": each.digest})
    counts.people_created += len(new)
    homes = await _homes(unit, new, counts)
    now = clock.business_now()
    known = {id_: columns(each.details) for id_, each in new.items()}
    await copy_in(unit, Person.__tablename__, _people(unit, known, now))
    await copy_in(unit, PersonSource.__tablename__, sources)
    today = clock.today()
    members = ({"household_id": home, "person_id": id_, "since": today} for id_, home in homes.items())
    await copy_in(unit, Membership.__tablename__, members)
    await index_people(unit.session, [entry_of(id_, each.details) for id_, each in new.items()])
    told = [sealed_register.identity(id_, 1, each, homes[id_], changed_at=now) for id_, each in known.items()]
    sealed_register.tell_load(unit, told)


_ANOTHERS = ("/nhs_number", "number-of-another", "Someone with another date of birth has one of these numbers")


def _people(unit: UnitOfWork, new: Mapping[UUID, dict[str, Any]], now: datetime) -> Iterable[dict[str, Any]]:
    fixed = {
        "version": 1,
        "source": "import",
        "restricted": False,
        "registered_by": unit.cause.actor,
        "registered_at": now,
        "changed_at": now,
    }
    for id_, known in new.items():
        yield {"id": id_, **fixed, **known, **{name: json.dumps(known[name]) for name in _JSON}}


@dataclass(slots=True)
class _Numbers:
    """Who has which NHS or National Insurance number, and is born when: the number says who a row is about."""

    holders: dict[tuple[str, str], UUID]
    born: dict[UUID, PartialDate | None]

    @classmethod
    async def held(cls, unit: UnitOfWork, found: Sequence[Details]) -> "_Numbers":
        nhs = [each.nhs_number for each in found if each.nhs_number]
        nino = [each.nino for each in found if each.nino]
        rows = await unit.session.execute(
            text(
                "select id, nhs_number, nino, date_of_birth from person"
                " where (nhs_number = any(cast(:nhs as text[])) or nino = any(cast(:nino as text[])))"
                # Nobody may learn from an import whom outreach has heard of.
                " and not introduced"
                # Of two who are one person, the one who stands comes last and counts.
                " order by merged_into is null, id"
            ),
            {"nhs": nhs, "nino": nino},
        )
        numbers = cls({}, {})
        for row in rows:
            born = PartialDate.parse(row.date_of_birth) if row.date_of_birth else None
            numbers._note(row.nhs_number, row.nino, born, row.id)
        return numbers

    def note(self, found: Details, person_id: UUID) -> None:
        """A new person has their numbers from now on."""
        self._note(found.nhs_number, found.nino, found.date_of_birth, person_id)

    def _note(self, nhs: str | None, nino: str | None, born: PartialDate | None, person_id: UUID) -> None:
        self.born[person_id] = born
        for kind, number in (("nhs", nhs), ("nino", nino)):
            if number:
                self.holders[kind, number] = person_id

    def holder(self, found: Details) -> UUID | None:
        """Who has one of the row's numbers."""
        for kind, number in (("nhs", found.nhs_number), ("nino", found.nino)):
            if number and (kind, number) in self.holders:
                return self.holders[kind, number]
        return None

    def differs(self, found: Details, person_id: UUID) -> bool:
        """Whether the birth dates say that the number is a slip: one of the two would be lost in the other."""
        theirs = self.born[person_id]
        return bool(theirs and found.date_of_birth and not theirs.compatible(found.date_of_birth))


async def _homes(unit: UnitOfWork, new: Mapping[UUID, _Read], counts: Counts) -> dict[UUID, UUID]:
    """The household of each new person: the one its reference had before, a new one, or one of their own."""
    references = {id_: domain.household_of(each.row) for id_, each in new.items()}
    named = {key for key in references.values() if key is not None}
    rows = await unit.session.execute(
        text(
            "select source, reference, household_id"
            " from unnest(cast(:sources as text[]), cast(:references as text[])) as wanted (s, r)"
            " join household_source on source = s and reference = r"
        ),
        {"sources": [key[0] for key in named], "references": [key[1] for key in named]},
    )
    homes: dict[Key, UUID] = {(row.source, row.reference): row.household_id for row in rows}
    sourced = {key: new_id() for key in sorted(named - homes.keys())}
    homes |= sourced
    alone = {id_: new_id() for id_, key in references.items() if key is None}
    now = clock.business_now()
    fixed = {"version": 1, "formed_at": now, "changed_at": now, "formed_by": unit.cause.actor}
    made = [*sourced.values(), *alone.values()]
    await copy_in(unit, Household.__tablename__, ({"id": id_, **fixed} for id_ in made))
    await copy_in(
        unit,
        HouseholdSource.__tablename__,
        ({"source": key[0], "reference": key[1], "household_id": id_} for key, id_ in sourced.items()),
    )
    counts.households_created += len(made)
    return {id_: homes[key] if key is not None else alone[id_] for id_, key in references.items()}
