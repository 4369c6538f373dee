"""The rules of tickets: how one moves, who is seen sooner, and how long the wait is, said and measured. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kit.errors import Conflict


class TicketState(StrEnum):
    """Waiting, called by its number, with someone, ended; or left before that."""

    WAITING = "waiting"
    CALLED = "called"
    WITH_SOMEONE = "with_someone"
    ENDED = "ended"
    LEFT = "left"


class Step(StrEnum):
    """What happens to a ticket."""

    CALL = "call"
    SIT_DOWN = "sit_down"
    NOT_THERE = "not_there"
    END = "end"
    LEAVE = "leave"


STEPS: Final[Mapping[TicketState, Mapping[Step, TicketState]]] = {
    TicketState.WAITING: {Step.CALL: TicketState.CALLED, Step.LEAVE: TicketState.LEFT},
    # Who was not there keeps their place: people go to the toilet, or do not hear.
    TicketState.CALLED: {
        Step.SIT_DOWN: TicketState.WITH_SOMEONE,
        Step.NOT_THERE: TicketState.WAITING,
        Step.LEAVE: TicketState.LEFT,
    },
    TicketState.WITH_SOMEONE: {Step.END: TicketState.ENDED},
    TicketState.ENDED: {},
    TicketState.LEFT: {},
}


def step(state: str, does: Step) -> TicketState:
    """Where a ticket stands after a step; `Conflict` names the steps allowed from here."""
    allowed = STEPS[TicketState(state)]
    if does not in allowed:
        raise Conflict(f"A ticket that is {state.replace('_', ' ')} cannot do that", allowed=sorted(allowed))
    return allowed[does]


class Sooner(StrEnum):
    """Why someone is seen before those who came earlier; in words on the host's screen, never called out."""

    NOT_SAFE = "not_safe"
    UNWELL = "unwell"
    CHILD_ALONE = "child_alone"
    OFFICE_CLOSES = "office_closes"
    APPOINTMENT = "appointment"


# Waits ----------------------------------------------------------------------------------------------------

MEASURED_DAYS: Final = 28
ENOUGH: Final = 10
"""Fewer conversations, or waits, than this do not make a measure."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What we say, and how we worked it out. None: we cannot say, and `words` say why."""

    minutes: int | None
    no_longer_than: int | None
    words: str


def typical_minutes(measured: Sequence[float], otherwise: int) -> tuple[int, bool]:
    """How long a conversation takes here: the middle of the measured ones, or what the hub assumes (then False)."""
    if len(measured) < ENOUGH:
        return otherwise, False
    return max(1, round(statistics.median(measured))), True


def usual_overrun(overruns: Sequence[float]) -> int | None:
    """By how many minutes 8 in 10 waits at most ran over what was said; None while too few were measured."""
    if len(overruns) < ENOUGH:
        return None
    return max(0, math.ceil(sorted(overruns)[math.ceil(0.8 * len(overruns)) - 1]))


def wait(*, ahead: int, desks: int, busy: int, minutes_each: int, measured: bool, overrun: int | None) -> Wait:
    """How long somebody waits who has `ahead` people before them.

    Whoever finds a free desk does not wait. Otherwise desks fall free one after another, on average every
    `minutes_each / desks` minutes, and each person before them takes one.
    """
    if desks <= 0:
        return Wait(None, None, "We cannot say how long: nobody is on the rota for a desk here now.")
    busy = min(busy, desks)
    turns = ahead - (desks - busy) + 1
    minutes = math.ceil(max(0, turns) * minutes_each / desks)
    basis = "as the last four weeks here show" if measured else "as we assume, not yet measured here"
    people = "nobody" if ahead == 0 else f"{ahead} {'person' if ahead == 1 else 'people'}"
    open_ = f"{desks} {'desk' if desks == 1 else 'desks'} open, {busy} busy"
    words = f"{people.capitalize()} before you, {open_}; a conversation takes about {minutes_each} minutes, {basis}."
    if overrun is None:
        return Wait(minutes, None, words)
    return Wait(minutes, minutes + overrun, f"{words} 8 in 10 waited no longer than {minutes + overrun} minutes.")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was said of the wait beside what then happened, in minutes; None while too few were measured."""

    tickets: int
    said: float | None
    waited: float | None
    within: float | None


def kept(pairs: Sequence[tuple[int, int, float]]) -> Kept:
    """Of (said, no longer than, really waited): the middle of both, and the share that kept to the longest said."""
    if len(pairs) < ENOUGH:
        return Kept(len(pairs), None, None, None)
    said, waited = (statistics.median(each[place] for each in pairs) for place in (0, 2))
    # What is said is said in whole minutes: twelve minutes and a half is twelve.
    within = sum(took < most + 1 for _, most, took in pairs) / len(pairs)
    return Kept(len(pairs), said, waited, within)
