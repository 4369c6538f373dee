"""An asker who keeps every answer and works out what he can of what was hidden: integer programming over all of it.

He knows every number that was shown to the last unit (the real one sees it rounded), every table's dimensions, and that
there are no halves of a household. He does not know how the observatory reasons: his unknowns are the finest places of
everything that was ever asked about, all together. Of amounts he may be the household with the second largest one.

His programme is built once and asked again and again from where it stood, so that a thousand tables take minutes. What
he finds to be possible on his way he keeps: two ways in which a secret lies far enough apart have proved it safe.
"""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.risk.observatory.lattice import SECRET, SHOWN, Dims, Ledger, Numbers, Universe, joined
from tests.late import Late

highspy = Late("highspy")
sparse = Late("scipy.sparse")

THRESHOLD, WIDTH = 10, 9
POUNDS = 100
"""Nearer than this no hidden amount may be known: what shown ones are rounded to."""
_SECONDS = 20.0
_NEARLY = 1e-6


class Asker:
    """What one who has all the answers of a ledger knows."""

    def __init__(self, universe: Universe, ledger: Ledger) -> None:
        self.universe, self.ledger = universe, ledger
        self.dims = joined(*ledger.states)
        self.cells = int(np.prod([len(universe.categories[each]) for each in self.dims], dtype=int))
        self.seen: list[NDArray[np.float64]] = []
        """Whole worlds that he met and that fit all he was told."""
        rows, told = [sparse.csr_matrix((0, self.cells))], [np.zeros(0)]
        for table, states in ledger.states.items():
            rows.append(self.matrix(table)[states == SHOWN])
            told.append(universe.sums(table)[states == SHOWN].astype(float))
        self.rows, self.told = sparse.vstack(rows, format="csc"), np.concatenate(told)
        self._programmes: dict[bool, Any] = {}

    def matrix(self, table: Dims) -> Any:
        """Which finest places make up each place of a table: counted out, not by the code under test."""
        sizes = [range(len(self.universe.categories[each])) for each in self.dims]
        wanted = [self.dims.index(each) for each in table]
        names = list(itertools.product(*(range(len(self.universe.categories[each])) for each in table)))
        number = {name: at for at, name in enumerate(names)}
        places = [number[tuple(place[each] for each in wanted)] for place in itertools.product(*sizes)]
        ones = np.ones(len(places))
        return sparse.csr_matrix((ones, (places, range(len(places)))), shape=(len(names), self.cells))

    def _programme(self, *, whole: bool) -> Any:
        if whole in self._programmes:
            return self._programmes[whole]
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = self.rows.shape
        lp.col_cost_, lp.col_lower_ = np.zeros(self.cells), np.zeros(self.cells)
        lp.col_upper_ = np.full(self.cells, highspy.kHighsInf)
        lp.row_lower_ = lp.row_upper_ = self.told
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = self.rows.indptr, self.rows.indices
        lp.a_matrix_.value_ = self.rows.data
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * self.cells
        highs = highspy.Highs()
        for option in (("output_flag", False), ("threads", 1), ("time_limit", _SECONDS)):
            highs.setOptionValue(*option)
        if not whole:
            highs.setOptionValue("simplex_strategy", 4)
        highs.passModel(lp)
        self._programmes[whole] = highs
        return highs

    def _end(self, wish: NDArray[np.float64], sign: float, *, whole: bool) -> float:
        """The least (sign 1) or the most (-1) of a wish; a world that shows it is kept when it is whole."""
        highs = self._programme(whole=whole)
        highs.changeColsCost(self.cells, np.arange(self.cells, dtype=np.int32), sign * wish)
        highs.run()
        status, known = highs.getModelStatus(), highs.getInfo()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return -sign * np.inf
        if status != highspy.HighsModelStatus.kOptimal:
            # Out of time he knows what he has proved so far: the bound, not the best world that he met.
            return sign * float(known.mip_dual_bound) if whole else -sign * np.inf
        answer = np.array(highs.getSolution().col_value)
        world = np.rint(answer)
        if np.abs(answer - world).max() < _NEARLY and not np.abs(self.rows @ world - self.told).max(initial=0):
            self.seen.append(world)
            return float(wish @ world)
        if whole:
            return sign * float(known.mip_dual_bound)
        # A half household is none: he has to look in whole numbers.
        return self._end(wish, sign, whole=True)

    def known(self, wish: NDArray[np.float64]) -> tuple[float, float]:
        """The least and the most that a hidden count can be."""
        return self._end(wish, 1.0, whole=False), self._end(wish, -1.0, whole=False)

    def secrets(self) -> Iterator[tuple[Dims, int]]:
        """Every place that is hidden for its own sake."""
        for table, states in self.ledger.states.items():
            for place in np.flatnonzero(states == SECRET).tolist():
                yield table, place

    def recovered(
        self, most: int | None = None, chance: random.Random | None = None
    ) -> list[tuple[Dims, int, float, float]]:
        """The secrets that he knows too closely: table, place, least and most. Of all of them, or of so many by lot."""
        secrets = list(self.secrets())
        if most is not None and chance is not None:
            secrets = chance.sample(secrets, min(most, len(secrets)))
        found = []
        for table in dict.fromkeys(each for each, _ in secrets):
            matrix, true = self.matrix(table), self.universe.sums(table)
            wide, above = self._asked_for(table)
            for place in (at for each, at in secrets if each == table):
                wish = np.asarray(matrix[[place]].todense()).ravel()
                ends = [float(wish @ world) for world in self.seen]
                if ends and max(ends) - min(ends) >= wide[place] and max(ends) - true[place] >= above[place]:
                    continue
                least, top = self.known(wish)
                assert least - _NEARLY <= true[place] <= top + _NEARLY
                if top - least < wide[place] - _NEARLY or top - true[place] < above[place] - _NEARLY:
                    found.append((table, place, least, top))
        return found

    def _asked_for(self, table: Dims) -> tuple[Numbers, Numbers]:
        """How far apart the ends of each place must lie, and how far above the truth the upper one."""
        nought = np.zeros(self.universe.size(table), np.int64)
        if self.universe.weights is None:
            return nought + WIDTH, nought
        return nought + POUNDS, self.too_near(table)

    def too_near(self, table: Dims) -> Numbers:
        """By how much the most of each place must lie above the truth.

        The household with the second largest amount takes its own from the most that all can be: what is left for the
        largest must be a tenth above what it is (the p% rule), or he has it within that.
        """
        assert self.universe.weights is not None
        gaps = np.zeros(self.universe.size(table), np.int64)
        for place, amounts in contributions(self.universe, table).items():
            first, second = [*amounts, 0, 0][:2]
            gaps[place] = max(int(np.ceil(0.1 * first)) - (sum(amounts) - first - second), 0)
        return gaps


