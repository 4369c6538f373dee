"""Clusters of records, growing.

They grow together best pair first, as long as the linkage of two clusters, half the best edge between them and half
the mean of all, is at least `join`. A chain of good edges therefore joins nobody whose other records contradict it.
What a former run joined stays together until the evidence is clearly against it (`keep`): hard to join, harder to
break. And nothing is judged again without cause: two persons join, or one parts, only where a record is new or changed
or somebody decided so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import log2

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from services.risk.linkage.engine.model import Floats
from services.risk.linkage.engine.names import Mask
from services.risk.linkage.engine.records import Ints

CLAMP = 15.0
"""No computed edge counts for more bits than this, or for fewer than its negative."""
FORCED = 1e6
"""What people decided counts for so much."""
_SOMEBODY_ELSE = -5.0
_FEW = 64


@dataclass(frozen=True, slots=True)
class Rules:
    """When to join and when to part, in bits of a cluster's linkage, and what people have decided."""

    join: float = 2.0
    review: float = -2.0
    """From here up to `join` a person is asked."""
    keep: float = -8.0
    """What was joined stays joined down to here."""
    absent: float = -4.0
    """Two records that share no key: nobody compared them, and that says something."""
    must_link: Collection[tuple[str, str]] = ()
    cannot_link: Collection[tuple[str, str]] = ()
    changed: Collection[str] = ()
    """Records of former persons that say something else now: they count as new evidence."""
    reconsider: bool = False
    """Judge everything again, as after a model was trained anew."""


def in_order(x: int, y: int) -> tuple[int, int]:
    """Two records, the lower number first."""
    return (x, y) if x < y else (y, x)


def neighbourhoods(count: int, i: Ints, j: Ints) -> Ints:
    """The number of each record's neighbourhood: all that edges connect. Numbers go by the first record of each."""
    if count > _FEW:
        graph = coo_matrix((np.ones(len(i)), (i, j)), shape=(count, count))
        return np.asarray(connected_components(graph, directed=False)[1], np.int64)
    # To make a matrix takes longer than a few records have.
    label = list(range(count))
    for x, y in zip(i.tolist(), j.tolist(), strict=True):
        low, high = sorted((label[x], label[y]))
        label = [low if each == high else each for each in label] if low != high else label
    numbers: dict[int, int] = {}
    return np.asarray([numbers.setdefault(each, len(numbers)) for each in label], np.int64)


@dataclass(slots=True)
class _Between:
    """All edges between two clusters."""

    total: float
    count: int
    best: float
    pair: tuple[int, int]
    parted: bool
    """Somebody decided that they are two people."""


