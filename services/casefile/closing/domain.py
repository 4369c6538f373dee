"""The rules of closing and reopening. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kit.errors import Conflict, FieldError, Invalid
from services.casefile.cases.domain import CLOSE_REASONS


class Result(StrEnum):
    """What came of a goal."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT_REACHED = "not_reached"


class NoOutcomes(StrEnum):
    """Why nothing can be said of what came of it."""

    NO_CONTACT = "no_contact"
    HOUSEHOLD_DECLINED = "household_declined"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    OPENED_IN_ERROR = "opened_in_error"
    GOES_ON_ELSEWHERE = "goes_on_elsewhere"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the work in one respect, of a goal where it was one."""

    outcome: str
    result: Result
    goal_id: UUID | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """How somebody wants to close a case."""

    reason: str
    note: str = ""
    outcomes: tuple[Outcome, ...] = ()
    no_outcomes_because: NoOutcomes | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is when somebody closes: the goals agreed, outcomes kept before, open tasks."""

    goals: Sequence[UUID] = ()
    outcomes_kept: int = 0
    open_tasks: int = 0


def check(close: Close, standing: Standing) -> None:
    """Every fault at once as `Invalid`, by field and rule; `Conflict` for what must be done first."""
    faults = list(_faults(close, standing))
    if faults:
        raise Invalid("; ".join(each.detail for each in faults), *faults)
    if standing.open_tasks:
        some = "One task is" if standing.open_tasks == 1 else f"{standing.open_tasks} tasks are"
        raise Conflict(f"{some} still open: finish or drop them first", open_tasks=standing.open_tasks, allowed=[])


def _faults(close: Close, standing: Standing) -> list[FieldError]:
    faults = []
    if close.reason not in CLOSE_REASONS:
        faults.append(FieldError("/reason", f"One of {', '.join(CLOSE_REASONS)}.", "close-reason"))
    if close.outcomes and close.no_outcomes_because:
        faults.append(FieldError("/no_outcomes_because", "There are outcomes: no reason for none.", "outcomes-or-why"))
    known = set(standing.goals)
    for place, each in enumerate(close.outcomes):
        if each.goal_id is not None and each.goal_id not in known:
            faults.append(FieldError(f"/outcomes/{place}/goal_id", "No goal of this household's plan.", "goal-known"))
    said = bool(close.outcomes or standing.outcomes_kept or close.no_outcomes_because)
    if standing.goals and not said:
        faults.append(
            FieldError(
                "/outcomes", "There are goals: say what came of them, or why nothing can be said.", "outcomes-or-why"
            )
        )
    return faults
