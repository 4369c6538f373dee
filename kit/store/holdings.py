"""What a service holds about somebody, read from its own tables: who asks gets all of it, who is erased leaves none.

A table holds a person when a column of it says so (`person_id`, `<whose>_person_id`, `person_ids`, a key to a table
`person`), when it hangs on such a table by a foreign key, or, of a whole household, by `household_id`. That is derived,
so a new table is covered from its first day; an owner adds rules only where the tables don't say it all. The law
`tests/laws/test_rights.py` finds what nobody covers.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    and_,
    delete,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY as PG_ARRAY

from kit.contracts.rights import PackageItem, TableProof
from kit.store.unit import UnitOfWork

# Columns of workers: their names are theirs, and the person's view says team, purpose and day (spec: casefile 10).
_OF_WORKERS: Final = re.compile(
    r"(^|_)(by|worker|workers|actor|holder|manager|lead|owner|principal|adviser|officer|author|registrar)$"
)
_TECHNICAL: Final = frozenset({"version", "sequence", "digest", "chain", "salt", "cause", "attempts"})
_WHEN: Final = (
    "occurred_at", "happened_at", "on", "day", "starts_on", "at", "recorded_at", "received_at", "raised_at",
    "offered_at", "opened_at", "registered_at", "created_at", "made_at", "changed_at",
)  # fmt: skip
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_OF_PARTS: Final = ("part", "compartment")
_ORDINARY: Final = frozenset({"", "ordinary", "front", "inside"})
NEEDED: Final = "needed_by_what_is_kept"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an owner says of one table beyond what its columns say."""

    title: str | None = None
    part: str = "ordinary"
    """The compartment its rows belong to, e.g. `abuse`: who checks them needs to know."""
    retention: str = "casework"
    """The code of the retention schedule it is kept under."""
    given: bool = True
    """Part of a package. A copy of another owner's fact is not: that owner gives it."""
    people: tuple[str, ...] = ()
    households: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()
    blanked: Mapping[str, Any] | None = None
    """What stands in a row that cannot go because something that is kept hangs on it."""


