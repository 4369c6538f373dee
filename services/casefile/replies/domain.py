"""Whose words a text message is. Pure."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from kit.errors import Conflict

UNKNOWN_FOR: Final = timedelta(days=90)
"""How long words of nobody we know are kept for somebody to find out whose they are."""


class State(StrEnum):
    """Where a reply stands. `unknown`: from a number that is nobody's, or several people's."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    READ = "read"


def written_by(having_it: Collection[UUID]) -> UUID | None:
    """The one person who has the number. Where several share a telephone, nobody's words are put in their mouth."""
    return next(iter(having_it)) if len(having_it) == 1 else None


def check_waits(state: State) -> None:
    """`Conflict` unless somebody still has to read it."""
    if state is not State.WAITING:
        raise Conflict("Somebody has read this already", state=state.value, allowed=[])
