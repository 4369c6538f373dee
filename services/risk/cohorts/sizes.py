"""How many households a condition finds: exactly, and in tables with sketches for disclosure control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, and_, case, cast, func, not_, select

from kit.store.unit import UnitOfWork
from services.risk.cohorts.counting import Look, certain, counted, holds, household_count, is_known, mark, marked
from services.risk.cohorts.domain import Condition
from services.risk.facts.models import Home
from services.risk.observatory.disclosure import Place, Table, sketch
from services.risk.observatory.nearness import Population


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
    member, certainly = holds(condition, look), holds(condition, certain(look))
    row = (
        await unit.session.execute(
            select(
                household_count().filter(member),
                household_count().filter(and_(member, is_known(look.today))),
                household_count().filter(and_(member, not_(certainly))),
                household_count().filter(and_(certainly, not_(member))),
                household_count(),
            )
            .select_from(Home)
            .where(counted(look))
        )
    ).one()
    return Size(*row)


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
    known, certainly = is_known(look.today), holds(condition, certain(look))
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
            .where(counted(look), holds(condition, look))
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
