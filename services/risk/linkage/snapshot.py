"""What linking the whole borough reads, as of one moment, and what it makes of it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from services.risk.linkage.domain import Move, RuleBook
from services.risk.linkage.matching import Doubtful

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(slots=True)
class Snapshot:
    """The vault as of one moment."""

    records: "pa.Table"
    previous: dict[UUID, UUID]
    held: dict[UUID, tuple[str, float]]
    rules: RuleBook
    roots: dict[UUID, UUID]
    """Of each record of the register: who that person is now."""
    last_assertion: int
    changed: frozenset[UUID]
    """Records that say something else than when they were linked."""
    ids: list[UUID] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    """Notes of records to be linked: this run does away with these, and with none that came since."""


@dataclass(slots=True)
class Outcome:
    """What the run makes of it."""

    residents: dict[UUID, UUID]
    moved: list[Move]
    fresh: list[UUID]
    joined: dict[UUID, UUID]
    split: int
    doubts: list[Doubtful]
