"""The weight of a pair: log2 of the odds that it is one person, everything that is known taken together.

weight = log2( λ Πm / (Πu + η Πh) ), with λ the chance of a match between two kinds of record, η that of two people of
one home, and u of an equal value the rarity of that very value (W. E. Winkler, 1989). The batch and the one-record path
call the same function.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np

from services.risk.linkage.engine import beside
from services.risk.linkage.engine.comparisons import COMPARISONS, compare
from services.risk.linkage.engine.model import FREQUENT, Floats, Model
from services.risk.linkage.engine.names import SAME_FAMILY, SAME_GIVEN, SLIP, SOUND, Level
from services.risk.linkage.engine.records import Ints, Records

ADULT = 18
NEIGHBOURS = 100.0
"""About so many spellings are one slip from a name: a slip that makes another common name (Harpreet, Gurpreet) is more
likely that other name."""
CHUNK = 100_000
"""Pairs that a thread compares at once: what bounds memory."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The three likelihoods of each pair in bits, and each comparison's part of them."""

    m: Floats
    u: Floats
    h: Floats

    @property
    def weight(self) -> Floats:
        return np.asarray(self.m - np.logaddexp2(self.u, self.h))


class Scorer:
    """Scores pairs of some records under a model."""

    def __init__(self, model: Model, records: Records) -> None:
        self.model, self.records = model, records
        self._shares = {name: model.frequencies[name].of(records, name) for name in FREQUENT}
        self._square = {name: model.frequencies[name].square for name in FREQUENT}
        self.kinds = kinds, _ = _kinds(records, model.year)
        rate = np.ones((len(kinds), len(kinds)))
        if model.sources:
            names = [str(each) for each in kinds]
            for a, b in combinations_with_replacement(range(len(kinds)), 2):
                rate[a, b] = rate[b, a] = model.sources.get(between(names[a], names[b]), 1.0)
        self._rate = np.log2(rate)

    def rarity(self, column: str, i: Ints, j: Ints) -> Floats:
        """log2 of how much commoner than chance agreement on this pair's value is; 0 where neither has a value.

        A street whose number one of them left out, or a UPRN without an address, is as rare as the other's home.
        """
        shares, square = self._shares[column], self._square[column]
        commoner = np.maximum(shares[i], shares[j])
        return np.asarray(np.log2(np.where(commoner > 0.0, commoner, square) / square))

    def parts(
        self, levels: Mapping[str, Level], i: Ints, j: Ints
    ) -> Iterator[tuple[str, tuple[Floats, Floats, Floats]]]:
        """Each comparison with its bits of m, u and h; one that is known of no pair is passed over."""
        for comparison in COMPARISONS:
            level = levels[comparison.name]
            if not (level >= 0).any():
                continue
            weights = self.model.weights[comparison.name]
            m, u, h = (np.append(np.log2(each), 0.0)[level] for each in (weights.m, weights.u, weights.h))
            for number, column in enumerate(comparison.frequency):
                rows = np.flatnonzero(level == number) if column else ()
                if len(rows):
                    rarity = self.rarity(column, i[rows], j[rows])
                    u[rows] = np.minimum(u[rows] + rarity, 0.0)
                    if comparison.name == "given":
                        # Housemates of one name: by chance, which the name's rarity bounds, or father and son.
                        square = self._square[column]
                        kin = max(float(weights.h[number]) - square, 1e-4)
                        h[rows] = np.log2(np.minimum(kin + square * np.exp2(rarity), 1.0))
            if comparison.name == "given":
                rows = np.flatnonzero((level == SAME_GIVEN) & (levels["family"] == SAME_FAMILY))
                u[rows] = np.minimum(u[rows] + np.log2(self.model.namesakes), 0.0)
            if comparison.name in ("given", "family"):
                rows = np.flatnonzero((level >= SOUND) & (level <= SLIP))
                shares = self._shares[comparison.name]
                others = np.minimum(shares[i[rows]], shares[j[rows]]) - self.model.frequencies[comparison.name].other
                common = np.log2(np.maximum(NEIGHBOURS * others, 1e-9))
                u[rows] = np.minimum(np.maximum(u[rows], m[rows] + common), 0.0)
            yield comparison.name, (m, u, h)

    def evidence(self, levels: Mapping[str, Level], i: Ints, j: Ints) -> Evidence:
        """The likelihoods of each pair."""
        kind = self.kinds[1]
        m = np.log2(self.model.match) + self._rate[kind[i], kind[j]]
        u = np.zeros(len(i))
        h = np.full(len(i), np.log2(self.model.housemates))
        for _, (part_m, part_u, part_h) in self.parts(levels, i, j):
            m += part_m
            u += part_u
            h += part_h
        return Evidence(m, u, h)

    def weights(self, i: Ints, j: Ints) -> Floats:
        """The weight of each pair in bits."""
        if len(i) <= CHUNK:
            return self._weighed(i, j)
        parts = [slice(start, start + CHUNK) for start in range(0, len(i), CHUNK)]
        # Both threads ask for these, so they are made before.
        self.records.name_properties()
        return np.concatenate(list(beside.each(lambda part: self._weighed(i[part], j[part]), parts)))

    def _weighed(self, i: Ints, j: Ints) -> Floats:
        return self.evidence(compare(self.records, i, j), i, j).weight


class Kind(NamedTuple):
    """A kind of record."""

    source: str
    age: str
    """child, adult, or "" where no birth date is known."""

    def __str__(self) -> str:
        return f"{self.source} {self.age}".rstrip()


def between(one: str, other: str) -> str:
    """What a model calls two kinds of record."""
    return f"{one}|{other}" if one <= other else f"{other}|{one}"


def _kinds(records: Records, year: int) -> tuple[list[Kind], Ints]:
    """What kinds of record there are, and each record's: its source, and whether of a child, an adult or not known.

    The register of who pays council tax has no birth dates, yet nobody in it is seven: that a child's record is seldom
    matched there is learned as the chance of a match between two kinds.
    """
    born = records["born"]
    age = np.fromiter((1 if year - int(value[:4]) < ADULT else 2 for value in born.values), np.int64, len(born.values))
    ages = np.append(age, 0)[born.codes]
    source = records["source"]
    codes = (source.codes + 1) * 3 + ages
    distinct, kind = np.unique(codes, return_inverse=True)
    names = np.append(source.values, "")
    return [Kind(str(names[code // 3 - 1]), ("", "child", "adult")[code % 3]) for code in distinct.tolist()], kind


def probability(weight: Floats) -> Floats:
    """The chance of being one person that a weight stands for."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(weight, -500, 500))))
