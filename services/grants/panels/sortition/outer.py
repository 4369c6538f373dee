"""The fairest chances that the rows allow when panels may be fractions of people: never less fair than real panels.

Leximin: the smallest chance as large as can be, then the next smallest, and so on. If these chances can be had from
real panels (`fairest` tries), they are the fairest there are, proved. Where real panels can do less, they show a
*cut*: a sum that no panel exceeds, and the chances are found again under it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from services.grants.panels.sortition.shape import Floats, Shape
from services.grants.panels.sortition.solver import EXACT, INFINITE, Answer, Deadline, Program

_PRICE: Final = 1e-9
_NEVER: Final = 1e-9
_MOST_ROOM: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Cut:
    """No panel has more than `most` by these weights of kinds."""

    weights: Floats
    most: float


@dataclass(frozen=True, slots=True)
class Chances:
    """What the rows allow. `seats`: how often each kind is chosen in the mean; `smallest`: the smallest chance that
    is any.

    `weights` of kinds and `prices` of rows prove the smallest: `proof.ceiling` turns them into a bound that anybody can
    add up. `steps`: how many different chances were raised in turn.
    """

    seats: Floats
    smallest: float
    weights: Floats
    prices: Floats
    steps: int


class Unmeetable(Exception):
    """Not even fractions of people meet the rows."""


def leximin(shape: Shape, cuts: list[Cut], deadline: Deadline) -> Chances:
    """The leximin chances under rows and cuts. Raises `Unmeetable`."""
    people, most = shape.people, shape.most
    count = len(shape.kinds)
    program = Program(deadline)
    for kind in range(count):
        program.add_column(0.0, 0.0, most[kind])
    for row in shape.rows:
        program.add_row(row.least, row.most, row.kinds, [1.0] * len(row.kinds))
    for cut in cuts:
        chosen = np.flatnonzero(cut.weights)
        program.add_row(-INFINITE, cut.most, chosen.tolist(), cut.weights[chosen].tolist())
    first = program.rows
    # Above 1: nobody's chance is more, and then it is their own bound that says so.
    level = program.add_column(-1.0, 0.0, 2.0)
    for kind in range(count):
        program.add_row(0.0, INFINITE, [kind, level], [1.0, -people[kind]])
    fixed = np.full(count, np.nan)
    told: Chances | None = None
    steps = 0
    last = -1.0
    room = 0.0
    seats: Floats = np.zeros(count)
    while np.isnan(fixed).any():
        if program.solve() is Answer.INFEASIBLE:
            if told is None or room > _MOST_ROOM:
                raise Unmeetable
            # What was fixed was rounded: by a hair less, until it can be had again.
            room = max(EXACT, 4 * room)
            for kind in np.flatnonzero(~np.isnan(fixed)).tolist():
                program.bound_row(first + kind, people[kind] * fixed[kind] - room, INFINITE)
            continue
        values, prices = program.values(), program.prices()
        height, seats = float(values[level]), values[:count]
        steps += height > last + 1e-7
        last = height
        if told is None or told.smallest <= _NEVER:
            told = Chances(seats, height, np.where(np.isnan(fixed), prices[first:], 0.0), prices[:first], 0)
        held = [int(kind) for kind in np.flatnonzero(prices[first:] > _PRICE) if np.isnan(fixed[kind])]
        for kind in held or _stuck(program, first, level, fixed, height, people):
            fixed[kind] = height
            program.coefficient(first + kind, level, 0.0)
            program.bound_row(first + kind, people[kind] * height - room, INFINITE)
    assert told is not None, "There is at least one kind"
    return Chances(np.maximum(seats, 0.0), told.smallest, told.weights, told.prices, steps)


def _stuck(program: Program, first: int, level: int, fixed: Floats, height: float, people: Floats) -> list[int]:
    """Which kinds cannot rise above `height`, tried one by one: for when no price says it (rounding)."""
    open_ = [int(kind) for kind in np.flatnonzero(np.isnan(fixed))]
    values = program.values()
    tight = [kind for kind in open_ if values[kind] <= people[kind] * height + 1e-7]
    return tight or open_
