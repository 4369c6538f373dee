"""From edges to people, with ids that stay.

Clusters grow together best pair first, as long as the linkage of two clusters, half the best edge between them and half
the mean of all, is at least `join`. A chain of good edges therefore joins nobody whose other records contradict it.
What a former run joined stays together until the evidence is clearly against it (`keep`): hard to join, harder to
break. And nothing is judged again without cause: two persons join, or one parts, only where a record is new or changed
or somebody decided so. So new records change ids only by joins and splits of their own, and records that go change
none.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import log2
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from services.risk.linkage.engine.model import Floats
from services.risk.linkage.engine.names import Mask
from services.risk.linkage.engine.records import Ints

_PEOPLE = UUID("6f1b0a52-3f0c-5d7e-9a53-0f6a1f0d9c11")
_CLAMP = 15.0
_FORCED = 1e6
_SOMEBODY_ELSE = -5.0


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


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two people who may be one, for the review queue: the best edge between them, and the linkage in bits."""

    one: str
    other: str
    a: str
    b: str
    linkage: float


@dataclass(frozen=True, slots=True)
class Assignments:
    """Who is who now. `joined` and `split` say, by person, whom an id took in and what it lost."""

    person: Mapping[str, str]
    support: Mapping[str, float]
    """For each linked record the weight in bits of its best edge to the rest of its person; unlinked ones lack it."""
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()

    def table(self) -> pa.Table:
        """record_id, person_id, support."""
        ids = list(self.person)
        return pa.table(
            {
                "record_id": ids,
                "person_id": [self.person[each] for each in ids],
                "support": pa.array([self.support.get(each) for each in ids], pa.float64()),
            }
        )


def resolve(
    edges: pa.Table,
    records: Iterable[str] = (),
    previous: Mapping[str, str] | None = None,
    rules: Rules | None = None,
) -> Assignments:
    """The person of each record.

    Args:
        edges: a, b, weight; pairs against the link belong in it too, they stop chains.
        records: ids of all records, also those without an edge. Records of `previous` that are neither here nor in
            the edges are gone.
        previous: the person id of each record after the last run.
        rules: thresholds and decisions.
    """
    a, b = edges.column("a").to_pylist(), edges.column("b").to_pylist()
    return resolve_pairs(a, b, edges.column("weight").to_numpy(), records, previous, rules)


def resolve_pairs(
    a: Sequence[str],
    b: Sequence[str],
    weights: npt.ArrayLike,
    records: Iterable[str] = (),
    previous: Mapping[str, str] | None = None,
    rules: Rules | None = None,
) -> Assignments:
    """The same of edges in lists."""
    rules = rules or Rules()
    previous = previous or {}
    forced = [*rules.must_link, *rules.cannot_link]
    ids = sorted({*records, *a, *b, *(each for pair in forced for each in pair)})
    place = {each: number for number, each in enumerate(ids)}
    i = np.fromiter(map(place.__getitem__, a), np.int64, len(a))
    j = np.fromiter(map(place.__getitem__, b), np.int64, len(b))
    weight = np.clip(np.asarray(weights, np.float64), -_CLAMP, _CLAMP)
    i, j, weight = _decided(i, j, weight, rules, place)
    old = _old(ids, previous)
    changed = set(rules.changed)
    fresh = [number < 0 or rules.reconsider or each in changed for each, number in zip(ids, old, strict=True)]
    if previous:
        i, j, weight = _held_together(i, j, weight, old, rules.absent)
    clusters = _Clusters(len(ids), i, j, weight, old, fresh, rules)
    clusters.join()
    return _named(ids, clusters, previous, rules)


def _decided(i: Ints, j: Ints, weight: Floats, rules: Rules, place: Mapping[str, int]) -> tuple[Ints, Ints, Floats]:
    """The edges with people's decisions in the place of what was computed."""
    decided = {_pair(place[x], place[y]): _FORCED for x, y in rules.must_link}
    decided |= {_pair(place[x], place[y]): -_FORCED for x, y in rules.cannot_link}
    if decided:
        kept = np.fromiter(
            (_pair(x, y) not in decided for x, y in zip(i.tolist(), j.tolist(), strict=True)), np.bool_, len(i)
        )
        i = np.append(i[kept], [x for x, _ in decided])
        j = np.append(j[kept], [y for _, y in decided])
        weight = np.append(weight[kept], list(decided.values()))
    return i, j, weight


def _pair(x: int, y: int) -> tuple[int, int]:
    return (x, y) if x < y else (y, x)


