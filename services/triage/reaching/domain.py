"""The rules of a call in progress. Pure."""

from datetime import datetime, timedelta
from typing import Final

from kit.clock import later
from kit.errors import Conflict

LONGEST_CALL: Final = timedelta(minutes=60)
"""A call nobody ended is over by then: a forgotten one must not keep reminders from anybody for ever."""


def over_by(started_at: datetime) -> datetime:
    """When a call is over at the latest."""
    return later(started_at, LONGEST_CALL)


def check_free(who: str | None) -> None:
    """Two colleagues do not ring one household at once."""
    if who is not None:
        raise Conflict("A colleague is ringing this household just now", allowed=[], ringing=who)


def check_going_on(ended_at: datetime | None) -> None:
    """A call ends once."""
    if ended_at is not None:
        raise Conflict("This call is over already", allowed=[])
