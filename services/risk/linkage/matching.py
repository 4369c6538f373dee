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
    import numpy.typing as npt

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
        known = list(records)
        if len(known) == 1 and not (edges or rules.must or rules.cannot):
            return Grouping([frozenset(known)], [])
        table = ([str(each.a) for each in edges], [str(each.b) for each in edges], [each.weight for each in edges])
        return grouped(self.engine, table, [str(each) for each in known], previous, rules, changed)

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
        self._bits: dict[tuple[int, int], float] = {}

    def against(self, record: UUID) -> list[Edge]:
        """The edges from one of them to all the others."""
        return self.between((record, other) for other in self._ids if other != record)

    def among(self, records: Iterable[UUID]) -> list[Edge]:
        """The edges between all pairs of some of them."""
        return self.between(combinations(sorted(records), 2))

    def between(self, pairs: Iterable[Pair]) -> list[Edge]:
        """The edges of some pairs of them."""
        asked = self._numbered(pairs)
        self._score(asked)
        return [self._edge(*pair) for pair in asked]

    def score(self, pairs: Iterable[Pair]) -> None:
        """Have the weights of some pairs ready: to look twice at a few takes nearly twice as long."""
        self._score(self._numbered(pairs))

    def _numbered(self, pairs: Iterable[Pair]) -> list[tuple[int, int]]:
        place = self._place
        numbers = ((place[a], place[b]) for a, b in pairs)
        return [(a, b) if a < b else (b, a) for a, b in numbers]

    def _score(self, asked: Iterable[tuple[int, int]]) -> None:
        import numpy as np

        pairs = [pair for pair in dict.fromkeys(asked) if pair not in self._bits]
        if pairs:
            i, j = np.asarray(pairs, np.int64).T
            self._bits.update(zip(pairs, self._scorer.weights(i, j).tolist(), strict=True))

    def _edge(self, a: int, b: int) -> Edge:
        bits = self._bits[a, b]
        return Edge(*ordered(self._ids[a], self._ids[b]), bits, probability_of(bits))


def grouped(
    engine: "Engine",
    edges: tuple[Sequence[str], Sequence[str], "npt.ArrayLike"],
    records: Iterable[str],
    previous: Mapping[UUID, UUID],
    rules: RuleBook,
    changed: Iterable[UUID] = (),
) -> Grouping:
    """The engine's resolution, by records alone: which ids the groups keep is the identity layer's own rule.

    `edges`: of each the one record, the other, and their weight in bits.
    """
    from services.risk.linkage.engine.resolving import resolve_pairs

    found = resolve_pairs(
        *edges,
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
