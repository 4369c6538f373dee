"""The engine as the identity layer uses it: keys, edges, groups. Numpy and its kin load when it is used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.risk.linkage.domain import Doubt, Edge, RuleBook
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

    def keys(self, row: Row) -> list[int]:
        """The record's blocking keys, folded: what folds alike by chance is a candidate too many, no more."""
        return folded(self.engine.blocking_keys(row))

    def score(self, row: Row, candidates: Sequence[Row]) -> list[Edge]:
        """The edge from a record to each candidate, in their order."""
        return [
            Edge(row["record_id"], other["record_id"], each.weight, each.probability)
            for other, each in zip(candidates, self.engine.score(row, candidates), strict=True)
        ]

    def edges(self, rows: Sequence[Row]) -> list[Edge]:
        """Every pair worth keeping of a few records: likely ones, and all pairs of a neighbourhood."""
        if len(rows) < 2:
            return []
        found = self.engine.edges(table_of(rows)).to_pydict()
        return [
            Edge(UUID(a), UUID(b), weight, probability)
            for a, b, weight, probability in zip(*(found[name] for name in _EDGE), strict=True)
        ]

    def groups(
        self, edges: Sequence[Edge], records: Iterable[UUID], previous: Mapping[UUID, UUID], rules: RuleBook
    ) -> Grouping:
        """Cuts a few records into people."""
        import pyarrow as pa

        table = pa.table(
            {
                "a": pa.array([str(each.a) for each in edges], pa.string()),
                "b": pa.array([str(each.b) for each in edges], pa.string()),
                "weight": pa.array([each.weight for each in edges], pa.float64()),
            }
        )
        return grouped(table, [str(each) for each in records], previous, rules)

    def explain(self, row: Row, other: Row) -> "Explanation":
        """Why two records are, or are not, taken for one person."""
        return self.engine.explain(row, other)


_EDGE = ("a", "b", "weight", "probability")


def grouped(edges: "pa.Table", records: Iterable[str], previous: Mapping[UUID, UUID], rules: RuleBook) -> Grouping:
    """The engine's resolution, by records alone: which ids the groups keep is the identity layer's own rule."""
    from services.risk.linkage.engine.resolving import Rules, resolve

    found = resolve(
        edges,
        records,
        {str(record): str(resident) for record, resident in previous.items()},
        Rules(must_link=_texts(rules.must), cannot_link=_texts(rules.cannot)),
    )
    members: defaultdict[str, list[UUID]] = defaultdict(list)
    for record, person in found.person.items():
        members[person].append(UUID(record))
    doubts = [Doubtful(UUID(each.a), UUID(each.b), each.linkage) for each in found.doubts]
    return Grouping([frozenset(group) for group in members.values()], doubts)


def _texts(pairs: Iterable[tuple[UUID, UUID]]) -> list[tuple[str, str]]:
    return [(str(a), str(b)) for a, b in sorted(pairs)]


def table_of(rows: Sequence[Row]) -> "pa.Table":
    """A few records as the engine's Arrow table: every column as text."""
    import pyarrow as pa

    return pa.table(
        {
            name: pa.array([None if row.get(name) is None else str(row[name]) for row in rows], pa.string())
            for name in CANONICAL
        }
    )


def folded(keys: Iterable[int]) -> list[int]:
    """63-bit keys in 31 bits, without repeats: half the room in the index."""
    return sorted({(key ^ (key >> 31)) & _FOLD for key in keys})


def probability_of(weight: float) -> float:
    """The chance of being one person that a weight in bits stands for."""
    return float(1.0 / (1.0 + 2.0 ** -max(min(weight, 500.0), -500.0)))