def contributions(universe: Universe, table: Dims) -> dict[int, list[int]]:
    """The amounts in each place, the largest first: by hand, not by the code under test."""
    assert universe.weights is not None
    found: dict[int, list[int]] = {}
    sizes = [len(universe.categories[each]) for each in table]
    for at, amount in enumerate(universe.weights.tolist()):
        place = 0
        for each, size in zip(table, sizes, strict=True):
            place = place * size + int(universe.codes[each][at])
        found.setdefault(place, []).append(amount)
    return {place: sorted(amounts, reverse=True) for place, amounts in found.items()}


def made_up(chance: random.Random, sizes: dict[str, int], things: int, *, pounds: bool = False) -> Universe:
    """Households of unlike kinds: some categories common, some rare, some that go together; with debts, if wanted."""
    categories = {name: tuple(f"{name} {at}" for at in range(size)) for name, size in sizes.items()}
    numbers = np.random.default_rng(chance.getrandbits(32))
    kind = numbers.integers(0, 3, things)
    codes = {}
    for name, size in sizes.items():
        shares = numbers.dirichlet(np.full(size, 1.5), 3)
        ends = shares.cumsum(axis=1)
        codes[name] = (numbers.random(things)[:, None] > ends[kind][:, :-1]).sum(axis=1).astype(np.int16)
    if not pounds:
        return Universe(categories, codes)
    # As debts are: many small ones and a few that outweigh a street.
    owed = np.rint(numbers.lognormal(5.5, chance.choice((0.8, 1.3, 2.0)), things)).astype(np.int64) + 1
    return Universe(categories, codes, owed)
