"""The engine as the identity layer uses it: keys, edges, groups. Numpy and its kin load when it is used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.risk.linkage.domain import Doubt, Edge, Pair, RuleBook, ordered
from services.risk.vault.records import IDENTITY

if TYPE_CHECKING:
    import pyarrow as pa

    from services.risk.linkage.engine.engine import Engine, Explanation

Row = Mapping[str, Any]
"""One record by canonical columns."""

CANONICAL = ("record_id", "source", "reference", *IDENTITY)
_FOLD = 0x7FFFFFFF
SOFT = -2.0
"""Bits from which a candidate is worth looking at with all of its resident's records: as in the engine's batch."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Two groups that may be one person: the likeliest pair between them, and their linkage in bits."""

    a: UUID
    b: UUID
    weight: float
    why: Doubt = Doubt.GREY_ZONE


@dataclass(frozen=True, slots=True)
class Grouping:
    """Who belongs together, and which pairs a person should look at."""

    groups: list[frozenset[UUID]]
    doubts: list[Doubtful]


class Matching:
    """The engine with one model. Holds nothing else, so a process keeps it."""

    def __init__(self, engine: "Engine") -> None:
        self.engine = engine

    @classmethod
    def of_model(cls, held: Mapping[str, Any] | None) -> "Matching":
        """With a model as it is kept, or with the one that comes with the engine."""
        from services.risk.linkage.engine.engine import Engine
        from services.risk.linkage.engine.model import Model

        return cls(Engine(Model.load() if held is None else Model.of_json(held)))

    def keys_of(self, rows: Sequence[Row]) -> list[list[int]]:
        """Each record's blocking keys, folded: what folds alike by chance is a candidate too many, no more."""
        return [folded(self.engine.blocking_keys(row)) for row in rows]

    def compared(self, rows: Sequence[Row]) -> "Compared":
        """A few records made ready for comparing with each other."""
        return Compared(self.engine, rows)

    def groups(
        self,
        edges: Sequence[Edge],
        records: Iterable[UUID],
        previous: Mapping[UUID, UUID],
        rules: RuleBook,
        changed: Iterable[UUID] = (),
    ) -> Grouping:
        """Cuts a few records into people; `changed` are those that say something else than before."""
        import pyarrow as pa

        table = pa.table(
            {
                "a": pa.array([str(each.a) for each in edges], pa.string()),
                "b": pa.array([str(each.b) for each in edges], pa.string()),
                "weight": pa.array([each.weight for each in edges], pa.float64()),
            }
        )
        return grouped(self.engine, table, [str(each) for each in records], previous, rules, changed)

    def explain(self, row: Row, other: Row) -> "Explanation":
        """Why two records are, or are not, taken for one person."""
        return self.engine.explain(row, other)


class Compared:
    """A few records, folded once; every pair of them gets the weight that the batch would give it."""

    def __init__(self, engine: "Engine", rows: Sequence[Row]) -> None:
        from services.risk.linkage.engine.records import Records
        from services.risk.linkage.engine.scoring import Scorer

        self._ids = [row["record_id"] for row in rows]
        self._place = {record: number for number, record in enumerate(self._ids)}
        self._scorer = Scorer(engine.model, Records.from_rows(rows))

    def against(self, record: UUID) -> list[Edge]:
        """The edges from one of them to all the others."""
        return self.between((record, other) for other in self._ids if other != record)

    def between(self, pairs: Iterable[Pair]) -> list[Edge]:
        """The edges of some pairs of them."""
        return self._edges([(self._place[a], self._place[b]) for a, b in pairs])

    def among(self, records: Iterable[UUID]) -> list[Edge]:
        """The edges between all pairs of some of them."""
        return self.between(combinations(sorted(records), 2))

    def _edges(self, pairs: Sequence[tuple[int, int]]) -> list[Edge]:
        import numpy as np

        if not pairs:
            return []
        i, j = (np.asarray(side, np.int64) for side in zip(*pairs, strict=True))
        found = []
        for (a, b), bits in zip(pairs, self._scorer.weights(i, j).tolist(), strict=True):
            one, other = ordered(self._ids[a], self._ids[b])
            found.append(Edge(one, other, bits, probability_of(bits)))
        return found


def grouped(
    engine: "Engine",
    edges: "pa.Table",
    records: Iterable[str],
    previous: Mapping[UUID, UUID],
    rules: RuleBook,
    changed: Iterable[UUID] = (),
) -> Grouping:
    """The engine's resolution, by records alone: which ids the groups keep is the identity layer's own rule."""
    from services.risk.linkage.engine.resolving import resolve

    found = resolve(
        edges,
        records,
        {str(record): str(resident) for record, resident in previous.items()},
        replace(
            engine.rules(_texts(rules.must), _texts(rules.cannot)), changed=frozenset(str(each) for each in changed)
        ),
    )
    members: defaultdict[str, list[UUID]] = defaultdict(list)
    for record, person in found.person.items():
        members[person].append(UUID(record))
    doubts = [Doubtful(UUID(each.a), UUID(each.b), each.linkage) for each in found.doubts]
    return Grouping([frozenset(group) for group in members.values()], doubts)


def _texts(pairs: Iterable[tuple[UUID, UUID]]) -> list[tuple[str, str]]:
    return [(str(a), str(b)) for a, b in sorted(pairs)]


def folded(keys: Iterable[int]) -> list[int]:
    """63-bit keys in 31 bits, without repeats: half the room in the index."""
    return sorted({(key ^ (key >> 31)) & _FOLD for key in keys})


def probability_of(weight: float) -> float:
    """The chance of being one person that a weight in bits stands for."""
    return float(1.0 / (1.0 + 2.0 ** -max(min(weight, 500.0), -500.0)))
