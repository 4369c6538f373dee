"""The rules of projects: states, a fixer for each, blockers with owner and age, people counted not named. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, invalid

FEWEST_SHOWN: Final = 10
STUCK_AFTER_DAYS: Final = 14
"""A blocker older than this is shown as stuck."""


class State(StrEnum):
    """How far a project is."""

    IDEA = "idea"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"


ALLOWED: Final[Mapping[State, tuple[State, ...]]] = {
    State.IDEA: (State.RUNNING, State.STOPPED),
    State.RUNNING: (State.PAUSED, State.FINISHED, State.STOPPED),
    State.PAUSED: (State.RUNNING, State.FINISHED, State.STOPPED),
    State.FINISHED: (),
    State.STOPPED: (State.RUNNING,),
}


class BlockerKind(StrEnum):
    """What stands in the way."""

    PERMISSION = "permission"
    INSURANCE = "insurance"
    KEYS = "keys"
    MONEY = "money"
    SPACE = "space"
    PEOPLE = "people"
    EQUIPMENT = "equipment"
    OTHER = "other"


class Trading(StrEnum):
    """How far a community business is."""

    STARTING = "starting"
    TRADING = "trading"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Came:
    """Who came to a session, in numbers. `first_time` and `children` are of `people`."""

    people: int
    first_time: int
    children: int


def check_next(state: State, wanted: State, fixer: str | None) -> None:
    """`Conflict` with the states allowed from here; a project runs only with a fixer."""
    if wanted not in ALLOWED[state]:
        raise Conflict(
            f"This project is {state.value}", state=state.value, allowed=[each.value for each in ALLOWED[state]]
        )
    if wanted is State.RUNNING and fixer is None:
        raise invalid("/fixer", "A project runs with a fixer, who clears the way for it.", "a-fixer")


def check_came(came: Came, held_on: date, today: date) -> None:
    """Can these numbers be? Of a day that is over."""
    if held_on > today:
        raise invalid("/held_on", "People are counted when the session is over.", "session-over")
    if came.first_time > came.people or came.children > came.people:
        raise invalid("/people", "More are counted of a kind than came.", "of-those-who-came")


def shown(number: int, of_sessions: int) -> int | None:
    """A number of people as published: none below ten, unless it is nobody."""
    return number if number >= FEWEST_SHOWN or (number == 0 and of_sessions > 0) else None


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts that add up, as published: none below ten, and never just one hidden, which one could subtract."""
    told: dict[str, int | None] = {
        key: value if value >= FEWEST_SHOWN or value == 0 else None for key, value in counts.items()
    }
    hidden = [key for key, value in told.items() if value is None]
    if len(hidden) == 1:
        rest: Sequence[str] = sorted((key for key, value in told.items() if value), key=lambda key: (counts[key], key))
        if rest:
            told[rest[0]] = None
    return told
