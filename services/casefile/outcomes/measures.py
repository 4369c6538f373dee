"""Outcomes by group, a quarter at a time: made once when first asked for, the same for everybody ever after.

All the tables of a quarter are made in one moment, so that what one of them counts, each of them does.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.casefile.equality import queries as equality
from services.casefile.outcomes import allocating, domain, suppression
from services.casefile.outcomes.grouping import ASKED, EVERYBODY, NOT_SAID, By, age_group, group_of, groups
from services.casefile.outcomes.models import Outcome, PublishedQuarter
from services.casefile.people.aliases import leads_to, merged_into_them
from services.casefile.people.models import Person
from services.casefile.timeline import queries as timeline

FOUND: Final = ("sustained", "not_sustained", "not_known")
ALLOCATIONS: Final = "allocations"
Counting = Callable[[Outcome], str]


class RecordedRow(BaseModel):
    """How often a kind was put on record. Null is hidden: too few, or one could be worked out from another."""

    kind: OutcomeKind
    total: int | None
    groups: dict[str, int | None]


class CheckedRow(BaseModel):
    """What half a year later was found of those whose check fell due; not known counts as not sustained."""

    kind: OutcomeKind
    due: int | None
    found: dict[str, int | None]
    groups: dict[str, int | None]
    found_by_group: dict[str, dict[str, int | None]] | None = Field(description="Only where none of it is small")


class MeasuresView(BaseModel):
    """The outcomes of a quarter, told apart by one thing. Each is counted once."""

    quarter: date
    until: date = Field(description="Its last day")
    by: By
    threshold: int = Field(description="Smaller counts are hidden; noughts are shown")
    rounding: int
    recorded: list[RecordedRow]
    checked: list[CheckedRow]
    made_at: UtcDatetime = Field(description="These figures were made then, and stay as they are")


class AllocationRow(BaseModel):
    """How many people one thing came to. Null is hidden: too few, or one could be worked out from another."""

    outcome: str
    total: int | None
    groups: dict[str, int | None]


class AllocationsView(BaseModel):
    """What came of people's wish for a home in a quarter, told apart by one thing."""

    quarter: date
    until: date = Field(description="Its last day")
    by: By
    threshold: int
    rounding: int
    outcomes: list[AllocationRow]
    made_at: UtcDatetime = Field(description="These figures were made then, and stay as they are")


_FIRST: Final = date(2020, 1, 1)
"""Before the platform: an answer of nothing would be kept for ever, and the first years have no days before them."""


async def of_quarter(unit: UnitOfWork, first_day: date, by: By) -> MeasuresView:
    """The figures of a quarter that is over; made now, if nobody has asked before."""
    row, until = await _made(unit, first_day)
    return MeasuresView(
        quarter=first_day,
        until=until,
        by=by,
        threshold=suppression.THRESHOLD,
        rounding=suppression.ROUNDING,
        made_at=row.made_at,
        **row.tables[by],
    )


async def allocations(unit: UnitOfWork, first_day: date, by: By) -> AllocationsView:
    """Of a quarter that is over: who was registered, banded, offered, refused, let a home; by group."""
    row, until = await _made(unit, first_day)
    if ALLOCATIONS not in row.tables:
        raise NotFound("The figures of this quarter were made before allocations were counted")
    return AllocationsView(
        quarter=first_day,
        until=until,
        by=by,
        threshold=suppression.THRESHOLD,
        rounding=suppression.ROUNDING,
        outcomes=row.tables[ALLOCATIONS][by],
        made_at=row.made_at,
    )


async def _made(unit: UnitOfWork, first_day: date) -> tuple[PublishedQuarter, date]:
    """All the figures of a quarter, made together in one moment and never anew; and its last day."""
    until = _last_day(first_day)
    unit.accessed("aggregate/outcomes")
    row = await unit.session.get(PublishedQuarter, first_day)
    if row is None:
        made = await _tables(unit, first_day, until)
        values = {
            "first_day": first_day,
            "tables": made,
            "made_at": clock.business_now(),
            "made_by": unit.cause.actor,
        }
        # Of two who ask at once the first one's stand for both.
        await unit.session.execute(insert(PublishedQuarter).values(values).on_conflict_do_nothing())
        row = (
            await unit.session.scalars(select(PublishedQuarter).where(PublishedQuarter.first_day == first_day))
        ).one()
    return row, until


def _last_day(first_day: date) -> date:
    if first_day.day != 1 or first_day.month not in (1, 4, 7, 10):
        raise invalid("/quarter", "A quarter begins on the first of January, April, July or October.", "quarter")
    if first_day < _FIRST:
        raise invalid("/quarter", f"Nothing is counted of the time before {_FIRST.isoformat()}.", "quarter-since")
    following = clock.months_after(first_day, 3)
    if clock.today() < following:
        raise invalid("/quarter", "A quarter is told once it is over.", "quarter-over")
    return following - timedelta(days=1)


