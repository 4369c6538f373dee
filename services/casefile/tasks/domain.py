"""The rules of tasks. Pure."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, invalid

FARTHEST: Final = timedelta(days=366)
"""No task lies further off: what is to be done in years belongs into a plan."""


class State(StrEnum):
    """Done or dropped, it is not opened again: another one is made."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


def check_due(due_on: date, today: date) -> None:
    """A day that is still to come, today included."""
    if not today <= due_on <= today + FARTHEST:
        raise invalid("/due_on", f"From {today.isoformat()} to a year from then.", "due-day")


def check_open(state: State) -> None:
    """`Conflict` for a task that was done or dropped."""
    if state is not State.OPEN:
        raise Conflict(f"This task was {state.value} already", state=state.value, allowed=[])


def is_overdue(due_on: date, state: State, today: date) -> bool:
    """Whether its day has passed: on the day itself it is due."""
    return state is State.OPEN and due_on < today
