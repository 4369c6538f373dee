"""Secondary suppression: what of a table may be shown so that no secret can be worked out. HiGHS, whole numbers.

A secret is safe when there are two ways to fill the room's finest places (its *worlds*), alike in everything that is
shown to the last unit, in which the secret differs by its width or more. The worlds are found, kept and checked in
whole numbers, so nothing rests on the solver's word: a mistake of the solver, or running out of time, hides more. No
asker's linear algebra or integer programming can bound a secret tighter than by two worlds that both fit.

What must be hidden besides is the cheapest change of the room that moves the secret by its width (Fischetti and
Salazar, Management Science 47, 2001, solve it to the optimum; one secret after another is nearly as good and quick):
the places of the table that the change would alter are hidden, and the truth and the changed room are two worlds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import bmat, coo_matrix, csc_matrix, csr_matrix, hstack, identity, vstack

from services.risk.observatory.lattice import COVERED, SECRET, SHOWN, Dims, Ledger, Numbers, States, Universe, margins

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Secrets = Callable[[Dims], Mask]
"""Which places of a table are secret for their own sake."""
Widths = Callable[[Dims], Numbers]
"""How wide what can be known of each place of a table must stay, where it is secret."""

SOLVES: Final = 200
"""So many searches for one table; then what was not found is taken not to be there, and more is hidden.

