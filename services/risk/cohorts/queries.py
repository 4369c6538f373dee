"""Reads of cohorts: how many, who (by pseudonym), what a purpose may use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, and_, case, cast, func, not_, select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.cohorts import words
from services.risk.cohorts.counting import Look, holds, household_count, is_known, mark, marked
from services.risk.cohorts.domain import Condition, check_definition
from services.risk.cohorts.models import Cohort, CohortDefinition, CohortPublication, CohortRun, PublishedHome
from services.risk.cohorts.shapes import CohortSummary, CohortView, MemberView, PublicationView, RunView
from services.risk.facts.models import Home, Placing
from services.risk.observatory.disclosure import Place, Table, sketch
from services.risk.observatory.queries import Population
from services.risk.profiles.catalogue import book
from services.risk.profiles.domain import Definition
from services.risk.sources import standing as register
from services.risk.sources.queries import kinds_for


def titles(today: date) -> dict[str, str]:
    """What each factor is called today."""
    return {each.code: each.title for each in book(today).definitions}


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a purpose may use of the factors: by factor the sources, and what is hidden with the reason."""

    sources: Mapping[str, Sequence[str]]
    hidden: list[str]

    def may_use(self, factor: str) -> bool:
        """Whether any source of it may be used."""
        return bool(self.sources.get(factor))


async def allowed(unit: UnitOfWork, factors: frozenset[str], purpose: str, *, contact: bool = False) -> Allowed:
    """The sources that a purpose may use today for each of these factors, all its kinds being covered."""
    coverage = await kinds_for(unit, purpose, contact=contact)
    sources: dict[str, Sequence[str]] = {}
    hidden: set[str] = set()
    for definition in _definitions(factors):
        reads = definition.rule.reads
        whole = reads <= coverage.kinds
        sources[definition.code] = sorted({s for s, kind in coverage.pairs if kind in reads}) if whole else []
        hidden |= {each.reason for each in coverage.hidden if each.kind in reads and each.value is None}
    return Allowed(sources, sorted(hidden))


async def for_counting(
    unit: UnitOfWork, condition: Condition, pointer: str = "/definition", purpose: str | None = None
) -> Allowed:
    """Checks a definition and what the purpose (the request's) covers of it. Raises `Invalid` or `BeyondPurpose`."""
    purpose = purpose or unit.cause.purpose
    check_definition(condition, {each.code for each in book(clock.today()).definitions}, pointer)
    coverage = await kinds_for(unit, purpose)
    coverage.refuse_beyond(kind for each in _definitions(condition.factors) for kind in each.rule.reads)
    return await allowed(unit, condition.factors, purpose)


def _definitions(factors: frozenset[str]) -> list[Definition]:
    return [each for each in book(clock.today()).definitions if each.code in factors]


# How many ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Size:
    """How many households, exactly: for those who may see the members too."""

    households: int
    known: int
    uncertain: int
    might_join: int
    population: int

    @property
    def unknown(self) -> int:
        """Not known to services."""
        return self.households - self.known


async def size(unit: UnitOfWork, condition: Condition, look: Look) -> Size:
    """How many there are today. `uncertain`: they would not be in it without what rests on an uncertain link."""
    member, certainly = holds(condition, look), holds(condition, _certain(look))
    row = (
        await unit.session.execute(
            select(
                household_count().filter(member),
                household_count().filter(and_(member, is_known(look.today))),
                household_count().filter(and_(member, not_(certainly))),
                household_count().filter(and_(certainly, not_(member))),
                household_count(),
            ).select_from(Home)
        )
    ).one()
    return Size(*row)


def _certain(look: Look) -> Look:
    return Look(look.today, look.admitted, certain_only=True, factors=look.factors)


def _bands(column: ColumnElement[int]) -> ColumnElement[str]:
    return case((column >= 3, "3 or more"), else_=cast(cast(column, Integer), Text))


