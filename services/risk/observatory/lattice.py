"""Tables of several dimensions with all their margins, and the ledger of what was ever shown of them.

A *universe* is a set of things that are counted once each (the households of one month, say) with a few dimensions. A
*table* is named by its dimensions; its margins are the tables of fewer. What was shown stays shown, what was hidden
stays hidden, whichever question it is part of: the ledger says of each place of each table which it is.

Tables share dimensions, so what one shows bounds what another hides. Two of them need not be looked at together when
what they have in common is shown to the last place: then every way to fill the one goes with every way to fill the
other (a junction tree: Lauritzen, Graphical Models, 1996, 3.1; whole numbers too, for two tables with equal margins can
always be put together). Tables for which that is not so share a *room* (`rooms`), and what one of a room may show is
worked out in all of it (hiding.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
States: TypeAlias = NDArray[np.int8]
Dims: TypeAlias = tuple[str, ...]
"""The dimensions of a table, in order of their names; () is the whole."""

COVERED: Final = 0
"""Hidden so that another can't be worked out."""
SHOWN: Final = 1
SECRET: Final = 2
"""Hidden for its own sake."""

MOST_CELLS: Final = 4_000
"""Of a room: more can't be worked through while somebody waits."""


@dataclass(frozen=True)
class Universe:
    """What is counted: each thing's category in each dimension (a column of small numbers), and what it weighs.

    `weights` None: each counts once. Else amounts in whole pounds, never below nought.
    """

    categories: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, NDArray[np.int16]]
    weights: Numbers | None = None
    _counted: dict[tuple[Dims, bool], Numbers] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was counted before: a month's questions ask for the same margins again and again."""

    def __len__(self) -> int:
        return len(next(iter(self.codes.values()))) if self.codes else 0

    def shape(self, dims: Dims) -> tuple[int, ...]:
        """How many categories each of these dimensions has."""
        return tuple(len(self.categories[each]) for each in dims)

    def size(self, dims: Dims) -> int:
        """How many places a table has."""
        return int(np.prod(self.shape(dims), dtype=np.int64)) if dims else 1

    def places(self, dims: Dims) -> Numbers:
        """Which place of a table each thing is in."""
        if not dims:
            return np.zeros(len(self), np.int64)
        return np.asarray(np.ravel_multi_index([self.codes[each] for each in dims], self.shape(dims)), np.int64)

    def counts(self, dims: Dims) -> Numbers:
        """How many things there are in each place; not to be changed."""
        return self._margin(dims, weighed=False)

    def sums(self, dims: Dims) -> Numbers:
        """What the places come to: the counts, or the amounts where there are some."""
        return self._margin(dims, weighed=self.weights is not None)

    def _margin(self, dims: Dims, *, weighed: bool) -> Numbers:
        """Added up from the smallest finer table that was counted before, or from the things themselves."""
        found = self._counted.get((dims, weighed))
        if found is None:
            finer = [each for each, what in list(self._counted) if what == weighed and set(dims) < set(each)]
            if finer:
                table = min(finer, key=self.size)
                beyond = tuple(at for at, each in enumerate(table) if each not in dims)
                found = self._counted[table, weighed].reshape(self.shape(table)).sum(axis=beyond).reshape(-1)
            else:
                weights = self.weights if weighed else None
                counted = np.bincount(self.places(dims), weights=weights, minlength=self.size(dims))
                found = np.rint(counted).astype(np.int64)
            found.flags.writeable = False
            if len(found) <= MOST_CELLS:
                self._counted[dims, weighed] = found
        return found

    def within(self, whole: Dims, part: Dims) -> Numbers:
        """For each place of `whole`, its place in the margin `part`."""
        if not part:
            return np.zeros(self.size(whole), np.int64)
        at = np.unravel_index(np.arange(self.size(whole)), self.shape(whole))
        kept = [at[whole.index(each)] for each in part]
        return np.asarray(np.ravel_multi_index(kept, self.shape(part)), np.int64)


def margins(dims: Dims) -> list[Dims]:
    """A table's margins and the table itself, the coarsest first."""
    return [part for size in range(len(dims) + 1) for part in combinations(sorted(dims), size)]


def joined(*parts: Iterable[str]) -> Dims:
    """The dimensions of several, in order."""
    return tuple(sorted({each for part in parts for each in part}))


@dataclass
class Ledger:
    """What was ever said of one universe: the state of each place of each table, and which tables share a room."""

    states: dict[Dims, States] = field(default_factory=dict)
    rooms: list[Dims] = field(default_factory=list)

    def open(self, dims: Dims) -> bool:
        """Whether every place of a table is shown."""
        return dims in self.states and bool((self.states[dims] == SHOWN).all())

    def room_for(self, universe: Universe, dims: Dims) -> tuple[Dims, list[Dims]] | None:
        """The room in which a table is looked at and the rooms there will be; None when it would be too large."""
        if within := [room for room in self.rooms if set(dims) <= set(room)]:
            return within[0], self.rooms
        room = dims
        while universe.size(room) <= MOST_CELLS:
            others = [each for each in self.rooms if not set(each) <= set(room)]
            tangled = [each for each in self._tangled([*others, room]) if each != room and set(each) & set(room)]
            if not tangled:
                return room, [*others, room]
            # What they have in common is not all in the open: they are one room from now on.
            room = min((joined(room, each) for each in tangled), key=lambda each: (universe.size(each), each))
        return None

    def _tangled(self, rooms: Sequence[Dims]) -> list[Dims]:
        """The rooms that can't be taken off one by one, each joined to one of the others by an open table alone."""
        left = list(rooms)
        while len(left) > 1:
            for each in left:
                others = [other for other in left if other is not each]
                common = joined(set(each) & {name for other in others for name in other})
                if any(set(common) <= set(other) for other in others) and (not common or self.open(common)):
                    left = others
                    break
            else:
                return left
        return []

    def as_data(self) -> dict[str, object]:
        """As it is kept."""
        return {
            "rooms": [list(room) for room in self.rooms],
            "states": {"|".join(dims): "".join(map(str, found.tolist())) for dims, found in self.states.items()},
        }

    @classmethod
    def of_data(cls, kept: Mapping[str, object]) -> "Ledger":
        """What `as_data` gave."""
        rooms, states = kept.get("rooms", []), kept.get("states", {})
        assert isinstance(rooms, list)
        assert isinstance(states, dict)
        found = {
            tuple(name.split("|")) if name else (): np.array([int(each) for each in told], np.int8)
            for name, told in states.items()
        }
        return cls(found, [tuple(room) for room in rooms])
