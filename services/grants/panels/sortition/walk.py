"""From chances to panels, the quick way: take a panel out of them, as often as they bear, and go on with what is left.

What is left stays within all rows, and each panel taken makes one more bound of it tight, so it ends. It may end before
nothing is left, when the rows let fractions through that no whole panel meets: then `fairest` does the rest.
"""

from collections.abc import Iterator
from random import Random
from typing import Final

import numpy as np

from services.grants.panels.sortition.outer import Cut
from services.grants.panels.sortition.shape import Floats, Shape
from services.grants.panels.sortition.solver import Answer, Deadline, Program

_TIGHT: Final = 1e-10
_NOTHING: Final = 1e-9


def walk(shape: Shape, cuts: list[Cut], seats: Floats, deadline: Deadline, dice: Random) -> Iterator[Floats]:
    """Panels that the chances are made of, for the most part."""
    people, most = shape.people, shape.most
    matrix = np.vstack([shape.matrix(), *(cut.weights for cut in cuts)])
    least = np.array([*(float(row.least) for row in shape.rows), *(0.0 for _ in cuts)])
    greatest = np.array([*(float(row.most) for row in shape.rows), *(cut.most for cut in cuts)])
    whole = np.arange(len(greatest)) < len(shape.rows)
    program = whole_panels(shape, cuts, deadline)
    program.set("mip_rel_gap", 1.0)
    # Any panel will do: cheap roundings find one sooner than the searches around a good one.
    for name in ("mip_heuristic_run_zi_round", "mip_heuristic_run_shifting"):
        program.set(name, True)
    program.set("mip_heuristic_run_root_reduced_cost", False)
    left, weight = seats.copy(), 1.0
    while weight > _NOTHING:
        mean, sums = left / weight, matrix @ left
        program.bound_columns(np.maximum(0.0, np.floor(mean + 1e-7)), np.minimum(most, np.ceil(mean - 1e-7)))
        for row in range(len(greatest)):
            low, high = least[row], greatest[row]
            if whole[row]:
                low = max(low, np.floor(sums[row] / weight + 1e-7))
                high = min(high, np.ceil(sums[row] / weight - 1e-7))
            elif sums[row] >= weight * high - _TIGHT:
                low = high - 1e-7
            program.bound_row(row, low, high)
        program.cost_columns(-mean / people * np.array([dice.random() for _ in people]))
        if program.solve() is Answer.INFEASIBLE:
            break
        panel = np.round(program.values())
        share = _as_often(panel, left, weight, most)
        share = min(share, _as_often(matrix @ panel - least, sums - weight * least, weight, greatest - least))
        if share <= 0.0:
            break
        yield panel
        weight -= share
        left = np.clip(left - share * panel, 0.0, weight * most)


def _as_often(panel: Floats, left: Floats, weight: float, most: Floats) -> float:
    """How often a panel can be taken from what is left without leaving 0 to `most` for the rest."""
    below, above = panel > 1e-7, panel < most - 1e-7
    shares = [weight]
    if below.any():
        shares.append(float(np.min(left[below] / panel[below])))
    if above.any():
        shares.append(float(np.min((weight * most - left)[above] / (most - panel)[above])))
    return min(shares)


def whole_panels(shape: Shape, cuts: list[Cut], deadline: Deadline) -> Program:
    """The programme whose solutions are panels. Cuts hold for every panel; they only help the solver."""
    program = Program(deadline, whole=True)
    for kind in range(len(shape.kinds)):
        program.add_column(0.0, 0.0, shape.most[kind])
    for row in shape.rows:
        program.add_row(row.least, row.most, row.kinds, [1.0] * len(row.kinds))
    for cut in cuts:
        chosen = np.flatnonzero(cut.weights)
        program.add_row(-np.inf, cut.most, chosen.tolist(), cut.weights[chosen].tolist())
    return program