Counted, not timed: what is shown must not hang on how busy the machine was.
"""
_ITERATIONS: Final = 20_000
_NODES: Final = 60
_SMALL: Final = 1e-6
_ENDLESS: Final = highspy.kHighsInf
_PATIENCE: Final = 2


@dataclass(frozen=True, slots=True)
class Care:
    """What must be kept of a universe: its secrets and their widths."""

    secrets: Secrets
    widths: Widths


@dataclass
class Room:
    """The finest places of a room, what is shown of it, and what is guarded in it."""

    universe: Universe
    dims: Dims
    care: Care
    truth: Numbers
    shown: list[tuple[csr_matrix, Numbers]] = field(default_factory=list)
    guards: csr_matrix = field(default_factory=lambda: csr_matrix((0, 0)))
    widths: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    worlds: list[Numbers] = field(default_factory=list)
    seen: list[Numbers] = field(default_factory=list)
    """What each world has for each guard."""
    solves: int = SOLVES

    @classmethod
    def of(cls, universe: Universe, dims: Dims, care: Care, ledger: Ledger, asked: Dims) -> "Room":
        """The room with all that was shown in it; every secret of the tables in it and of the one asked for."""
        room = cls(universe, dims, care, universe.sums(dims))
        guards, widths = [], []
        lattice = {each for each in ledger.states if set(each) <= set(dims)} | set(margins(asked))
        for table in sorted(lattice):
            states = ledger.states.get(table)
            secret = care.secrets(table) if states is None else states == SECRET
            if states is not None:
                room.show(table, states == SHOWN)
            if secret.any():
                guards.append(room.matrix(table)[secret])
                widths.append(care.widths(table)[secret])
        if guards:
            room.guards, room.widths = vstack(guards, format="csr"), np.concatenate(widths)
        else:
            room.guards = csr_matrix((0, len(room.truth)))
        room.keep(room.truth)
        return room

    def keep(self, world: Numbers) -> None:
        """One more world that fits."""
        self.worlds.append(world)
        self.seen.append(np.rint(self.guards @ world).astype(np.int64))

    def begin(self, shown: list[tuple[csr_matrix, Numbers]], worlds: list[tuple[Numbers, Numbers]]) -> None:
        """As it was: what was shown then, and the worlds known by now."""
        self.shown = list(shown)
        self.worlds, self.seen = [each for each, _ in worlds], [seen for _, seen in worlds]

    def known(self) -> list[tuple[Numbers, Numbers]]:
        """Its worlds with what they have for each guard."""
        return list(zip(self.worlds, self.seen, strict=True))

    def matrix(self, table: Dims) -> csr_matrix:
        """A row for each place of a margin, with a one for each finest place in it."""
        at = self.universe.within(self.dims, table)
        return coo_matrix(
            (np.ones(len(at)), (at, np.arange(len(at)))), shape=(self.universe.size(table), len(at))
        ).tocsr()

    def show(self, table: Dims, places: Mask) -> None:
        """From now on these places of a table are known to everybody."""
        if places.any():
            matrix = self.matrix(table)[places]
            self.shown.append((matrix, np.rint(matrix @ self.truth).astype(np.int64)))
        self.begin(self.shown, [each for each in self.known() if self.fits(each[0])])

    def fits(self, world: Numbers) -> bool:
        """Whether a world is alike in all that is shown."""
        return bool((world >= 0).all()) and all(bool((matrix @ world == told).all()) for matrix, told in self.shown)

    def unsafe(self) -> Numbers:
        """The guards whose worlds do not lie far enough apart."""
        if not len(self.widths):
            return np.empty(0, np.int64)
        seen = np.stack(self.seen)
        return np.flatnonzero(seen.max(axis=0) - seen.min(axis=0) < self.widths)

    def look(self) -> Numbers:
        """Look for worlds in which the guards that are not safe yet lie further off; those that stay unsafe."""
        chance = np.random.default_rng(len(self.widths))
        left = self.unsafe()
        # Many at once may stand in each other's way, by themselves each has the best chance.
        group, misses = len(left), 0
        while len(left) and misses < _PATIENCE * len(self.widths) + 4 and self.solves > 0:
            chosen = np.sort(chance.permutation(left)[: max(group, 1)])
            found = False
            for up in (True, False):
                world = self._pushed(chosen, chance, up=up)
                if world is not None and self.fits(world):
                    self.keep(world)
                    found = True
                    if len(self.unsafe()) < len(left):
                        break
            still = self.unsafe()
            if len(still) == len(left) or not found:
                if len(chosen) == 1:
                    return still
                misses += 1
                group = max(group // 2, 1)
            left = still
        return self.unsafe()

    def _pushed(self, guards: Numbers, chance: np.random.Generator, *, up: bool) -> Numbers | None:
        """The world with these guards as far from the truth as their widths ask, all together."""
        count, many = len(self.truth), len(guards)
        seen = np.stack(self.seen)[:, guards]
        ends = seen.min(axis=0) if up else seen.max(axis=0)
        sign = 1.0 if up else -1.0
        chosen = self.guards[guards] * sign
        rows = [matrix for matrix, _ in self.shown]
        told = [values for _, values in self.shown]
        equal = vstack(rows, format="csc") if rows else csc_matrix((0, count))
        matrix = vstack([hstack([equal, csc_matrix((equal.shape[0], many))]), hstack([chosen, -identity(many)])])
        values = np.concatenate(told) if told else np.empty(0)
        low = np.concatenate([values, sign * ends])
        high = np.concatenate([values, np.full(many, _ENDLESS)])
        cost = np.concatenate([np.zeros(count), -chance.uniform(1, 2, many)])
        top = np.concatenate([np.full(count, _ENDLESS), self.widths[guards].astype(np.float64)])
        bottom = np.concatenate([np.zeros(count), np.zeros(many)])
        found = self._solved(matrix.tocsc(), low, high, bottom, top, cost, count)
        return None if found is None else found[:count]

    def cover(self, table: Dims, open_: Mask, guard: int) -> Mask | None:
        """The cheapest places of `table`, among the open ones, to hide so that a guard may differ by its width.

        None: hiding all of them would not do, or the time is up. Worlds that show it are kept where they are whole.
        """
        own = self.matrix(table)
        free, wished = own[open_], self.guards[[guard]]
        values = np.rint(own @ self.truth)[open_]
        cost = 1_000.0 + np.log2(values + 1)
        width = float(self.widths[guard])
        for ways in (1, 2):
            found = self._changes(free, wished, width, cost, ways)
            if found is None:
                continue
            changed = np.zeros(len(open_), np.bool_)
            for change in found:
                changed[open_] |= np.abs(free @ change) > _SMALL
                world = self.truth + np.rint(change).astype(np.int64)
                if np.abs(change - np.rint(change)).max(initial=0.0) < _SMALL and self.fits(world):
                    self.keep(world)
            return changed
        return None

    def _changes(
        self, free: csr_matrix, wished: csr_matrix, width: float, cost: Floats, ways: int
    ) -> list[Floats] | None:
        """One change of the room upwards, or one up and one down, that together move a guard by its width."""
        count, many = len(self.truth), free.shape[0]
        rows = [matrix for matrix, _ in self.shown]
        fixed = vstack(rows, format="csc") if rows else csc_matrix((0, count))
        held, slack = fixed.shape[0], identity(many)
        both = [fixed, fixed][:ways]
        blocks: list[list[object]] = [
            [each if at == way else None for at in range(ways)] + [csc_matrix((held, many)) if way == 0 else None]
            for way, each in enumerate(both)
        ]
        blocks.append([*[wished, -wished][:ways], None])
        for way in range(ways):
            ahead = [free if at == way else None for at in range(ways)]
            blocks += [[*ahead, -slack], [*ahead, slack]]
        under, over, nought = np.full(many, -_ENDLESS), np.full(many, _ENDLESS), np.zeros(many)
        low = np.concatenate([np.zeros(ways * held), [width], *([under, nought] * ways)])
        high = np.concatenate([np.zeros(ways * held), [_ENDLESS], *([nought, over] * ways)])
        bottom = np.concatenate([*([-self.truth] * ways), nought]).astype(np.float64)
        top = np.full(ways * count + many, _ENDLESS)
        costs = np.concatenate([np.zeros(ways * count), cost])
        self.solves -= 1
        found = solve(bmat(blocks, format="csc"), low, high, bottom, top, costs) if self.solves >= 0 else None
        return None if found is None else [found[way * count : (way + 1) * count] for way in range(ways)]

    def _solved(
        self,
        matrix: csc_matrix,
        low: Floats,
        high: Floats,
        bottom: Floats,
        top: Floats,
        cost: Floats,
        count: int,
    ) -> Numbers | None:
        """The least cost in whole numbers (for the first `count`); None when there is none or it takes too long."""
        self.solves -= 1
        found = solve(matrix, low, high, bottom, top, cost) if self.solves >= 0 else None
        if found is None:
            return None
        near = np.rint(found)
        if np.abs(found[:count] - near[:count]).max(initial=0.0) < _SMALL:
            return near.astype(np.int64)
        self.solves -= 5
        found = solve(matrix, low, high, bottom, top, cost, whole=count)
        return None if found is None else np.rint(found).astype(np.int64)


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
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, bottom, top
    lp.row_lower_, lp.row_upper_ = low, high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if whole:
        kinds = [highspy.HighsVarType.kInteger] * whole
        lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (matrix.shape[1] - whole)
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
    highs.passModel(lp)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return np.array(highs.getSolution().col_value)
    if whole and status in (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kIterationLimit):
        found = np.array(highs.getSolution().col_value)
        return found if len(found) == matrix.shape[1] and highs.getInfo().primal_solution_status == 2 else None
    return None


def release(universe: Universe, ledger: Ledger, dims: Dims, care: Care) -> bool:
    """Put a table and its margins into the ledger, each place shown or hidden. False: nothing of it may be shown.

    Then the ledger is as it was. Whether something may be shown does not depend on who asks.
    """
    if all(each in ledger.states for each in margins(dims)):
        return True
    place = ledger.room_for(universe, dims)
    if place is None:
        return False
    room_dims, rooms = place
    room = Room.of(universe, room_dims, care, ledger, dims)
    if len(room.look()):
        return False
    added: dict[Dims, States] = {}
    for table in margins(dims):
        if table not in ledger.states:
            added[table] = _decided(room, table, care)
    ledger.states.update(added)
    ledger.rooms = list(rooms)
    return True


def _decided(room: Room, table: Dims, care: Care) -> States:
    """Which places of one table are shown: all but the secrets and what covers them."""
    room.solves = SOLVES
    secret = care.secrets(table)
    kept, before = room.known(), list(room.shown)
    open_ = ~secret
    while True:
        room.begin(before, kept)
        room.show(table, open_)
        left = room.look()
        kept += [each for each in room.known() if not any(each[0] is other[0] for other in kept)]
        if not len(left):
            break
        # What may be hidden besides is not yet shown: the room as it was before this table.
        room.begin(before, kept)
        more = room.cover(table, open_, int(left[0]))
        kept = room.known()
        if more is None or not (more & open_).any():
            open_ = np.zeros(len(open_), np.bool_)
            break
        open_ = open_ & ~more
    states = np.full(len(secret), COVERED, np.int8)
    states[open_] = SHOWN
    states[secret] = SECRET
    return states