@dataclass(frozen=True, slots=True)
class Lived:
    """From one day to the first day no longer."""

    household_id: UUID
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose data: every id of one person, and the households that are theirs (for an erasure: theirs alone)."""

    people: frozenset[UUID]
    households: frozenset[UUID] = frozenset()
    lived: tuple[Lived, ...] = ()
    """When they belonged to those households: what a household did when they had left is not theirs to read."""

    def was_there(self, household_id: UUID | None, day: date | None) -> bool:
        """Whether what is dated `day` of a household (None: one of theirs) is of their time there; undated: of now."""
        return any(
            household_id in (None, each.household_id)
            and (each.until is None if day is None else each.since <= day and (each.until is None or day < each.until))
            for each in self.lived
        )


@dataclass(frozen=True, slots=True)
class Holding:
    """One table that holds people."""

    table: Table
    rule: Rule
    people: tuple[Column[Any], ...]
    lists: tuple[Column[Any], ...]
    households: tuple[Column[Any], ...]
    hangs_on: tuple[ForeignKeyConstraint, ...]

    @property
    def title(self) -> str:
        """What it is, in plain words."""
        return self.rule.title or (self.table.comment or self.table.name.replace("_", " ")).split(":")[0]


@dataclass
class Holdings:
    """Every table of one service that holds people. `nobody` names those that only look so, each with its reason."""

    metadata: MetaData
    rules: Mapping[str, Rule] = field(default_factory=dict)
    nobody: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _found(self) -> dict[str, Holding]:
        """Found at first use, when every model is known. ValueError for a rule about no table: it protects nothing."""
        if unknown := {*self.rules, *self.nobody} - set(self.metadata.tables):
            raise ValueError(f"no such tables: {sorted(unknown)}")
        found: dict[str, Holding] = {}
        for table in self.metadata.sorted_tables:
            if table.name not in self.nobody and (holding := self._of(table, found)) is not None:
                found[table.name] = holding
        return found

    @property
    def all(self) -> Sequence[Holding]:
        """What holds people, in the order of foreign keys."""
        return tuple(self._found.values())

    def _of(self, table: Table, found: Mapping[str, Holding]) -> Holding | None:
        rule = self.rules.get(table.name, Rule(given=not table.name.startswith("known_")))
        people = tuple(each for each in table.columns if _is_person(each) or each.name in rule.people)
        single = tuple(each for each in people if not isinstance(each.type, ARRAY))
        several = tuple(each for each in people if isinstance(each.type, ARRAY))
        homes = tuple(each for each in table.columns if _is_household(each) or each.name in rule.households)
        hangs_on = tuple(each for each in table.foreign_key_constraints if each.referred_table.name in found)
        if not (people or homes or hangs_on):
            return None
        return Holding(table, rule, single, several, homes, hangs_on)

    def rows_of(self, holding: Holding, whose: Whose, seen: frozenset[str] = frozenset()) -> ColumnElement[bool]:
        """The condition: a row is theirs. Named people count first, then what it hangs on, then the household."""
        people = sorted(whose.people)
        named = [each.in_(people) for each in holding.people]
        named += [each.overlap(literal(people, PG_ARRAY(Uuid))) for each in holding.lists]
        nobody = and_(
            true(),
            *(each.is_(None) for each in holding.people),
            *(func.cardinality(each) == 0 for each in holding.lists),
        )
        hanging = []
        for key in holding.hangs_on:
            above = self._found[key.referred_table.name]
            if above.table.name not in seen | {holding.table.name}:
                inside = self.rows_of(above, whose, seen | {holding.table.name})
                targets = [each.column for each in key.elements]
                theirs = select(*targets).where(inside)
                hanging.append(tuple_(*key.columns).in_(theirs) if len(targets) > 1 else _only(key).in_(theirs))
        homes = sorted(whose.households)
        hanging += [each.in_(homes) for each in holding.households]
        rest = or_(false(), *hanging)
        return or_(false(), *named, and_(nobody, rest) if holding.people or holding.lists else rest)

    async def collect(self, unit: UnitOfWork, whose: Whose) -> list[PackageItem]:
        """Everything the service's tables hold about them and gives, oldest table first.

        A row that hangs on another is of its compartment, and theirs as that one is. What is a household's is given for
        the time they belonged to it, and marked as somebody else's too.
        """
        found: list[PackageItem] = []
        seen: dict[tuple[str, tuple[Any, ...]], _Seen] = {}
        for holding in self.all:
            if not holding.rule.given:
                continue
            rows = await unit.session.execute(select(holding.table).where(self.rows_of(holding, whose)))
            for row in rows:
                values = dict(row._mapping)
                above = [
                    seen[place]
                    for key in holding.hangs_on
                    if (place := (key.referred_table.name, tuple(values[each.name] for each in key.columns))) in seen
                ]
                here = _Seen(
                    named=_names(holding, values, whose.people) or any(each.named for each in above),
                    part=_part(holding, values, above),
                )
                home = next((values[each.name] for each in holding.households if values[each.name]), None)
                if not here.named and not whose.was_there(home, _day(values)):
                    continue
                seen[holding.table.name, tuple(values[each.name] for each in holding.table.primary_key.columns)] = here
                found.append(_item(holding, values, whose, here))
        return found

    async def erase(self, unit: UnitOfWork, whose: Whose, kept: Iterable[str]) -> list[TableProof]:
        """Delete their rows, those that hang on others first; what must be kept stays, and what it stands on too.

        Returns what became of each table that held something. A second time finds nothing to do.
        """
        proofs, must_stay = [], frozenset(kept)
        for holding in reversed(self.all):
            theirs = self.rows_of(holding, whose)
            if holding.rule.retention in must_stay:
                stay = await self._count(unit, holding, theirs)
                if stay:
                    proofs.append(_proof(holding, kept=stay, why=holding.rule.retention))
                continue
            shortened = await self._take_out(unit, holding, whose)
            free = and_(theirs, *(not_(each) for each in self._referring(holding.table)))
            keys = list(holding.table.primary_key.columns)
            gone = [
                tuple(row) for row in await unit.session.execute(delete(holding.table).where(free).returning(*keys))
            ]
            left = await self._count(unit, holding, theirs)
            blanked = 0
            if left and holding.rule.blanked is not None:
                await unit.session.execute(update(holding.table).where(theirs).values(holding.rule.blanked))
                blanked, left = left, 0
            blanked += shortened
            if gone or left or blanked:
                digest = digest_of(f"{holding.table.name}:{'/'.join(map(str, key))}" for key in gone)
                proofs.append(
                    _proof(
                        holding, deleted=len(gone), blanked=blanked, kept=left, why=NEEDED if left else None,
                        digest=digest if gone else None,
                    )
                )  # fmt: skip
        return proofs

    async def _take_out(self, unit: UnitOfWork, holding: Holding, whose: Whose) -> int:
        """Rows that name others beside them stay, without them. How many."""
        people = literal(sorted(whose.people), PG_ARRAY(Uuid))
        done = 0
        for column in holding.lists:
            with_others = and_(column.overlap(people), not_(column.contained_by(people)))
            without: Any = column
            for each in sorted(whose.people):
                without = func.array_remove(without, each)
            changed = await unit.session.execute(
                update(holding.table).where(with_others).values({column.name: without}).returning(literal(1))
            )
            done += len(changed.all())
        return done

    async def _count(self, unit: UnitOfWork, holding: Holding, theirs: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(holding.table).where(theirs)
        return (await unit.session.scalar(query)) or 0

    def _referring(self, table: Table) -> Iterable[ColumnElement[bool]]:
        """Conditions: another table's row still points at this one."""
        for other in self.metadata.sorted_tables:
            for key in other.foreign_key_constraints:
                if key.referred_table is table and other is not table:
                    pairs = zip(key.columns, key.elements, strict=True)
                    points = and_(*(column == element.column for column, element in pairs))
                    yield exists(select(literal(1)).select_from(other).where(points).correlate(table))


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256 over lines in their order as text; what a proof binds without telling it."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _is_person(column: Column[Any]) -> bool:
    if _refers_to(column, "person"):
        return True
    kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
    return isinstance(kind, Uuid) and re.search(r"(^|_)person_ids?$", column.name) is not None


