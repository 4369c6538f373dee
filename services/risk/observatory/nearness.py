"""Answering with counts: the log is asked first, so that two answers never differ by a few households.

Tables come with a sketch of each cell's households (disclosure.py). A count that is near to one shown before, to
anybody, is hidden like a small one. The same question asked again while hardly anybody has come or gone is given its
old answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import Final

from sqlalchemy import and_, func, or_, select

from kit.store.unit import UnitOfWork
from services.risk.observatory.disclosure import MARKS, Place, Rules, Table, differ_by_at_least, too_near
from services.risk.observatory.models import AggregateQuery, ShownCount

RULES: Final = Rules()
"""How careful this observatory is."""

REMEMBERED: Final = timedelta(days=365)
"""Answers older than this are no longer compared with: the borough is another."""


@dataclass(frozen=True, slots=True)
class Population:
    """One table of an answer, with the sketch of each cell's households."""

    name: str
    table: Table
    sketches: Mapping[Place, bytes]

    def sketch(self, place: Place) -> bytes:
        """The sketch of a cell, or of a total: its cells' households together."""
        row, column = place
        parts = [
            sketch
            for (at_row, at_column), sketch in self.sketches.items()
            if row in (None, at_row) and column in (None, at_column)
        ]
        return reduce(_joined, parts) if parts else bytes(8 * MARKS)

    def label(self, place: Place) -> str:
        """Which place of the answer, in the log."""
        row, column = place
        names = ("*" if row is None else self.table.rows[row], "*" if column is None else self.table.columns[column])
        return ":".join((self.name, *names))


def _joined(one: bytes, other: bytes) -> bytes:
    """The sketch of two populations that share nobody."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


async def old_answer(
    unit: UnitOfWork, digest: str, populations: Sequence[Population], rules: Rules = RULES
) -> AggregateQuery | None:
    """The last answer to this very question, while every count it showed is still within a few households."""
    query = select(AggregateQuery).where(AggregateQuery.digest == digest, AggregateQuery.outcome != "hidden")
    last = (await unit.session.scalars(query.order_by(AggregateQuery.asked_at.desc()).limit(1))).one_or_none()
    if last is None:
        return None
    rows = await unit.session.scalars(select(ShownCount).where(ShownCount.query_id == last.id))
    before = {row.place: row.sketch for row in rows}
    now = {each.label(place): each.sketch(place) for each in populations for place in each.table.places()}
    if not before.keys() <= now.keys():
        return None
    same = all(differ_by_at_least(sketch, now[place]) < rules.apart for place, sketch in before.items())
    return last if same else None


async def near_places(unit: UnitOfWork, population: Population, rules: Rules = RULES) -> set[Place]:
    """The places whose count lies near to one that was shown before, and is not the same."""
    table = population.table
    sketches = {place: population.sketch(place) for place in table.places() if not rules.is_small(table.value(place))}
    if not sketches:
        return set()
    reach = rules.apart - 1
    spans = sorted({table.value(place) for place in sketches})
    near = or_(*(ShownCount.households.between(size - reach, size + reach) for size in spans))
    recent = ShownCount.asked_at > func.clock_timestamp() - REMEMBERED
    shown = (
        await unit.session.execute(
            select(ShownCount.households, ShownCount.sketch).where(and_(near, recent)).distinct()
        )
    ).all()
    return {
        place
        for place, sketch in sketches.items()
        if any(abs(size - table.value(place)) <= reach and too_near(sketch, other, rules) for size, other in shown)
    }
