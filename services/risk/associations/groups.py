"""Households by exposure and outcome, as they stand today or as they stood before a period.

With a period, who had the exposure is worked out from the facts up to a day, under the rules of that day, and the
outcome is waited for after it: what came first is known to have come first. The sums are PostgreSQL's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Numeric,
    Text,
    Uuid,
    case,
    cast,
    column,
    false,
    func,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.errors import invalid
from kit.store.unit import UnitOfWork
from services.risk.associations.domain import Counts
from services.risk.associations.shapes import AssociationQuestion, Period
from services.risk.cohorts.counting import STANDING, Look, certain, counted, holds, household_count, mark, marked
from services.risk.cohorts.covering import Allowed, for_counting
from services.risk.cohorts.domain import Condition, check_definition
from services.risk.cohorts.looking import look
from services.risk.facts.models import Fact, Home, Placing
from services.risk.observatory.disclosure import Place, Table, sketch
from services.risk.observatory.nearness import Population
from services.risk.profiles.catalogue import book
from services.risk.profiles.domain import Definition, Measure, Rulebook, months_before
from services.risk.profiles.language import CERTAINTIES, compiled, needed

MOST_BASELINES: Final = 6

_FACTS: Final = """
    select p.household, f.record, f.kind, f.occurred_on, f.occurred_on - date '1970-01-01' as day,
           cast(extract(year from f.occurred_on) * 12 + extract(month from f.occurred_on) as integer) as month,
           f.until, cast(f.amount * 100 as bigint) as hundredths, f.value, f.source,
           case p.certainty when 'confirmed' then 0 when 'probable' then 1 else 2 end as certainty
    from placed as p join fact as f on f.record = p.record
    where p.household is not null and {needed}"""


@dataclass(slots=True)
class Group:
    """Households alike in exposure, outcome and strata; `certain` are the two without uncertain links."""

    exposed: bool
    case: bool
    certain: tuple[bool, bool]
    levels: tuple[str, ...]
    households: int


@dataclass(slots=True)
class Found:
    """What the database says to a question."""

    groups: list[Group] = field(default_factory=list)
    marks: dict[Place, list[tuple[int, int]]] = field(default_factory=dict)
    baselines: list[date] = field(default_factory=list)

    def table(self) -> Table:
        """The 2x2 table: with and without the exposure, with and without the outcome."""
        cells = [[0, 0], [0, 0]]
        for each in self.groups:
            cells[0 if each.exposed else 1][0 if each.case else 1] += each.households
        return Table(("exposed", "others"), ("with", "without"), (tuple(cells[0]), tuple(cells[1])))

    def population(self) -> Population:
        """The table with its sketches."""
        return Population("two_by_two", self.table(), {place: sketch(marks) for place, marks in self.marks.items()})

    def counts(self, *, certain: bool = False) -> Counts:
        """As the ratios take it."""
        cells = [[0, 0], [0, 0]]
        for each in self.groups:
            exposed, is_case = each.certain if certain else (each.exposed, each.case)
            cells[0 if exposed else 1][0 if is_case else 1] += each.households
        (a, b), (c, d) = cells
        return Counts(a, a + b, c, c + d)


async def check(unit: UnitOfWork, asked: AssociationQuestion) -> Allowed:
    """What the purpose may use of a question. Raises `Invalid` naming the field, or `BeyondPurpose`."""
    definition = _outcome(asked)
    named = [asked.exposure, Condition(factor=asked.outcome), *([asked.within] if asked.within else [])]
    check_definition(asked.exposure, {each.code for each in book(clock.today()).definitions}, "/exposure")
    if asked.within is not None:
        check_definition(asked.within, {each.code for each in book(clock.today()).definitions}, "/within")
    if asked.outcome in asked.exposure.factors:
        raise invalid("/outcome", "The outcome is part of the exposure", "other-than-exposure")
    if asked.period is not None:
        if definition.rule.measure is not Measure.RECENT:
            raise invalid("/outcome", "With a period the outcome is a factor that counts events", "event-outcome")
        baselines(asked.period)
    return await for_counting(unit, Condition(every=tuple(named)), "")


def _outcome(asked: AssociationQuestion) -> Definition:
    rules = book(clock.today())
    if asked.outcome not in rules:
        raise invalid("/outcome", f"There is no factor {asked.outcome}", "known-factor")
    return rules[asked.outcome]


def baselines(period: Period) -> list[date]:
    """The days on which the exposure is looked at: as many as have a whole follow-up within the period."""
    found = []
    day = period.start
    while (following := after_months(day, period.follow_months)) <= period.end + timedelta(days=1):
        found.append(day)
        day = following
    if not found:
        raise invalid("/period", "The period is shorter than the follow-up", "period-holds-follow-up")
    if len(found) > MOST_BASELINES:
        raise invalid("/period", f"At most {MOST_BASELINES} follow-ups at once: make each longer", "baselines")
    return found


def after_months(day: date, months: int) -> date:
    """The same day so many months later."""
    return months_before(day, -months)


async def ask(unit: UnitOfWork, asked: AssociationQuestion, allowed: Allowed) -> Found:
    """The households of a question, in groups."""
    found, today = Found(), await look(unit, allowed.sources)
    if asked.period is None:
        outcome = Condition(factor=asked.outcome)
        await _add(unit, asked, today, holds(outcome, today), holds(outcome, certain(today)), found)
        return found
    named = asked.exposure.factors | (asked.within.factors if asked.within else frozenset())
    for day in baselines(asked.period):
        # What was known at the end of the day before.
        then = replace(today, today=day, factors=as_it_stood(named, day - timedelta(days=1)))
        end = after_months(day, asked.period.follow_months)
        sources = allowed.sources[asked.outcome]
        happened, surely = (_happened(_outcome(asked), day, end, sources, sure) for sure in (False, True))
        await _add(unit, asked, then, happened, surely, found)
        found.baselines.append(day)
    return found


async def _add(
    unit: UnitOfWork,
    asked: AssociationQuestion,
    then: Look,
    outcome: ColumnElement[bool],
    surely: ColumnElement[bool],
    found: Found,
) -> None:
    levels = [_level(name, then.today).label(f"level_{place}") for place, name in enumerate(asked.strata)]
    flags = (
        holds(asked.exposure, then).label("exposed"),
        outcome.label("happened"),
        holds(asked.exposure, certain(then)).label("surely_exposed"),
        surely.label("surely_happened"),
    )
    names = [each.name for each in flags] + [each.name for each in levels]
    query = (
        select(*flags, *levels, mark().label("mark"), household_count().label("households"), marked().label("marked"))
        .select_from(Home)
        .where(counted(then), holds(asked.within, then) if asked.within else true())
        .group_by(*(text(name) for name in names), text("mark"))
    )
    several = asked.period is not None
    groups: dict[tuple[Any, ...], Group] = {}
    for row in await unit.session.execute(query):
        told = tuple(getattr(row, level.name) for level in levels)
        strata = (then.today.isoformat(), *told) if several else told
        surely_so = (row.surely_exposed, row.surely_happened)
        key = (row.exposed, row.happened, surely_so, strata)
        group = groups.setdefault(key, Group(row.exposed, row.happened, surely_so, strata, 0))
        group.households += row.households
        place: Place = (0 if row.exposed else 1, 0 if row.happened else 1)
        found.marks.setdefault(place, []).append((row.mark, _of_day(row, then.today) if several else row.marked))
    found.groups += groups.values()


def _of_day(row: Any, day: date) -> int:
    """A mark's sum where each household counts anew each day it is looked at: or two days would undo each other."""
    turn = day.toordinal() * 0x9E3779B97F4A7C15 % 2**64
    return int(row.marked) ^ (turn if row.households % 2 else 0)