async def populations(
    unit: UnitOfWork, condition: Condition, look: Look, by: str | None
) -> tuple[Population, Population]:
    """The cohort by row and by known or not, and by certain or not, with sketches: what disclosure control needs."""
    groups: Mapping[str | None, ColumnElement[str]] = {
        None: func.coalesce("all"),
        "ward": func.coalesce(Home.ward, "none"),
        "children": _bands(Home.children.expression),
    }
    known, certainly = is_known(look.today), holds(condition, _certain(look))
    found = (
        await unit.session.execute(
            select(
                groups[by].label("line"),
                known.label("known"),
                certainly.label("certain"),
                mark().label("mark"),
                household_count().label("households"),
                marked().label("marked"),
            )
            .select_from(Home)
            .where(holds(condition, look))
            .group_by("line", "known", "certain", "mark")
        )
    ).all()
    lines = sorted({row.line for row in found}) or ["all"]
    size_of = _population(
        "size", lines, ("known", "unknown"), [(r.line, "known" if r.known else "unknown", r) for r in found]
    )
    links = _population(
        "links", ["all"], ("certain", "uncertain"), [("all", "certain" if r.certain else "uncertain", r) for r in found]
    )
    return size_of, links


def _population(
    name: str, lines: Sequence[str], columns: tuple[str, ...], rows: Sequence[tuple[str, str, Any]]
) -> Population:
    counts = {line: dict.fromkeys(columns, 0) for line in lines}
    marks: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for line, column, row in rows:
        counts[line][column] += row.households
        marks.setdefault((line, column), []).append((row.mark, row.marked))
    table = Table(tuple(lines), columns, tuple(tuple(counts[line][column] for column in columns) for line in lines))
    sketches: dict[Place, bytes] = {
        (lines.index(line), columns.index(column)): sketch(found) for (line, column), found in marks.items()
    }
    return Population(name, table, sketches)


# Saved cohorts ----------------------------------------------------------------------------------------------------


async def load(unit: UnitOfWork, cohort_id: UUID, *, for_change: bool = False) -> Cohort:
    """The row, locked if it is to change; `NotFound`."""
    query = select(Cohort).where(Cohort.id == cohort_id)
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such cohort")
    return found


async def definition_of(unit: UnitOfWork, cohort_id: UUID, number: int) -> Condition:
    """A version of a cohort's definition."""
    row = await unit.session.get(CohortDefinition, (cohort_id, number))
    if row is None:
        raise NotFound("There is no such version of this definition")
    return Condition.model_validate(row.definition)


async def view(unit: UnitOfWork, cohort_id: UUID) -> CohortView:
    """One cohort with its newest count, put on record as read."""
    unit.accessed(f"cohort/{cohort_id}")
    return await shown(unit, await load(unit, cohort_id))


async def shown(unit: UnitOfWork, cohort: Cohort) -> CohortView:
    """A cohort as it is shown."""
    condition = await definition_of(unit, cohort.id, cohort.definition_number)
    newest = await _runs(unit, cohort.id, None, 1)
    fields = {name: getattr(cohort, name) for name in CohortSummary.model_fields}
    return CohortView(
        **fields,
        version=cohort.version,
        definition=condition.as_data(),
        sentence=words.of_condition(condition, titles(clock.today())),
        panel_reference=cohort.panel_reference,
        pause_reason=cohort.pause_reason,
        created_by=cohort.created_by,
        created_at=cohort.created_at,
        newest=newest[0] if newest else None,
    )


