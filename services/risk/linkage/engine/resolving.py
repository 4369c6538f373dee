"""From edges to people, with ids that stay.

People's decisions take the place of what was computed, clusters grow (`clusters.py`), and each former id goes to the
part that kept most of it. So new records change ids only by joins and splits of their own, and records that go change
none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from services.risk.linkage.engine.clusters import CLAMP, FORCED, Clusters, Rules, in_order
from services.risk.linkage.engine.model import Floats
from services.risk.linkage.engine.records import Ints

_PEOPLE = UUID("6f1b0a52-3f0c-5d7e-9a53-0f6a1f0d9c11")


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
    weight = np.clip(np.asarray(weights, np.float64), -CLAMP, CLAMP)
    i, j, weight = _decided(i, j, weight, rules, place)
    old = _old(ids, previous)
    changed = set(rules.changed)
    fresh = [number < 0 or rules.reconsider or each in changed for each, number in zip(ids, old, strict=True)]
    if previous:
        i, j, weight = _held_together(i, j, weight, old, rules.absent)
    clusters = Clusters(len(ids), i, j, weight, old, fresh, rules)
    clusters.join()
    return _named(ids, clusters, previous, rules)


def _decided(i: Ints, j: Ints, weight: Floats, rules: Rules, place: Mapping[str, int]) -> tuple[Ints, Ints, Floats]:
    """The edges with people's decisions in the place of what was computed."""
    decided = {in_order(place[x], place[y]): FORCED for x, y in rules.must_link}
    decided |= {in_order(place[x], place[y]): -FORCED for x, y in rules.cannot_link}
    if decided:
        kept = np.fromiter(
            (in_order(x, y) not in decided for x, y in zip(i.tolist(), j.tolist(), strict=True)), np.bool_, len(i)
        )
        i = np.append(i[kept], [x for x, _ in decided])
        j = np.append(j[kept], [y for _, y in decided])
        weight = np.append(weight[kept], list(decided.values()))
    return i, j, weight


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


def _named(ids: Sequence[str], clusters: Clusters, previous: Mapping[str, str], rules: Rules) -> Assignments:
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


def _doubts(ids: Sequence[str], clusters: Clusters, named: Mapping[int, str], rules: Rules) -> tuple[Doubt, ...]:
    found = []
    for x, around in enumerate(clusters.neighbours):
        for y, between in around.items():
            if x < y and not between.parted and (bits := clusters.linkage(x, y)) >= rules.review:
                one, other = sorted((x, y), key=lambda root: named[root])
                a, b = sorted(ids[each] for each in between.pair)
                found.append(Doubt(named[one], named[other], a, b, bits))
    return tuple(sorted(found, key=lambda doubt: (-doubt.linkage, doubt.a, doubt.b)))