def _old(ids: Sequence[str], previous: Mapping[str, str]) -> list[int]:
    """The number of each record's former person; -1 for new ones."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(previous[each], len(numbers)) if each in previous else -1 for each in ids]


def _held_together(i: Ints, j: Ints, weight: Floats, old: Sequence[int], absent: float) -> tuple[Ints, Ints, Floats]:
    """The edges, and one from each record to the next of its former person where there is none."""
    former = np.asarray(old, np.int64)
    order = np.argsort(former, kind="stable")
    order = order[former[order] >= 0]
    x, y = order[:-1], order[1:]
    same = former[x] == former[y]
    count = len(former)
    codes = np.setdiff1d(
        np.minimum(x, y)[same] * count + np.maximum(x, y)[same], np.minimum(i, j) * count + np.maximum(i, j)
    )
    if not len(codes):
        return i, j, weight
    return np.append(i, codes // count), np.append(j, codes % count), np.append(weight, np.full(len(codes), absent))


_FEW = 64


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


class _Clusters:
    """Clusters of record numbers, growing."""

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
        worth = (weight >= min(rules.review, 0.0)) | together | (weight <= -_FORCED)
        label = neighbourhoods(count, i[worth], j[worth])
        self.stirred = (np.bincount(label, fresh) > 0)[label] if count else np.empty(0, np.bool_)
        inside = label[i] == label[j]
        self.edges = i[inside], j[inside], weight[inside]
        inside = self._whole(label, i, j, weight, inside)
        for x, y, bits in zip(i[inside].tolist(), j[inside].tolist(), weight[inside].tolist(), strict=True):
            edge = _Between(bits, 1, bits, (x, y), bits <= -_FORCED)
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
        parted = np.bincount(edge_label[weight[inside] <= -_FORCED], minlength=len(size)) > 0
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
            return -_FORCED
        pairs = self.size[x] * self.size[y]
        if pairs == 1:
            return between.best
        mean = (between.total + (pairs - between.count) * self.rules.absent) / pairs
        return max(between.best, -_CLAMP) / 2 + mean / 2

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
                return -_FORCED
            bits = self.linkage(x, y)
            return bits if self.stirred[x] or bits <= -_FORCED else max(bits, 0.0)
        bits = self.linkage(x, y)
        return bits if self.fresh[x] or self.fresh[y] or bits >= _CLAMP * 2 else -_FORCED

    def _grow(self, threshold: float, within: bool) -> int:
        """Merges what may be merged, best first; says how often."""
        heap: list[tuple[float, int, int]] = []
        merged = 0

        def offer(x: int, y: int) -> None:
            bits = self._allowed(x, y, within)
            if bits >= threshold:
                heap.append((-bits, *_pair(x, y)))

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
                    heappush(heap, (-value, *_pair(x, z)))
        return merged

    def _rivalry(self, x: int, y: int) -> float:
        """What to take off a linkage, in bits, because one of the two fits others as well who are somebody else.

        An M. Mahmood is Mohammed or Mahmuda, who live together: either alone would do, but not both, so the odds are
        shared out among them.
        """
        found = 0.0
        for one, other in ((x, y), (y, x)):
            rivals = 0.0
            for z in self.neighbours[one]:
                if z in self.neighbours[other] and self.linkage(other, z) < _SOMEBODY_ELSE:
                    rivals += 2.0 ** self.linkage(one, z)
            found += log2(1.0 + rivals)
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


def _named(ids: Sequence[str], clusters: _Clusters, previous: Mapping[str, str], rules: Rules) -> Assignments:
    """Ids for the clusters: each former id goes to the part that kept most of it; the rest get new ones."""
    roots = clusters.roots()
    members: dict[int, list[int]] = defaultdict(list)
    for number, root in enumerate(roots):
        members[root].append(number)
    shares: dict[tuple[str, int], int] = defaultdict(int)
    for root, numbers in members.items():
        for number in numbers:
            if (former := previous.get(ids[number])) is not None:
                shares[former, root] += 1
    named: dict[int, str] = {}
    used: set[str] = set()
    claims = sorted(shares.items(), key=lambda claim: (-claim[1], claim[0][0], ids[members[claim[0][1]][0]]))
    for (former, root), _ in claims:
        if root not in named and former not in used:
            named[root] = former
            used.add(former)
    taken = {*previous.values()}
    for root, numbers in members.items():
        if root not in named:
            named[root] = _fresh(ids[numbers[0]], taken)
            taken.add(named[root])
    person = {each: named[root] for each, root in zip(ids, roots, strict=True)}
    support = _support(ids, roots, clusters.edges)
    return Assignments(person, support, *_changes(shares, named), _doubts(ids, clusters, named, rules))


def _fresh(record: str, taken: set[str]) -> str:
    """An id of its own, the same in every run on the same records; not the record's, which may leave."""
    attempt = 0
    while (found := str(uuid5(_PEOPLE, f"{record}:{attempt}"))) in taken:
        attempt += 1
    return found


def _changes(
    shares: Mapping[tuple[str, int], int], named: Mapping[int, str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    joined: dict[str, set[str]] = defaultdict(set)
    split: dict[str, set[str]] = defaultdict(set)
    homes: dict[str, set[int]] = defaultdict(set)
    for former, root in shares:
        homes[former].add(root)
        if former != named[root]:
            joined[named[root]].add(former)
    for former, roots in homes.items():
        if len(roots) > 1:
            split[former] = {named[root] for root in roots} - {former}
    # What an id took in is a join only where the other id has gone entirely.
    gone = {former for former, roots in homes.items() if former not in {named[root] for root in roots}}
    kept = {person: tuple(sorted(each & gone)) for person, each in sorted(joined.items()) if each & gone}
    return kept, {former: tuple(sorted(each)) for former, each in sorted(split.items())}


def _support(ids: Sequence[str], roots: Sequence[int], edges: tuple[Ints, Ints, Floats]) -> dict[str, float]:
    i, j, weight = edges
    root = np.asarray(roots, np.int64)
    inside = root[i] == root[j]
    best = np.full(len(ids), -np.inf)
    np.maximum.at(best, i[inside], weight[inside])
    np.maximum.at(best, j[inside], weight[inside])
    return {ids[x]: float(best[x]) for x in np.flatnonzero(best > -np.inf).tolist()}


def _doubts(ids: Sequence[str], clusters: _Clusters, named: Mapping[int, str], rules: Rules) -> tuple[Doubt, ...]:
    found = []
    for x, around in enumerate(clusters.neighbours):
        for y, between in around.items():
            if x < y and not between.parted and (bits := clusters.linkage(x, y)) >= rules.review:
                one, other = sorted((x, y), key=lambda root: named[root])
                a, b = sorted(ids[each] for each in between.pair)
                found.append(Doubt(named[one], named[other], a, b, bits))
    return tuple(sorted(found, key=lambda doubt: (-doubt.linkage, doubt.a, doubt.b)))
