"""The rules of a safeguarding concern: its clocks, and who must have it by when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Self

from kit.clock import later
from kit.contracts.codes import ConcernLevel, ConcernStatus
from kit.errors import Conflict, invalid


@dataclass(frozen=True, slots=True)
class Clocks:
    """A council's times: NEWSTART_SAFEGUARDING_CLOCKS."""

    within: Mapping[ConcernLevel, timedelta]
    """Within which time of being raised a concern must be dealt with."""
    ring_after: timedelta
    escalate_after: timedelta

    @classmethod
    def of(cls, red: float, amber: float, green: float, ring: float, escalate: float) -> Self:
        """From hours (the first three) and minutes."""
        hours = {ConcernLevel.RED: red, ConcernLevel.AMBER: amber, ConcernLevel.GREEN: green}
        within = MappingProxyType({level: timedelta(hours=each) for level, each in hours.items()})
        return cls(within, timedelta(minutes=ring), timedelta(minutes=escalate))


CLOCKS: Final = Clocks.of(4, 24, 72, 15, 30)
"""As they are unless the council says otherwise."""

OPEN: Final = (ConcernStatus.RAISED, ConcernStatus.ESCALATED)
_RANKS: Final = tuple(ConcernLevel)


def level_to_act_on(level: ConcernLevel | None) -> ConcernLevel:
    """A concern whose level nobody gave is red until somebody says otherwise."""
    return level or ConcernLevel.RED


def due_at(level: ConcernLevel | None, raised_at: datetime, clocks: Clocks = CLOCKS) -> datetime:
    """When it must have been dealt with."""
    return later(raised_at, clocks.within[level_to_act_on(level)])


def raised_at(phoned_at: datetime | None, now: datetime) -> datetime:
    """From when its clocks run: a concern that was phoned through and typed later, from the call.

    A call in the future is a slip of the pen: then from now, sooner rather than never.
    """
    return now if phoned_at is None or phoned_at > now else phoned_at


def rank(level: ConcernLevel | None) -> int:
    """Its place among others: 0 for red, then amber, then green."""
    return _RANKS.index(level_to_act_on(level))


def is_named(actor: str) -> bool:
    """Whether this is a person: a program or the platform itself cannot take a concern."""
    return bool(actor) and not actor.startswith("system:")


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


POLICE_REPORT: Final = (
    "Female genital mutilation of a girl under 18: a regulated professional who is told of it or sees it must report "
    "it to the police on 101, in person (Female Genital Mutilation Act 2003 s5B). Record the police reference here."
)


def police_report_owed(fgm_under_18: bool, reported_at: datetime | None) -> bool:
    """Whether the prompt to report to the police still stands."""
    return fgm_under_18 and reported_at is None


def check_police_report(fgm_under_18: bool, reported_at: datetime, now: datetime) -> None:
    """Only what asks for a report takes one, and once it was made."""
    if not fgm_under_18:
        raise Conflict("This concern asks for no report to the police", allowed=[])
    if reported_at > now + timedelta(minutes=1):
        raise invalid("/reported_at", "A report is recorded once it was made.", "not-in-the-future")
