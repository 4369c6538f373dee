"""The engine's doors: see the package's docstring for what goes in and comes out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from services.risk.linkage.engine import blocking
from services.risk.linkage.engine.clusters import Rules, neighbourhoods
from services.risk.linkage.engine.comparisons import COMPARISONS, compare
from services.risk.linkage.engine.model import Floats, Model
from services.risk.linkage.engine.records import Ints, Records
from services.risk.linkage.engine.scoring import Scorer, probability

_SOFT = -2.0
"""Records joined by such edges, in bits, are compared all with all, so that contradictions are seen."""
_LARGEST_NEIGHBOURHOOD = 150


@dataclass(frozen=True, slots=True)
class Edge:
    """Two records (a < b), the log2 odds that they are one person, and the same as a probability."""

    a: str
    b: str
    weight: float
    probability: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison of a pair: what was seen, in words, and what it says in bits (above 0: for one person)."""

    comparison: str
    level: int | None
    words: str
    bits: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """An edge and its reasons; the bits add up to the weight."""

    edge: Edge
    reasons: tuple[Reason, ...]


class Engine:
    """Scores records under a model. Holds nothing but the model: safe to share and to keep."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def rules(
        self, must_link: Collection[tuple[str, str]] = (), cannot_link: Collection[tuple[str, str]] = ()
    ) -> Rules:
        """The rules for `resolve` with the model's own threshold, and what people have decided."""
        join = self.model.join
        return Rules(join, review=min(join - 3.0, -1.0), must_link=must_link, cannot_link=cannot_link)

    def blocking_keys(self, record: Mapping[str, Any]) -> list[int]:
        """The keys (63-bit, positive, no repeats) under which to index a record and to look for candidates."""
        return sorted(blocking.keys_of_one(Records.from_rows([record])))

    def key_table(self, records: pa.Table) -> pa.Table:
        """record_id, key: the same keys for a whole load."""
        found = Records.from_arrow(records)
        matrix, _ = blocking.key_matrix(found)
        rows, columns = np.nonzero(matrix)
        return pa.table({"record_id": found.ids[rows], "key": matrix[rows, columns].astype(np.int64)})

    def folded_keys(self, records: pa.Table) -> npt.NDArray[np.int32]:
        """The same keys in 31 bits, a row for each record, 0 for none: half the room in an index."""
        matrix, _ = blocking.key_matrix(Records.from_arrow(records))
        return ((matrix ^ (matrix >> np.uint64(31))) & np.uint64(0x7FFFFFFF)).astype(np.int32)

    def edges(self, records: pa.Table | Records) -> pa.Table:
        """a, b, weight, probability of every pair worth keeping: likely ones, and all pairs of a neighbourhood.

        Pairs of a neighbourhood (records that likely edges connect) come with negative weights too, for `resolve`.
        """
        found = records if isinstance(records, Records) else Records.from_arrow(records)
        scorer = Scorer(self.model, found)
        i, j = blocking.pairs(found)
        weight = scorer.weights(i, j)
        near = weight >= _SOFT
        label = neighbourhoods(len(found), i[near], j[near])
        kept = label[i] == label[j]
        i, j, weight = i[kept], j[kept], weight[kept]
        more_i, more_j = _unscored(label, i, j)
        i, j = np.append(i, more_i), np.append(j, more_j)
        weight = np.append(weight, scorer.weights(more_i, more_j))
        first, second = found.ids[i], found.ids[j]
        turned = first > second
        return pa.table(
            {
                "a": pa.array(np.where(turned, second, first), pa.string()),
                "b": pa.array(np.where(turned, first, second), pa.string()),
                "weight": weight,
                "probability": probability(weight),
            }
        )

    def score(self, record: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]]) -> list[Edge]:
        """The edge from a record to each candidate, in their order; the batch would give the same weights."""
        if not candidates:
            return []
        found = Records.from_rows([record, *candidates])
        others = np.arange(1, len(found))
        weight = Scorer(self.model, found).weights(np.zeros(len(others), np.int64), others)
        return [self._edge(found, row, float(bits)) for row, bits in zip(others.tolist(), weight.tolist(), strict=True)]

    def explain(self, record: Mapping[str, Any], other: Mapping[str, Any]) -> Explanation:
        """Why two records are, or are not, taken for one person.

        What speaks against a link is a stranger or a housemate, whichever the pair looks more like: each comparison is
        weighed against the two in that proportion, and the first reason holds what is believed before comparing.
        """
        found = Records.from_rows([record, other])
        i, j = np.asarray([0]), np.asarray([1])
        scorer = Scorer(self.model, found)
        levels = compare(found, i, j)
        evidence = scorer.evidence(levels, i, j)
        weight = float(evidence.weight[0])
        mate = float(probability(evidence.h - evidence.u)[0])
        words_of = {comparison.name: comparison.words for comparison in COMPARISONS}
        reasons = []
        for name, parts in scorer.parts(levels, i, j):
            m, u, h = (float(part[0]) for part in parts)
            level = int(levels[name][0])
            reasons.append(Reason(name, level, words_of[name][level], m - (1 - mate) * u - mate * h))
        before = weight - sum(reason.bits for reason in reasons)
        words = "before comparing: people of one home are seldom one person" if mate > 0.5 else "before comparing"
        return Explanation(self._edge(found, 1, weight), (Reason("before", None, words, before), *reasons))

    def _edge(self, records: Records, row: int, weight: float) -> Edge:
        a, b = sorted((str(records.ids[0]), str(records.ids[row])))
        return Edge(a, b, weight, float(probability(np.asarray([weight]))[0]))


def _unscored(label: Ints, i: Ints, j: Ints) -> tuple[Ints, Ints]:
    """The pairs inside a neighbourhood that share no key; very large ones are left as they are."""
    count = len(label)
    order = np.argsort(label, kind="stable")
    sizes = np.bincount(label)
    starts = np.cumsum(sizes) - sizes
    found = [np.empty(0, np.int64)]
    for size in np.unique(sizes).tolist():
        if 2 < size <= _LARGEST_NEIGHBOURHOOD:
            begins = starts[sizes == size]
            left, right = np.triu_indices(size, 1)
            x, y = order[begins[:, None] + left].ravel(), order[begins[:, None] + right].ravel()
            found.append(np.minimum(x, y) * count + np.maximum(x, y))
    codes = np.setdiff1d(np.concatenate(found), i * count + j, assume_unique=True)
    return codes // count, codes % count


__all__ = ["Edge", "Engine", "Explanation", "Floats", "Reason"]
