"""Which mixture of panels comes nearest to given chances: the fewest seats missing."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.grants.panels.sortition.shape import Floats
from services.grants.panels.sortition.solver import INFINITE, Deadline, Program

_ROUNDING: Final = 1e-9


class Mixture:
    """Weights of panels that sum to 1; panels may be added."""

    def __init__(self, panels: Sequence[Floats], seats: Floats, deadline: Deadline) -> None:
        self._program = Program(deadline)
        self._kinds = len(seats)
        for _ in range(self._kinds):
            self._program.add_column(1.0, 0.0, INFINITE)
        for kind in range(self._kinds):
            self._program.add_row(float(seats[kind]), INFINITE, [kind], [1.0])
        self._all = self._program.add_row(1.0, 1.0, [], [])
        self._panels: list[Floats] = []
        self._columns: list[int] = []
        for panel in panels:
            self.add(panel)

    def add(self, panel: Floats) -> None:
        """One more panel to mix in."""
        chosen = np.flatnonzero(panel).tolist()
        values = [*panel[chosen].tolist(), 1.0]
        self._panels.append(panel)
        self._columns.append(self._program.add_column(0.0, 0.0, INFINITE, [*chosen, self._all], values))

    def solve(self) -> None:
        """Mix them anew."""
        self._program.solve()

    @property
    def missing(self) -> float:
        """Seats missing in all."""
        return self._program.cost()

    def prices(self) -> Floats:
        """What one more seat of each kind would be worth."""
        found = self._program.prices()[: self._kinds]
        return np.where(found > 1e-9, found, 0.0)

    def worth(self) -> float:
        """What a panel must be worth at these prices to bring the mixture nearer."""
        return -float(self._program.prices()[self._all])

    def weights(self) -> Floats:
        """How much of each panel."""
        return self._program.values()[self._columns]

    def hold_smallest(self, people: Floats, able: NDArray[np.bool_]) -> None:
        """Raise the smallest chance of those who are able as far as it goes; mix the rest as near to the seats as
        then can be."""
        program = self._program
        program.cost_columns(np.zeros(self._kinds))
        level = program.add_column(-1.0, 0.0, 1.0)
        for kind in np.flatnonzero(able).tolist():
            held = [
                (column, panel[kind]) for column, panel in zip(self._columns, self._panels, strict=True) if panel[kind]
            ]
            columns, values = [level, *(column for column, _ in held)], [-people[kind], *(value for _, value in held)]
            program.add_row(0.0, INFINITE, columns, [float(value) for value in values])
        program.solve()
        program.bound_column(level, max(0.0, float(program.values()[level]) - _ROUNDING), 1.0)
        program.cost_columns(np.ones(self._kinds))
        program.solve()
