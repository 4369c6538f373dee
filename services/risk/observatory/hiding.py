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

import numpy as np
from scipy.sparse import bmat, csc_matrix, csr_matrix, identity, vstack

from services.risk.observatory.lattice import COVERED, SECRET, SHOWN, Dims, Ledger, Numbers, States, Universe, margins
from services.risk.observatory.programme import ENDLESS, Floats, Mask, Programme, solve

Secrets = Callable[[Dims], Mask]
"""Which places of a table are secret for their own sake."""
Widths = Callable[[Dims], Numbers]
"""How wide what can be known of each place of a table must stay, where it is secret."""

SOLVES: Final = 200
"""So many searches for one table; then what was not found is taken not to be there, and more is hidden.

Counted, not timed: what is shown must not hang on how busy the machine was.
"""
_SMALL: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Care:
    """What must be kept of a universe: its secrets and their widths."""

    secrets: Secrets
    widths: Widths
    rises: Widths | None = None
    """How far above the truth the other world must lie, where a width alone is not enough; nowhere unless said."""


@dataclass
class Room:
    """The finest places of a room, what is shown of it, and what is guarded in it.

    `rows` are the places of all its tables, one after another: a world's row values are what it has for each of them.
    """

    rows: csr_matrix
    truth: Numbers
    at: dict[Dims, slice]
    """Which rows a table's places are."""
    guards: Numbers
    """The secrets' rows."""
    widths: Numbers
    rises: Numbers
    programme: Programme
    shown: Mask
    values: Numbers = field(init=False)
    worlds: list[Numbers] = field(default_factory=list)
    seen: list[Numbers] = field(default_factory=list)
    """What each world has for each row."""
    solves: int = SOLVES

    def __post_init__(self) -> None:
        self.values = self.told(self.truth)
        self.keep(self.truth)

    @classmethod
    def of(cls, universe: Universe, dims: Dims, care: Care, ledger: Ledger, asked: Dims) -> "Room":
        """The room with all that was shown in it; every secret of the tables in it and of the one asked for."""
        fresh = [each for each in margins(asked) if each not in ledger.states]
        known = sorted(each for each in ledger.states if set(each) <= set(dims))
        tables, begin, at = [*known, *fresh], 0, {}
        guards, widths, rises, shown, parts = [], [], [], [], []
        for table in tables:
            states, size = ledger.states.get(table), universe.size(table)
            secret = care.secrets(table) if states is None else states == SECRET
            at[table] = slice(begin, begin + size)
            guards.append(begin + np.flatnonzero(secret))
            if secret.any():
                widths.append(care.widths(table)[secret])
                rises.append(np.zeros(secret.sum(), np.int64) if care.rises is None else care.rises(table)[secret])
            shown.append(np.zeros(size, np.bool_) if states is None else states == SHOWN)
            parts.append(_matrix(universe, dims, table))
            begin += size
        rows, truth = vstack(parts, format="csr"), universe.sums(dims)
        new = sum(universe.size(each) for each in fresh)
        elastic = np.arange(begin - new, begin)
        none = np.empty(0, np.int64)
        return cls(
            rows,
            truth,
            at,
            np.concatenate([none, *guards]),
            np.concatenate([none, *widths]),
            np.concatenate([none, *rises]),
            Programme(rows, np.rint(rows @ truth).astype(np.int64), elastic),
            np.concatenate(shown),
        )

    def told(self, world: Numbers) -> Numbers:
        """What a world has for each row."""
        return np.asarray(np.rint(self.rows @ world), np.int64)

    def keep(self, world: Numbers) -> bool:
        """One more world, if it is alike in all that is shown."""
        seen = self.told(world)
        if (world < 0).any() or (seen[self.shown] != self.values[self.shown]).any():
            return False
        self.worlds.append(world)
        self.seen.append(seen)
        return True

    def begin(self, shown: Mask, worlds: list[tuple[Numbers, Numbers]]) -> None:
        """What is shown now, and the worlds known by now, as far as they fit."""
        self.shown = shown
        fit = [(world, seen) for world, seen in worlds if (seen[shown] == self.values[shown]).all()]
        self.worlds, self.seen = [each for each, _ in fit], [seen for _, seen in fit]

    def known(self) -> list[tuple[Numbers, Numbers]]:
        """Its worlds with what they have for each row."""
        return list(zip(self.worlds, self.seen, strict=True))

    def ends(self) -> tuple[Numbers, Numbers]:
        """The least and the most that the worlds have for each guard."""
        seen = np.stack(self.seen)[:, self.guards]
        return seen.min(axis=0), seen.max(axis=0)

    def unsafe(self) -> Numbers:
        """The guards whose worlds do not lie far enough apart."""
        least, most = self.ends()
        near = (most - least < self.widths) | (most - self.values[self.guards] < self.rises)
        return np.flatnonzero(near)

    def look(self) -> Numbers:
        """Look for worlds in which the guards that are not safe yet lie further off; those that stay unsafe.

        The first of them is one that could not be helped by itself; of the others it is not known.
        """
        chance = np.random.default_rng(len(self.widths))
        left = self.unsafe()
        # Many at once may stand in each other's way, by themselves each has the best chance.
        group = len(left)
        while len(left) and self.solves > 0:
            chosen = np.sort(chance.permutation(left)[:group])
            for up in (True, False):
                if len(chosen) > 1:
                    self._pushed(chosen, chance, up=up)
                else:
                    self._alone(int(chosen[0]), up=up)
                if len(still := self.unsafe()) < len(left):
                    break
            if len(still) == len(left):
                if len(chosen) == 1:
                    return np.concatenate([chosen, left[left != chosen[0]]])
                group = max(group // 2, 1)
            left = still
        return self.unsafe()

    def _pushed(self, guards: Numbers, chance: np.random.Generator, *, up: bool) -> None:
        """The world with these guards as far from the truth as their widths ask, all together."""
        least, most = self.ends()
        rows, wish = self.guards[guards], np.zeros(self.rows.shape[0])
        wish[rows] = chance.uniform(1, 2, len(guards)) * (-1.0 if up else 1.0)
        low, high = least[guards], most[guards]
        if up:
            high = self._wanted(guards)
        else:
            low = np.minimum(high - self.widths[guards], low)
        within = {int(row): (float(a), float(b)) for row, a, b in zip(rows, low, high, strict=True)}
        self.solves -= 1
        found = self.programme.least(self.shown, wish, within) if self.solves >= 0 else None
        # In fractions it is of no use: fewer at once have whole corners oftener.
        if found is not None and _is_whole(found):
            self.keep(np.rint(found).astype(np.int64))

    def _wanted(self, guards: Numbers) -> Numbers:
        """How much guards must have in some world for all to be well, if nothing less is found than now."""
        least, _ = self.ends()
        most = (self.values[self.guards] + self.rises)[guards]
        return np.asarray(np.maximum(least[guards] + self.widths[guards], most))

    def _alone(self, guard: int, *, up: bool) -> None:
        """The world with one guard at its end; where that corner is in fractions, one in whole numbers near it."""
        least, most = self.ends()
        row, wish = int(self.guards[guard]), np.zeros(self.rows.shape[0])
        wish[row] = -1.0 if up else 1.0
        self.solves -= 1
        # Far enough for every width, or nothing would hold it where little is shown.
        within = {row: (0.0, float(self.values[row] + 100 * (self.widths[guard] + self.rises[guard])))}
        found = self.programme.least(self.shown, wish, within) if self.solves >= 0 else None
        if found is None:
            return
        if _is_whole(found):
            self.keep(np.rint(found).astype(np.int64))
            return
        end = float((self.rows[[row]] @ found)[0])
        if np.floor(end + _SMALL) <= most[guard] if up else np.ceil(end - _SMALL) >= least[guard]:
            return
        self.solves -= 5
        world = self.programme.whole(self.shown, wish, within)
        if world is not None:
            self.keep(np.rint(world).astype(np.int64))

    def cover(self, table: Dims, open_: Mask, guard: int) -> Mask | None:
        """The cheapest places of `table`, among the open ones, to hide so that a guard may differ by its width.

        None: hiding all of them would not do, or the time is up. Worlds that show it are kept where they are whole.
        """
        places = self.at[table].start + np.flatnonzero(open_)
        cost = 1_000.0 + np.log2(self.values[places] + 1)
        for ways in (1, 2):
            found = self._changes(places, guard, cost, ways)
            if found is None:
                continue
            changed = np.zeros(len(open_), np.bool_)
            for change in found:
                changed[open_] |= np.abs(self.rows[places] @ change) > _SMALL
                if _is_whole(change):
                    self.keep(self.truth + np.rint(change).astype(np.int64))
            return changed
        return None

    def _changes(self, places: Numbers, guard: int, cost: Floats, ways: int) -> list[Floats] | None:
        """One change of the room upwards, or one up and one down, that together move a guard by its width."""
        self.solves -= 1
        if self.solves < 0:
            return None
        row, width, rise = int(self.guards[guard]), float(self.widths[guard]), float(self.rises[guard])
        if ways == 1:
            prices = dict(zip(places.tolist(), cost.tolist(), strict=True))
            within = {row: (float(self.values[row]) + max(width, rise), ENDLESS)}
            world = self.programme.least(self.shown, np.zeros(self.rows.shape[0]), within, prices)
            return None if world is None else [world - self.truth]
        count, many = len(self.truth), len(places)
        fixed, free, wished = self.rows[np.flatnonzero(self.shown)], self.rows[places], self.rows[[row]]
        held, slack = fixed.shape[0], identity(many)
        matrix = bmat(
            [
                [fixed, None, csc_matrix((held, many))],
                [None, fixed, None],
                [wished, -wished, None],
                [wished, None, None],
                [free, None, -slack],
                [free, None, slack],
                [None, free, -slack],
                [None, free, slack],
            ],
            format="csc",
        )
        under, over, nought = np.full(many, -ENDLESS), np.full(many, ENDLESS), np.zeros(many)
        low = np.concatenate([np.zeros(2 * held), [width, rise], *([under, nought] * 2)])
        high = np.concatenate([np.zeros(2 * held), [ENDLESS, ENDLESS], *([nought, over] * 2)])
        bottom = np.concatenate([-self.truth, -self.truth, nought]).astype(np.float64)
        top = np.full(2 * count + many, ENDLESS)
        found = solve(matrix, low, high, bottom, top, np.concatenate([np.zeros(2 * count), cost]))
        return None if found is None else [found[:count], found[count : 2 * count]]


def _is_whole(values: Floats) -> bool:
    return bool(np.abs(values - np.rint(values)).max(initial=0.0) < _SMALL)


def _matrix(universe: Universe, whole: Dims, table: Dims) -> csr_matrix:
    """A row for each place of a margin, with a one for each finest place in it."""
    at, size = universe.within(whole, table), universe.size(table)
    # Each finest place is in one row: sorted by row they are the columns as they stand.
    ends = np.concatenate([[0], np.bincount(at, minlength=size).cumsum()])
    return csr_matrix((np.ones(len(at)), np.argsort(at, kind="stable"), ends), shape=(size, len(at)))


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
    kept, before = room.known(), room.shown
    open_ = ~secret
    while True:
        now = before.copy()
        now[room.at[table]] = open_
        room.begin(now, kept)
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
