"""How good the links are, where the truth is known: by pairs inside people, with intervals, by source and by group.

Precision, recall and F1 count pairs of records put into one person. Intervals are percentiles of a bootstrap over true
people, because the pairs of one person succeed or fail together: an interval over pairs would be far too narrow.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.risk.linkage.engine.model import Floats
from services.risk.linkage.engine.records import Ints

_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the bounds between which it lies with 95% confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairs found, right and true, and what follows from them. Nothing found is precision 1, nothing true recall 1."""

    found: int
    right: int
    true: int
    precision: Interval
    recall: Interval
    f1: Interval


def quality(person: Mapping[str, str], truth: Mapping[str, str], seed: int = 1) -> Quality:
    """Of the records that are in both."""
    ids = sorted(person.keys() & truth.keys())
    return _quality(*_tallies(ids, person, truth, [True] * len(ids)), seed)


def by_group(
    person: Mapping[str, str], truth: Mapping[str, str], group: Mapping[str, str], seed: int = 1
) -> dict[str, Quality]:
    """For each group (an age band, a sex, an ethnicity, a ward), the pairs with at least one record of it.

    A wrong link between two groups is an error of both: whoever is mistaken for someone else bears it.
    """
    ids = sorted(person.keys() & truth.keys())
    found = {}
    for name in sorted({group[each] for each in ids if group.get(each)}):
        inside = [group.get(each) == name for each in ids]
        found[name] = _quality(*_tallies(ids, person, truth, inside), seed)
    return found


def by_source_pair(
    person: Mapping[str, str], truth: Mapping[str, str], source: Mapping[str, str], seed: int = 1
) -> dict[tuple[str, str], Quality]:
    """For each two sources (a <= b), the pairs with a record of each."""
    ids = sorted(person.keys() & truth.keys())
    tallies: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for cell, kind in ((person, 0), (truth, 2)):
        members: dict[str, list[str]] = defaultdict(list)
        for each in ids:
            members[cell[each]].append(each)
        for records in members.values():
            for number, a in enumerate(records):
                for b in records[number + 1 :]:
                    one, other = sorted((source[a], source[b]))
                    tally = tallies[one, other][truth[a]]
                    tally[kind] += 1
                    if kind == 0 and truth[a] == truth[b]:
                        tally[1] += 1
    found = {}
    for pair, people in sorted(tallies.items()):
        table = np.asarray(list(people.values()), np.float64)
        found[pair] = _quality(table[:, 0], table[:, 1], table[:, 2], seed)
    return found


def _tallies(
    ids: Sequence[str], person: Mapping[str, str], truth: Mapping[str, str], inside: Sequence[bool]
) -> tuple[Floats, Floats, Floats]:
    """For each true person the pairs found, right and true that touch the group.

    A wrong pair of two people counts half for each: so a sum over people counts every pair once.
    """
    one = np.unique([person[each] for each in ids], return_inverse=True)[1].astype(np.int64)
    real = np.unique([truth[each] for each in ids], return_inverse=True)[1].astype(np.int64)
    mine = np.asarray(inside, np.bool_)
    people = int(real.max()) + 1 if len(ids) else 0
    cells, cell = np.unique(one * max(people, 1) + real, return_inverse=True)
    owner, cluster = cells % max(people, 1), cells // max(people, 1)
    size, outside = np.bincount(cell, minlength=len(cells)), np.bincount(cell[~mine], minlength=len(cells))
    right = np.bincount(owner, _touching(size, outside), people)
    true = _touching(np.bincount(real, minlength=people), np.bincount(real[~mine], minlength=people))
    of_cluster = np.bincount(cluster, size), np.bincount(cluster, outside)
    # Pairs of a cell with the rest of its cluster, less those of which neither is of the group.
    rest, rest_outside = of_cluster[0][cluster] - size, of_cluster[1][cluster] - outside
    wrong = np.bincount(owner, (size * rest - outside * rest_outside) / 2.0, people)
    return np.asarray(right + wrong, np.float64), np.asarray(right, np.float64), np.asarray(true, np.float64)


def _touching(size: Ints | Floats, outside: Ints | Floats) -> Floats:
    """Pairs among `size` records of which not both are among the `outside` ones."""
    return np.asarray((size * (size - 1) - outside * (outside - 1)) / 2.0)


def _quality(found: Floats, right: Floats, true: Floats, seed: int) -> Quality:
    sums = float(found.sum()), float(right.sum()), float(true.sum())
    draws = np.random.default_rng(seed).poisson(1.0, (_DRAWS, len(found))).astype(np.float32)
    many = [np.asarray(draws @ each.astype(np.float32), np.float64) for each in (found, right, true)]
    precision, recall, f1 = _ratios(*(np.asarray([each]) for each in sums))
    bounds = [np.percentile(each, (2.5, 97.5)) for each in _ratios(*many)]
    intervals = [
        Interval(float(value[0]), float(min(low, value[0])), float(max(high, value[0])))
        for value, (low, high) in zip((precision, recall, f1), bounds, strict=True)
    ]
    return Quality(round(sums[0]), round(sums[1]), round(sums[2]), *intervals)


def _ratios(found: Floats, right: Floats, true: Floats) -> tuple[Floats, Floats, Floats]:
    precision = np.where(found > 0, right / np.maximum(found, 1e-9), 1.0)
    recall = np.where(true > 0, right / np.maximum(true, 1e-9), 1.0)
    both = found + true
    return precision, recall, np.where(both > 0, 2 * right / np.maximum(both, 1e-9), 1.0)