async def _tables(unit: UnitOfWork, first_day: date, until: date) -> dict[str, Any]:
    begins = datetime.combine(first_day, time(), clock.LONDON)
    ends = datetime.combine(until + timedelta(days=1), time(), clock.LONDON)
    alive = Outcome.state != OutcomeStatus.STRUCK
    when = (Outcome.recorded_at >= begins) & (Outcome.recorded_at < ends)
    recorded = await _each_once(unit, (await unit.session.scalars(select(Outcome).where(alive, when))).all())
    # Each belongs to one quarter for ever: that in which its check can no longer wait.
    waited = domain.UNKNOWN_AFTER
    due = (Outcome.check_due_on >= first_day - waited) & (Outcome.check_due_on <= until - waited)
    checked = await _each_once(unit, (await unit.session.scalars(select(Outcome).where(alive, due))).all())
    people = {row.person_id for row in (*recorded, *checked) if row.person_id}
    told = await timeline.told_between(unit, allocating.TYPES, begins, ends)
    homes = await _allocated(unit, told)
    answers = await _answers(unit, people | {person for each in homes.values() for person in each})
    made: dict[str, Any] = {by.value: _table(by, _counting(by, answers), recorded, checked) for by in By}
    return {**made, ALLOCATIONS: {by.value: _allocations(by, answers, homes, until) for by in By}}


async def _allocated(unit: UnitOfWork, told: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, set[UUID]]:
    """Whom each outcome came to, each once, under the id that stands."""
    found: dict[str, set[UUID]] = {outcome: set() for outcome in allocating.OUTCOMES}
    for type_, data in told:
        outcome, person = allocating.outcome_of(type_, data), data.get("person_id")
        if outcome is not None and person is not None:
            found[outcome].add(UUID(person))
    above = await leads_to(unit.session, {person for each in found.values() for person in each})
    return {outcome: {[each, *above.get(each, ())][-1] for each in people} for outcome, people in found.items()}


def _allocations(
    by: By, answers: Mapping[By, Mapping[UUID, str]], homes: Mapping[str, set[UUID]], on: date
) -> list[dict[str, Any]]:
    lines = []
    for outcome, people in homes.items():
        counts = dict.fromkeys(groups(by), 0)
        for person in people:
            counts[_group(by, answers, person, on)] += 1
        line = suppression.line(counts)
        lines.append(AllocationRow(outcome=outcome, total=line.total, groups=line.parts).model_dump(mode="json"))
    return lines


async def _each_once(unit: UnitOfWork, rows: Sequence[Outcome]) -> list[Outcome]:
    """Two records that turned out to be one person's, of one kind, are one outcome: the earlier."""
    above = await leads_to(unit.session, {row.person_id for row in rows if row.person_id})
    found: dict[tuple[str, UUID], list[Outcome]] = {}
    for row in sorted(rows, key=lambda row: (row.achieved_on, row.id)):
        whose = row.household_id if row.person_id is None else [row.person_id, *above.get(row.person_id, ())][-1]
        same = found.setdefault((row.kind, whose), [])
        if not any(_overlap(each, row) for each in same):
            same.append(row)
    return [row for same in found.values() for row in same]


def _overlap(one: Outcome, later: Outcome) -> bool:
    return later.achieved_on <= one.as_rules_see_it().ends_on


async def _answers(unit: UnitOfWork, people: set[UUID]) -> dict[By, dict[UUID, str]]:
    """What is known of each of them, under whichever of their ids it was said; what the standing one says counts."""
    above = await leads_to(unit.session, people)
    tops = {person: [person, *above.get(person, ())][-1] for person in people}
    inside = await merged_into_them(unit.session, set(tops.values()))
    everyone = {*tops.values(), *(id_ for ids in inside.values() for id_ in ids)}
    days = await unit.session.execute(select(Person.id, Person.date_of_birth).where(Person.id.in_(everyone)))
    born = {id_: day for id_, day in days if day}
    said = await equality.for_counting(unit, everyone, [by.value for by in ASKED])
    found: dict[By, dict[UUID, str]] = {by: {} for by in (By.AGE, *ASKED)}
    for person, top in tops.items():
        for id_ in (*inside.get(top, ()), top):
            if id_ in born:
                found[By.AGE][person] = born[id_]
            for by in ASKED:
                if (answer := said.get((id_, by.value))) is not None:
                    found[by][person] = answer
    return found


def _counting(by: By, answers: Mapping[By, Mapping[UUID, str]]) -> Counting:
    def group(row: Outcome) -> str:
        return _group(by, answers, row.person_id, row.achieved_on)

    return group


def _group(by: By, answers: Mapping[By, Mapping[UUID, str]], person: UUID | None, on: date) -> str:
    if by is By.ALL:
        return EVERYBODY
    if person is None:
        return NOT_SAID
    known = answers[by].get(person)
    return age_group(known, on) if by is By.AGE else group_of(by, known)


def _table(by: By, group: Counting, recorded: Sequence[Outcome], checked: Sequence[Outcome]) -> dict[str, Any]:
    names = groups(by)
    lines, tables = [], []
    for kind in OutcomeKind:
        counts = dict.fromkeys(names, 0)
        for row in recorded:
            if row.kind == kind:
                counts[group(row)] += 1
        line = suppression.line(counts)
        lines.append(RecordedRow(kind=kind, total=line.total, groups=line.parts))
        found = {name: dict.fromkeys(FOUND, 0) for name in names}
        for row in checked:
            if row.kind == kind:
                found[group(row)][row.state if row.state in FOUND else "not_known"] += 1
        shown = suppression.table(found)
        tables.append(
            CheckedRow(
                kind=kind,
                due=shown.rows.total,
                found=shown.columns.parts,
                groups=shown.rows.parts,
                found_by_group=shown.cells,
            )
        )
    return {
        "recorded": [each.model_dump(mode="json") for each in lines],
        "checked": [each.model_dump(mode="json") for each in tables],
    }
