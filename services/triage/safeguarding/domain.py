"""The rules of a safeguarding concern: its clocks, and who must have it by when. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from kit.contracts.codes import ConcernLevel, ConcernStatus
from kit.errors import Conflict

CLOCKS: Final[Mapping[ConcernLevel, timedelta]] = MappingProxyType(
    {
        ConcernLevel.RED: timedelta(hours=4),
        ConcernLevel.AMBER: timedelta(hours=24),
        ConcernLevel.GREEN: timedelta(hours=72),
    }
)
"""Within which time of being raised a concern must be dealt with."""

RING_AFTER: Final = timedelta(minutes=15)
ESCALATE_AFTER: Final = timedelta(minutes=30)

OPEN: Final = (ConcernStatus.RAISED, ConcernStatus.ESCALATED)
_RANKS: Final = tuple(CLOCKS)


def level_to_act_on(level: ConcernLevel | None) -> ConcernLevel:
    """A concern whose level nobody gave is red until somebody says otherwise."""
    return level or ConcernLevel.RED


def due_at(level: ConcernLevel | None, raised_at: datetime) -> datetime:
    """When it must have been dealt with."""
    return raised_at + CLOCKS[level_to_act_on(level)]


def rank(level: ConcernLevel | None) -> int:
    """Its place among others: 0 for red, then amber, then green."""
    return _RANKS.index(level_to_act_on(level))


def acknowledge(state: ConcernStatus, by: str | None) -> ConcernStatus:
    """The state once a named person has taken it. A second one is refused: two people each thinking so is how it is
    dropped. `by` is whoever has it already."""
    if state is ConcernStatus.ACKNOWLEDGED:
        raise Conflict(f"Already acknowledged by {by}: speak to them", state=state, allowed=[], acknowledged_by=by)
    return ConcernStatus.ACKNOWLEDGED


def escalates(state: ConcernStatus) -> bool:
    """Whether it goes higher at 30 minutes: only while nobody has it."""
    return state is ConcernStatus.RAISED


def rings(state: ConcernStatus) -> bool:
    """Whether it rings at 15 minutes: as long as nobody has it."""
    return state is not ConcernStatus.ACKNOWLEDGED