async def cohorts(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[CohortSummary]:
    """Up to `most` cohorts in order of their codes."""
    query = select(Cohort).order_by(Cohort.code).limit(most)
    if place is not None:
        query = query.where(Cohort.code > place[0])
    unit.accessed("cohorts")
    return [CohortSummary.model_validate(row) for row in await unit.session.scalars(query)]


async def runs(unit: UnitOfWork, cohort_id: UUID, place: Sequence[Any] | None, most: int) -> Sequence[RunView]:
    """Sizes through time, the newest month first."""
    await load(unit, cohort_id)
    unit.accessed(f"cohort/{cohort_id}/runs")
    return await _runs(unit, cohort_id, place, most)


async def _runs(unit: UnitOfWork, cohort_id: UUID, place: Sequence[Any] | None, most: int) -> list[RunView]:
    key = tuple_(CohortRun.month, CohortRun.definition_number)
    query = select(CohortRun).where(CohortRun.cohort_id == cohort_id).limit(most)
    if place is not None:
        query = query.where(key < (date.fromisoformat(place[0]), place[1]))
    rows = await unit.session.scalars(query.order_by(CohortRun.month.desc(), CohortRun.definition_number.desc()))
    return [RunView.model_validate(row) for row in rows]


async def members(
    unit: UnitOfWork, cohort_id: UUID, known: bool | None, place: Sequence[Any] | None, most: int
) -> Sequence[MemberView]:
    """Households of a cohort today, by pseudonym, put on record."""
    cohort = await load(unit, cohort_id)
    condition = await definition_of(unit, cohort_id, cohort.definition_number)
    look = Look(clock.today(), (await for_counting(unit, condition)).sources)
    is_one = is_known(look.today)
    query = (
        select(
            Home.household,
            Home.ward,
            Home.adults,
            Home.children,
            is_one.label("known"),
            not_(holds(condition, _certain(look))).label("uncertain"),
        )
        .where(holds(condition, look))
        .order_by(Home.household)
        .limit(most)
    )
    if known is not None:
        query = query.where(is_one if known else not_(is_one))
    if place is not None:
        query = query.where(Home.household > UUID(place[0]))
    unit.accessed(f"cohort/{cohort_id}/members")
    return [MemberView.model_validate(row) for row in await unit.session.execute(query)]


# Publications -----------------------------------------------------------------------------------------------------


async def load_publication(
    unit: UnitOfWork, cohort_id: UUID, publication_id: UUID, *, for_change: bool = False
) -> CohortPublication:
    """The row, locked if it is to change; `NotFound`."""
    query = select(CohortPublication).where(
        CohortPublication.id == publication_id, CohortPublication.cohort_id == cohort_id
    )
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such publication of this cohort")
    return found


async def publication(unit: UnitOfWork, cohort_id: UUID, publication_id: UUID) -> PublicationView:
    """One list, put on record as read."""
    unit.accessed(f"cohort/{cohort_id}/publication/{publication_id}")
    return (await _published(unit, [await load_publication(unit, cohort_id, publication_id)]))[0]


async def publications(
    unit: UnitOfWork, cohort_id: UUID, place: Sequence[Any] | None, most: int
) -> Sequence[PublicationView]:
    """The lists made of a cohort, the newest first."""
    await load(unit, cohort_id)
    query = select(CohortPublication).where(CohortPublication.cohort_id == cohort_id)
    if place is not None:
        query = query.where(CohortPublication.id < UUID(place[0]))
    unit.accessed(f"cohort/{cohort_id}/publications")
    return await _published(
        unit, (await unit.session.scalars(query.order_by(CohortPublication.id.desc()).limit(most))).all()
    )


async def _published(unit: UnitOfWork, rows: Sequence[CohortPublication]) -> list[PublicationView]:
    found = await unit.session.execute(
        select(PublishedHome.publication_id, PublishedHome.state, household_count())
        .where(PublishedHome.publication_id.in_([row.id for row in rows]))
        .group_by(PublishedHome.publication_id, PublishedHome.state)
    )
    states: dict[UUID, dict[str, int]] = {}
    for id_, state, number in found:
        states.setdefault(id_, {})[state] = number
    called = titles(clock.today())
    return [
        PublicationView(
            **{name: getattr(row, name) for name in PublicationView.model_fields if name not in {"sentence", "states"}},
            sentence=words.of_list(row.part, row.matching, row.listed, row.left_out, row.barred, called),
            states=states.get(row.id, {}),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody of a home whom an offer may be for: a resident (pseudonym), and the source by which to reach them."""

    resident: UUID
    source: str


async def faces_of(unit: UnitOfWork, households: Sequence[UUID]) -> dict[UUID, list[Face]]:
    """The residents of each home by records that surely are theirs, of sources that may serve contact today."""
    today, known = clock.today(), await register.products(unit.session)
    sources = [each.code for each in known if each.contact and each.stopped(today) is None]
    rows = await unit.session.execute(
        select(Placing.household, Placing.resident, func.min(Placing.source))
        .where(Placing.household.in_(households), Placing.source.in_(sources), Placing.certainty != "probable")
        .group_by(Placing.household, Placing.resident)
        .order_by(func.min(Placing.source), Placing.resident)
    )
    found: dict[UUID, list[Face]] = {}
    for household, resident, source in rows:
        if household is not None:
            found.setdefault(household, []).append(Face(resident, source))
    return found
