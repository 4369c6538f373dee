"""HiGHS, made to repeat itself: one thread, one seed, nothing that depends on the clock but a deadline.

The only module that imports highspy. It loads only in the job that uses it.
"""

import time
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray

from services.grants.panels.sortition.shape import Floats

INFINITE: Final = float("inf")
EXACT: Final = 1e-9
"""How far a bound may be missed: people, of which a panel has some tens."""

Clock = Callable[[], float]


class OutOfTime(Exception):
    """The deadline passed: what was found until then still stands."""


class Answer(Enum):
    """What a run ended with."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"


class Deadline:
    """How long may be spent, by a clock of one's choice.

    None: as long as it takes, and then nothing depends on time.
    """

    def __init__(self, seconds: float | None, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._ends = None if seconds is None else clock() + seconds

    def left(self) -> float:
        """Seconds left. Raises `OutOfTime` when there are none."""
        if self._ends is None:
            return INFINITE
        found = self._ends - self._clock()
        if found <= 0:
            raise OutOfTime
        return found


class Program:
    """A linear programme that grows; with `whole`, its columns are whole numbers."""

    def __init__(self, deadline: Deadline, *, whole: bool = False) -> None:
        self._deadline = deadline
        self._whole = whole
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its stub types all but this
        self.columns = 0
        self.rows = 0
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("parallel", "off")):
            self.set(name, value)
        self.set("primal_feasibility_tolerance", EXACT)
        self.set("dual_feasibility_tolerance", EXACT)

    def set(self, name: str, value: bool | int | float | str) -> None:
        """An option of HiGHS."""
        if self._highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise RuntimeError(f"HiGHS has no option {name} = {value}")

    def add_column(
        self,
        cost: float,
        low: float,
        high: float,
        rows: Sequence[int] = (),
        values: Sequence[float] = (),
        *,
        whole: bool | None = None,
    ) -> int:
        """A column, whole unless said otherwise where the programme is; returns its number."""
        self._highs.addCol(
            cost, low, high, len(rows), np.array(rows, dtype=np.int32), np.array(values, dtype=np.float64)
        )
        if self._whole if whole is None else whole:
            self._highs.changeColIntegrality(self.columns, highspy.HighsVarType.kInteger)
        self.columns += 1
        return self.columns - 1

    def add_row(self, low: float, high: float, columns: Sequence[int], values: Sequence[float]) -> int:
        """A row; returns its number."""
        self._highs.addRow(
            low, high, len(columns), np.array(columns, dtype=np.int32), np.array(values, dtype=np.float64)
        )
        self.rows += 1
        return self.rows - 1

    def bound_row(self, row: int, low: float, high: float) -> None:
        """New bounds of a row."""
        self._highs.changeRowBounds(row, low, high)

    def bound_columns(self, low: Floats, high: Floats) -> None:
        """New bounds of the first columns."""
        self._highs.changeColsBounds(len(low), self._numbers(len(low)), low, high)

    def bound_column(self, column: int, low: float, high: float) -> None:
        """New bounds of one column."""
        self._highs.changeColBounds(column, low, high)

    def cost_columns(self, costs: Floats) -> None:
        """New costs of the first columns."""
        self._highs.changeColsCost(len(costs), self._numbers(len(costs)), costs)

    def coefficient(self, row: int, column: int, value: float) -> None:
        """A new value in the matrix."""
        self._highs.changeCoeff(row, column, value)

    def solve(self) -> Answer:
        """Run to the least cost. Raises `OutOfTime`, and `RuntimeError` when HiGHS gives up."""
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + self._deadline.left())
        self._highs.run()
        status = self._highs.getModelStatus()
        if status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kObjectiveTarget):
            return Answer.OPTIMAL
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Answer.INFEASIBLE
        if status == highspy.HighsModelStatus.kTimeLimit:
            raise OutOfTime
        raise RuntimeError(f"HiGHS gave up: {self._highs.modelStatusToString(status)}")

    def values(self) -> Floats:
        """What the columns are."""
        return np.array(self._highs.getSolution().col_value)

    def prices(self) -> Floats:
        """The duals of the rows."""
        return np.array(self._highs.getSolution().row_dual)

    def cost(self) -> float:
        """The cost of what was found."""
        return float(self._highs.getInfo().objective_function_value)

    def bound(self) -> float:
        """No whole-number solution costs less."""
        return float(self._highs.getInfo().mip_dual_bound)

    @staticmethod
    def _numbers(count: int) -> NDArray[np.int32]:
        return np.arange(count, dtype=np.int32)
