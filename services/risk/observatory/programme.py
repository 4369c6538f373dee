"""A room's places as one linear programme that is kept: each search begins where the last one ended. HiGHS.

Building a programme and solving it from nothing takes tens of milliseconds in a large room; what changes between two
searches is only what is wished for and which places are open, and from the last corner the next is a few steps away.
"""

from collections.abc import Mapping
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix, hstack, identity

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ENDLESS: Final = highspy.kHighsInf
_ITERATIONS: Final = 20_000
_NODES: Final = 60


def _solver() -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its stub types all but this
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", 1),
        ("parallel", "off"),
        ("simplex_iteration_limit", _ITERATIONS),
        ("mip_max_nodes", _NODES),
        ("mip_rel_gap", 0.2),
    ):
        highs.setOptionValue(name, value)
    return highs


def _model(
    matrix: csc_matrix, low: Floats, high: Floats, bottom: Floats, top: Floats, cost: Floats, whole: int
) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, bottom, top
    lp.row_lower_, lp.row_upper_ = low, high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if whole:
        kinds = [highspy.HighsVarType.kInteger] * whole
        lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (matrix.shape[1] - whole)
    return lp


def solve(
    matrix: csc_matrix,
    low: Floats,
    high: Floats,
    bottom: Floats,
    top: Floats,
    cost: Floats,
    *,
    whole: int = 0,
) -> Floats | None:
    """The least cost with low <= matrix x <= high, bottom <= x <= top, the first `whole` in whole numbers."""
    highs = _solver()
    highs.passModel(_model(matrix, low, high, bottom, top, cost, whole))
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return np.array(highs.getSolution().col_value)
    if whole and status in (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kIterationLimit):
        found = np.array(highs.getSolution().col_value)
        return found if len(found) == matrix.shape[1] and highs.getInfo().primal_solution_status == 2 else None
    return None


class Programme:
    """The finest places as unknowns, every place of the room's tables as a row: open ones hold, hidden ones are free.

    Rows of `elastic` may be let go at a price, for the search for what to hide besides.
    """

    def __init__(self, rows: csr_matrix, values: NDArray[np.int64], elastic: NDArray[np.int64]) -> None:
        self.rows, self.values = rows, values.astype(np.float64)
        self.cells, self._elastic = rows.shape[1], elastic
        give = identity(rows.shape[0], format="csc")[:, elastic]
        self._matrix = hstack([rows, -give, give], format="csc")
        self._highs: highspy.Highs | None = None

    def least(
        self,
        shown: Mask,
        wish: Floats,
        within: Mapping[int, tuple[float, float]],
        prices: Mapping[int, float] | None = None,
    ) -> Floats | None:
        """The finest places at the least cost; None when there are none such or it takes too long.

        `wish` is a cost for each row, `within` other ends for some rows; rows with a price may be let go.
        """
        low, high, bottom, top, cost = self._set(shown, wish, within, prices or {})
        if self._highs is None:
            self._highs = _solver()
            self._highs.setOptionValue("simplex_strategy", 4)
            self._highs.passModel(_model(self._matrix, low, high, bottom, top, cost, 0))
        else:
            rows, columns = (np.arange(size, dtype=np.int32) for size in self._matrix.shape)
            self._highs.changeRowsBounds(len(rows), rows, low, high)  # type: ignore[attr-defined]  # not in its stub
            self._highs.changeColsBounds(len(columns), columns, bottom, top)
            self._highs.changeColsCost(len(columns), columns, cost)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self._highs.getSolution().col_value)[: self.cells]

    def whole(self, shown: Mask, wish: Floats, within: Mapping[int, tuple[float, float]]) -> Floats | None:
        """The same in whole numbers, from nothing; near the least cost is enough."""
        low, high, bottom, top, cost = self._set(shown, wish, within, {})
        held = np.flatnonzero((low > -ENDLESS) | (high < ENDLESS))
        bottom, top, cost = (each[: self.cells] for each in (bottom, top, cost))
        return solve(self.rows[held].tocsc(), low[held], high[held], bottom, top, cost, whole=self.cells)

    def _set(
        self, shown: Mask, wish: Floats, within: Mapping[int, tuple[float, float]], prices: Mapping[int, float]
    ) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        low, high = np.where(shown, self.values, -ENDLESS), np.where(shown, self.values, ENDLESS)
        for row, (least, most) in within.items():
            low[row], high[row] = least, most
        price = np.array([prices.get(int(row), 0.0) for row in self._elastic])
        give = np.where(price > 0, ENDLESS, 0.0)
        low[self._elastic] = np.where(price > 0, self.values[self._elastic], low[self._elastic])
        high[self._elastic] = np.where(price > 0, self.values[self._elastic], high[self._elastic])
        top = np.concatenate([np.full(self.cells, ENDLESS), give, give])
        cost = np.concatenate([self.rows.T @ wish, price, price])
        return low, high, np.zeros(len(top)), top, cost
