"""An asker who keeps every answer and works out what he can of what was hidden: integer programming over all of it.

He knows every number that was shown to the last unit (the real one sees it rounded), every table's dimensions, and that
there are no halves of a household. He does not know how the observatory reasons: his unknowns are the finest places of
everything that was ever asked about, all together.
"""

import itertools
import random

import numpy as np
from numpy.typing import NDArray

from services.risk.observatory.lattice import SECRET, SHOWN, Dims, Ledger, Universe, joined
from tests.late import Late

programming = Late("scipy.optimize")
sparse = Late("scipy.sparse")

THRESHOLD, WIDTH = 10, 9


class Asker:
    """What one who has all the answers of a ledger knows."""

    def __init__(self, universe: Universe, ledger: Ledger) -> None:
        self.universe, self.ledger = universe, ledger
        self.dims = joined(*ledger.states)
        self.cells = int(np.prod([len(universe.categories[each]) for each in self.dims], dtype=int))
        rows, told = [np.zeros((0, self.cells))], [np.zeros(0)]
        for table, states in ledger.states.items():
            matrix, values = self.matrix(table), universe.counts(table)
            rows.append(matrix[states == SHOWN])
            told.append(values[states == SHOWN].astype(float))
        self.rows, self.told = np.concatenate(rows), np.concatenate(told)

    def matrix(self, table: Dims) -> NDArray[np.float64]:
        """Which finest places make up each place of a table: counted out, not by the code under test."""
        sizes = [range(len(self.universe.categories[each])) for each in self.dims]
        wanted = [self.dims.index(each) for each in table]
        names = list(itertools.product(*(range(len(self.universe.categories[each])) for each in table)))
        number = {name: at for at, name in enumerate(names)}
        found = np.zeros((len(names), self.cells))
        for at, place in enumerate(itertools.product(*sizes)):
            found[number[tuple(place[each] for each in wanted)], at] = 1
        return found

    def known(self, wish: NDArray[np.float64], *, whole: bool = True) -> tuple[float, float]:
        """The least and the most that a hidden count can be."""
        ends = []
        for sign in (1.0, -1.0):
            found = programming.milp(
                sign * wish,
                constraints=programming.LinearConstraint(sparse.csr_matrix(self.rows), self.told, self.told),
                integrality=np.full(self.cells, int(whole)),
                bounds=programming.Bounds(0, np.inf),
                options={"time_limit": 5},
            )
            # Out of time he knows what he has proved so far: the bound, not the best world that he met.
            end = found.mip_dual_bound if found.status == 1 else found.fun
            ends.append(np.inf if found.status in (3, 4) and sign < 0 else sign * end)
        return ends[0], ends[1]

    def recovered(
        self, most: int | None = None, chance: random.Random | None = None
    ) -> list[tuple[Dims, int, float, float]]:
        """The secrets that he knows closer than their width: table, place, least and most."""
        secrets = [
            (table, place)
            for table, states in self.ledger.states.items()
            for place in np.flatnonzero(states == SECRET).tolist()
        ]
        if most is not None and chance is not None:
            secrets = chance.sample(secrets, min(most, len(secrets)))
        found = []
        for table, place in secrets:
            least, top = self.known(self.matrix(table)[place])
            assert least <= self.universe.counts(table)[place] <= top
            if top - least < WIDTH:
                found.append((table, place, least, top))
        return found


def made_up(chance: random.Random, sizes: dict[str, int], things: int) -> Universe:
    """Households of unlike kinds: some categories common, some rare, some that go together."""
    categories = {name: tuple(f"{name} {at}" for at in range(size)) for name, size in sizes.items()}
    numbers = np.random.default_rng(chance.getrandbits(32))
    kind = numbers.integers(0, 3, things)
    codes = {}
    for name, size in sizes.items():
        shares = numbers.dirichlet(np.full(size, 1.5), 3)
        ends = shares.cumsum(axis=1)
        codes[name] = (numbers.random(things)[:, None] > ends[kind][:, :-1]).sum(axis=1).astype(np.int16)
    return Universe(categories, codes)