class Clusters:
    """Clusters of record numbers."""

    def __init__(
        self, count: int, i: Ints, j: Ints, weight: Floats, old: Sequence[int], fresh: list[bool], rules: Rules
    ) -> None:
        self.rules = rules
        self.fresh = fresh
        self.parent = list(range(count))
        self.size = [1] * count
        self.old = old
        self.neighbours: list[dict[int, _Between]] = [{} for _ in range(count)]
        first = np.asarray(old)[i] if count else i
        second = np.asarray(old)[j] if count else j
        together = (first == second) & (first >= 0)
        worth = (weight >= min(rules.review, 0.0)) | together | (weight <= -FORCED)
        label = neighbourhoods(count, i[worth], j[worth])
        self.stirred = (np.bincount(label, fresh) > 0)[label] if count else np.empty(0, np.bool_)
        inside = label[i] == label[j]
        self.edges = i[inside], j[inside], weight[inside]
        inside = self._whole(label, i, j, weight, inside)
        for x, y, bits in zip(i[inside].tolist(), j[inside].tolist(), weight[inside].tolist(), strict=True):
            edge = _Between(bits, 1, bits, (x, y), bits <= -FORCED)
            self.neighbours[x][y] = edge
            self.neighbours[y][x] = edge

    def _whole(self, label: Ints, i: Ints, j: Ints, weight: Floats, inside: Mask) -> Mask:
        """Joins at once the neighbourhoods that need no weighing, and gives the edges that are left.

        These are the ones where every pair is an edge that joins, and those that are one former person's alone and
        hold nothing new.
        """
        count = len(label)
        if not count:
            return inside
        size = np.bincount(label)
        edge_label = label[i[inside]]
        edges = np.bincount(edge_label, minlength=len(size))
        weak = np.bincount(edge_label[weight[inside] < max(self.rules.join, 0.0)], minlength=len(size))
        untouched = np.bincount(label, ~np.asarray(self.fresh)) > 0
        whole = (size > 1) & (edges == size * (size - 1) // 2) & (weak == 0) & ~untouched
        former = np.asarray(self.old, np.int64)
        least, most = np.full(len(size), count), np.full(len(size), -1)
        np.minimum.at(least, label, former)
        np.maximum.at(most, label, former)
        parted = np.bincount(edge_label[weight[inside] <= -FORCED], minlength=len(size)) > 0
        whole |= (least == most) & (least >= 0) & ~np.isin(np.arange(len(size)), label[self.stirred]) & ~parted
        first = np.full(len(size), count)
        np.minimum.at(first, label, np.arange(count))
        for x in np.flatnonzero(whole[label]).tolist():
            self.parent[x] = int(first[label[x]])
        return np.asarray(inside & ~whole[label[i]])

    def linkage(self, x: int, y: int) -> float:
        """Of two clusters, in bits."""
        between = self.neighbours[x][y]
        if between.parted:
            return -FORCED
        pairs = self.size[x] * self.size[y]
        if pairs == 1:
            return between.best
        mean = (between.total + (pairs - between.count) * self.rules.absent) / pairs
        return max(between.best, -CLAMP) / 2 + mean / 2

    def join(self) -> None:
        """Former persons first, down to `keep`; then everyone, down to `join`."""
        if any(each >= 0 for each in self.old):
            self._grow(self.rules.keep, within=True)
        while self._grow(self.rules.join, within=False):
            pass

    def _allowed(self, x: int, y: int, within: bool) -> float:
        """The linkage, unless these two are not to be judged: then less than any threshold."""
        if within:
            if self.old[x] != self.old[y]:
                return -FORCED
            bits = self.linkage(x, y)
            return bits if self.stirred[x] or bits <= -FORCED else max(bits, 0.0)
        bits = self.linkage(x, y)
        return bits if self.fresh[x] or self.fresh[y] or bits >= CLAMP * 2 else -FORCED

    def _grow(self, threshold: float, within: bool) -> int:
        """Merges what may be merged, best first; says how often."""
        heap: list[tuple[float, int, int]] = []
        merged = 0

        def offer(x: int, y: int) -> None:
            bits = self._allowed(x, y, within)
            if bits >= threshold:
                heap.append((-bits, *in_order(x, y)))

        for x, around in enumerate(self.neighbours):
            if self.parent[x] == x and not (within and self.old[x] < 0):
                for y in around:
                    if x < y:
                        offer(x, y)
        heapify(heap)
        while heap:
            bits, x, y = heappop(heap)
            if self.parent[x] != x or self.parent[y] != y or self._allowed(x, y, within) != -bits:
                continue
            if not within and -bits - self._rivalry(x, y) < threshold:
                continue
            x = self._merge(x, y)
            merged += 1
            for z in self.neighbours[x]:
                value = self._allowed(x, z, within)
                if value >= threshold:
                    heappush(heap, (-value, *in_order(x, z)))
        return merged

    def _rivalry(self, x: int, y: int) -> float:
        """What to take off a linkage, in bits, because one of the two fits others as well who are somebody else.

        An M. Mahmood is Mohammed or Mahmuda, who live together: either alone would do, but not both, so the odds are
        shared out among them. All three may be one person yet, as long as less speaks against that than each has in
        common with the one in the middle.
        """
        found = 0.0
        for one, other in ((x, y), (y, x)):
            without, along = 1.0, 1.0
            for z in self.neighbours[one]:
                if z in self.neighbours[other] and (apart := self.linkage(other, z)) < _SOMEBODY_ELSE:
                    fits = self.linkage(one, z)
                    without += 2.0**fits
                    along += 2.0 ** (fits + apart)
            found += log2(without / along)
        return found

    def _merge(self, x: int, y: int) -> int:
        if len(self.neighbours[x]) < len(self.neighbours[y]):
            x, y = y, x
        self.parent[y] = x
        mine = self.neighbours[x]
        del mine[y]
        for z, theirs in self.neighbours[y].items():
            if z == x:
                continue
            ours = mine.get(z)
            if ours is not None:
                better = max((ours.best, ours.pair), (theirs.best, theirs.pair))
                theirs = _Between(
                    ours.total + theirs.total, ours.count + theirs.count, *better, ours.parted or theirs.parted
                )
            around = self.neighbours[z]
            around.pop(y, None)
            mine[z] = around[x] = theirs
        self.neighbours[y] = {}
        self.size[x] += self.size[y]
        self.fresh[x] = self.fresh[x] or self.fresh[y]
        return x

    def roots(self) -> list[int]:
        """The record that each record's cluster goes by."""
        parent = self.parent
        for x in range(len(parent)):
            root = x
            while parent[root] != root:
                root = parent[root]
            while parent[x] != root:
                parent[x], x = root, parent[x]
        return parent
