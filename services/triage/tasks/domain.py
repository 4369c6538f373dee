"""The rules of everyday tasks: done together, or booked with whoever does it and chased. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days, is_working_day
from kit.errors import Conflict, invalid

CHASE_AFTER_WORKING_DAYS: Final = 5
"""When nobody says otherwise."""
CHASE_HOUR: Final = time(9)
LATEST_CHASE_DAYS: Final = 90


class Kind(StrEnum):
    """What people ask for most days."""

    BILL = "bill"
    COUNCIL_TAX_REDUCTION = "council_tax_reduction"
    BENEFIT_CLAIM = "benefit_claim"
    REPAIR = "repair"
    DAMP = "damp"
    BLUE_BADGE = "blue_badge"
    SCHOOL_PLACE = "school_place"
    OTHER = "other"


OWNERS: Final = {
    Kind.BILL: "revenues",
    Kind.COUNCIL_TAX_REDUCTION: "benefits",
    Kind.BENEFIT_CLAIM: "benefits",
    Kind.REPAIR: "repairs",
    Kind.DAMP: "repairs",
    Kind.BLUE_BADGE: "concessions",
    Kind.SCHOOL_PLACE: "school_admissions",
}
"""Who does it, unless said otherwise."""


class State(StrEnum):
    """Booked until the owning team did it; to chase once its date came."""

    BOOKED = "booked"
    TO_CHASE = "to_chase"
    DONE = "done"
    NOT_DONE = "not_done"


ALLOWED: Final = {
    State.BOOKED: (State.DONE, State.NOT_DONE, State.TO_CHASE),
    State.TO_CHASE: (State.DONE, State.NOT_DONE, State.BOOKED),
    State.DONE: (),
    State.NOT_DONE: (),
}


@dataclass(frozen=True, slots=True)
class Task:
    """An everyday task as the rules see it. Whatever is booked has a reference and a day on which somebody asks."""

    state: State
    reference: str | None
    chase_on: date | None
    chased: int = 0


def together(reference: str | None) -> Task:
    """Done there and then, with the person."""
    return Task(State.DONE, reference, None)


def book(reference: str | None, chase_on: date | None, today: date) -> Task:
    """Booked with the owning team. `Invalid` without their reference, or with a chase date that is none."""
    if reference is None:
        raise invalid("/reference", "Ask the owning team for its reference: without one nobody can chase.", "reference")
    return Task(State.BOOKED, reference, _chase_day(chase_on, today))


def due(task: Task) -> Task:
    """Its day came and nobody said that it was done."""
    return replace(task, state=State.TO_CHASE) if task.state is State.BOOKED else task


def chase(task: Task, chase_on: date | None, today: date) -> Task:
    """The owning team was asked again; also before its day."""
    _check(task, State.BOOKED, also_from=State.BOOKED)
    return replace(task, state=State.BOOKED, chase_on=_chase_day(chase_on, today), chased=task.chased + 1)


def finish(task: Task, done: bool) -> Task:
    """It was done, or it will not be."""
    wanted = State.DONE if done else State.NOT_DONE
    _check(task, wanted)
    return replace(task, state=wanted, chase_on=None)


def chase_at(day: date) -> datetime:
    """When it rings: at nine on its day."""
    return datetime.combine(day, CHASE_HOUR, LONDON)


def _chase_day(said: date | None, today: date) -> date:
    day = said or add_working_days(today, CHASE_AFTER_WORKING_DAYS)
    if day <= today or (day - today).days > LATEST_CHASE_DAYS:
        raise invalid("/chase_on", f"From tomorrow, at most {LATEST_CHASE_DAYS} days on.", "chase-date")
    if not is_working_day(day):
        raise invalid("/chase_on", "A working day: nobody answers on this one.", "working-day")
    return day


def _check(task: Task, wanted: State, also_from: State | None = None) -> None:
    if wanted not in ALLOWED[task.state] and task.state is not also_from:
        raise Conflict(f"This task is {task.state}", state=task.state, allowed=list(ALLOWED[task.state]))
