"""The rules of going alone: in and out, when it rings and goes higher. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import later
from kit.errors import Conflict

GRACE: Final = timedelta(minutes=10)
"""How long after the time they said it rings."""
ESCALATE_AFTER: Final = timedelta(minutes=15)
"""How long after that it goes higher, while nobody has taken it."""


class State(StrEnum):
    """In; overdue: it rings; escalated: nobody took it; out."""

    IN = "in"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    OUT = "out"


class Found(StrEnum):
    """How it ended where somebody had to look."""

    SAFE_FORGOT = "safe_forgot"
    SAFE_DELAYED = "safe_delayed"
    HELPED = "helped"
    EMERGENCY_SERVICES = "emergency_services"


WHAT_NOW: Final[Mapping[State, str]] = {
    State.IN: "",
    State.OVERDUE: "Ring the worker now. No answer: ring who went with them and the place itself.",
    State.ESCALATED: "Nobody has taken this. Ring the worker once more, then 999 with the place below.",
    State.OUT: "",
}


def still_fine(state: str) -> State:
    """They answer: a new time is set, and what rang stops."""
    _check_there(state)
    return State.IN


def out(state: str) -> State:
    """They are out. Saying it twice is no harm done, but nothing happens either."""
    _check_there(state)
    return State.OUT


def take(state: str, taken_by: str | None) -> None:
    """A named manager sees to it. One only."""
    if state not in (State.OVERDUE, State.ESCALATED):
        raise Conflict("Nothing rings here", allowed=["still_fine", "out"] if state == State.IN else [])
    if taken_by is not None:
        raise Conflict("Somebody sees to this already", allowed=["found"])


def check_found(state: str, taken_by: str | None) -> None:
    """Whoever took it says how they were found."""
    if state not in (State.OVERDUE, State.ESCALATED) or taken_by is None:
        raise Conflict("Take it first: then you are the one who looks", allowed=["take"])


def _check_there(state: str) -> None:
    if state == State.OUT:
        raise Conflict("They are out already", allowed=[])


def due_after(now: datetime, minutes: int) -> datetime:
    """When they said they would be out."""
    return later(now, timedelta(minutes=minutes))