def _is_household(column: Column[Any]) -> bool:
    return isinstance(column.type, Uuid) and re.search(r"(^|_)household_id$", column.name) is not None


def _refers_to(column: Column[Any], table: str) -> bool:
    return any(each.target_fullname == f"{table}.id" for each in column.foreign_keys)


def _only(key: ForeignKeyConstraint) -> Column[Any]:
    return next(iter(key.columns))


def _proof(holding: Holding, **numbers: Any) -> TableProof:
    return TableProof(table=holding.table.name, title=holding.title, **numbers)


# A row as its person reads it ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is known of a row: whether it names them, and its compartment."""

    named: bool
    part: str


def _names(holding: Holding, row: Mapping[str, Any], people: frozenset[UUID]) -> bool:
    return any(row[each.name] in people for each in holding.people) or any(
        not people.isdisjoint(row[each.name] or ()) for each in holding.lists
    )


def _part(holding: Holding, row: Mapping[str, Any], above: Iterable[_Seen]) -> str:
    """Its own column's word, its table's, or that of what it hangs on: whichever is not ordinary."""
    own = [row[name] for name in _OF_PARTS if isinstance(row.get(name), str)]
    words = [*own, holding.rule.part, *(each.part for each in above)]
    return next((each for each in words if each not in _ORDINARY), "ordinary")


def _item(holding: Holding, row: Mapping[str, Any], whose: Whose, here: _Seen) -> PackageItem:
    key = "/".join(str(row[each.name]) for each in holding.table.primary_key.columns)
    others = {row[each.name] for each in holding.people} - whose.people - {None}
    others |= {id_ for each in holding.lists for id_ in row[each.name] or ()} - whose.people
    hidden = holding.rule.left_out | _TECHNICAL
    fields = {
        name: told
        for name, value in row.items()
        if name not in hidden
        and not _OF_WORKERS.search(name)
        and not isinstance(holding.table.columns[name].type, LargeBinary)
        and (told := told_of(value)) not in (None, "", [], {})
    }
    return PackageItem(
        table=holding.table.name,
        record=key,
        title=holding.title,
        part=here.part,
        # Of a household, or naming somebody else: read with the other's eyes too before it goes out.
        shared=bool(others) or not here.named,
        on=_day(row),
        fields=fields,
    )


def _day(row: Mapping[str, Any]) -> date | None:
    for name in _WHEN:
        value = row.get(name)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
    return None


def told_of(value: Any) -> Any:
    """A value in JSON, without the ids that say nothing to a person and may point at somebody else."""
    match value:
        case None | bool() | int() | float():
            return value
        case UUID() | bytes() | memoryview():
            return None
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case Mapping():
            told = {
                str(name): told_of(each)
                for name, each in value.items()
                if not _OF_WORKERS.search(str(name)) and not str(name).endswith(("_id", "_ids"))
            }
            return {name: each for name, each in told.items() if each not in (None, "", [], {})}
        case list() | tuple() | set() | frozenset():
            return [told for each in value if (told := told_of(each)) not in (None, "", [], {})]
        case _:
            text = str(value)
            return None if _UUID.match(text) else text
