"""Quotas that nobody can meet: the smallest change that makes them possible."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.grants.panels.sortition.question import Question, Quota
from services.grants.panels.sortition.shape import Shape, shape_of
from services.grants.panels.sortition.solver import INFINITE, Answer, Deadline, Program

_LIMIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Relaxed:
    """One quota as it would have to be, beside what was asked."""

    asked: Quota
    possible: Quota

    def in_words(self) -> str:
        """For whoever set the quotas."""
        asked, possible = self.asked, self.possible
        return (
            f"{asked.category}, {asked.feature}: {asked.least} to {asked.most} cannot be met together with the others;"
            f" {possible.least} to {possible.most} can."
        )


def relaxation(question: Question, seconds: float | None = _LIMIT) -> list[Relaxed] | None:
    """The quotas to change so that a panel exists: the fewest places in all, over the fewest quotas among such. Empty
    when one exists already; None when no change of quotas helps (too few homes)."""
    shape = shape_of(question)
    program = _program(shape, Deadline(seconds))
    if program.solve() is Answer.INFEASIBLE:
        return None
    values = program.values()
    first = len(shape.kinds)
    found = []
    for place, asked in enumerate(row.quota for row in shape.rows if row.quota is not None):
        under, over = (round(float(values[first + 3 * place + each])) for each in (0, 1))
        if under or over:
            found.append(Relaxed(asked, replace(asked, least=asked.least - under, most=asked.most + over)))
    return found


def relaxed(question: Question, changes: Sequence[Relaxed]) -> Question:
    """The question with quotas changed so."""
    changed = {(each.asked.category, each.asked.feature): each.possible for each in changes}
    return replace(question, quotas=[changed.get((quota.category, quota.feature), quota) for quota in question.quotas])


def _program(shape: Shape, deadline: Deadline) -> Program:
    program = Program(deadline, whole=True)
    for kind in range(len(shape.kinds)):
        program.add_column(0.0, 0.0, shape.most[kind])
    few = 1.0 / (2 * len(shape.rows))
    for row in shape.rows:
        ones = [1.0] * len(row.kinds)
        if row.quota is None:
            program.add_row(row.least, row.most, row.kinds, ones)
            continue
        under = program.add_column(1.0, 0.0, row.least)
        over = program.add_column(1.0, 0.0, shape.size)
        touched = program.add_column(few, 0.0, 1.0)
        program.add_row(row.least, INFINITE, [*row.kinds, under], [*ones, 1.0])
        program.add_row(-INFINITE, row.most, [*row.kinds, over], [*ones, -1.0])
        program.add_row(-INFINITE, 0.0, [under, over, touched], [1.0, 1.0, -float(shape.size + row.least)])
    program.set("mip_rel_gap", 0.0)
    return program