def as_it_stood(wanted: Collection[str], day: date) -> FromClause:
    """These factors of every household, worked out from the facts up to a day under the rules of that day."""
    rules = book(day)
    kept = tuple(each for each in rules.definitions if each.code in wanted)
    if not kept:
        return select(STANDING).where(false()).cte(f"factors_{day:%Y%m%d}")
    some = Rulebook(day, rules.version, kept)
    told = text(compiled(some, facts=_FACTS.format(needed=needed(some, "f")))).columns(
        column("household", Uuid),
        column("factor", Text),
        column("since", Date),
        column("latest_on", Date),
        column("amount", Numeric),
        column("facts", Integer),
        column("sources", Text),
        column("certainty", Integer),
    )
    then = told.cte(f"told_{day:%Y%m%d}").c
    words = case(*((then.certainty == place, word) for place, word in enumerate(CERTAINTIES)))
    return select(
        then.household,
        then.factor,
        then.since,
        then.latest_on,
        (then.amount / 100).label("amount"),
        func.string_to_array(then.sources, ",", type_=ARRAY(Text)).label("sources"),
        words.label("certainty"),
        cast(literal(False), Boolean).label("disputed"),
    ).cte(f"factors_{day:%Y%m%d}")


def _happened(definition: Definition, day: date, end: date, sources: Sequence[str], sure: bool) -> ColumnElement[bool]:
    """Whether one of the outcome's events came on or after a day and before another."""
    rules = [
        Fact.kind.in_(definition.rule.kinds),
        Fact.occurred_on >= day,
        Fact.occurred_on < end,
        Fact.source.in_(sources),
    ]
    if definition.rule.values:
        rules.append(Fact.value.in_(definition.rule.values))
    if sure:
        rules.append(Placing.certainty != "probable")
    homes = select(Placing.household).join(Fact, Fact.record == Placing.record)
    return Home.household.in_(homes.where(Placing.household.is_not(None), *rules))


def _level(name: str, day: date) -> ColumnElement[str]:
    if name == "ward":
        return func.coalesce(Home.ward, "none")
    if name in ("children", "adults"):
        number: ColumnElement[int] = (Home.children if name == "children" else Home.adults).expression
        return case((number >= 3, "3 or more"), else_=cast(cast(number, Integer), Text))
    tenure = (
        select(Fact.value)
        .join(Placing, Placing.record == Fact.record)
        .where(
            Placing.household == Home.household, Fact.kind == "tenure", Fact.occurred_on <= day, Fact.value.is_not(None)
        )
        .order_by(Fact.occurred_on.desc(), Fact.value)
        .limit(1)
        .correlate(Home)
        .scalar_subquery()
    )
    return func.coalesce(tenure, "not known")
