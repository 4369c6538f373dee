"""The rules of warnings. Pure.

A warning is about a dated incident and how to meet somebody safely, never about what somebody is. A senior decides; the
person is told, for that is fair (UK GDPR Article 5(1)(a)), unless telling would itself put somebody at risk; it is
reviewed within a year, and removed when it no longer holds.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import period_beginning_with
from kit.errors import Conflict, Forbidden, invalid

LONGEST: Final = 365
"""Days a warning stands without a review, at most."""
OLDEST_INCIDENT: Final = timedelta(days=3 * 365)
"""An incident longer ago starts no warning any more (as delivered)."""


class Kind(StrEnum):
    """What the incident was."""

    VIOLENCE = "violence"
    THREAT = "threat"
    ABUSIVE_WORDS = "abusive_words"
    DOG = "dog"
    WEAPON = "weapon"
    UNSAFE_PLACE = "unsafe_place"
    OTHER = "other"


class State(StrEnum):
    """Nothing stands before a senior decided."""

    PROPOSED = "proposed"
    STANDING = "standing"
    REFUSED = "refused"
    REMOVED = "removed"


class Act(StrEnum):
    """What somebody did with it."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    TOLD = "told"
    NOT_TOLD = "not_told"
    KEPT = "kept"
    REMOVED = "removed"


_ALLOWED: Final[Mapping[State, tuple[Act, ...]]] = {
    State.PROPOSED: (Act.CONFIRMED, Act.REFUSED),
    State.STANDING: (Act.TOLD, Act.NOT_TOLD, Act.KEPT, Act.REMOVED),
    State.REFUSED: (),
    State.REMOVED: (),
}


def allowed_from(state: State) -> list[str]:
    """What may be done from here."""
    return [each.value for each in _ALLOWED[state]]


def check_act(state: State, act: Act) -> None:
    """`Conflict` with what is allowed from here, when `act` is not."""
    if act not in _ALLOWED[state]:
        raise Conflict(
            f"A warning that is {state.value} cannot be {act.value.replace('_', ' ')}",
            state=state.value,
            allowed=allowed_from(state),
        )


def check_incident(on: date, today: date) -> None:
    """The day it happened: not to come, and not too long ago to say anything about today."""
    if not today - OLDEST_INCIDENT <= on <= today:
        raise invalid("/incident_on", "The day it happened, at most three years ago.", "incident-day")


def check_senior(by: str, proposed_by: str) -> None:
    """Somebody else decides than who proposed it."""
    if by == proposed_by:
        raise Forbidden("A senior other than who proposed it decides")


def check_review(on: date, today: date) -> None:
    """After today, and within a year beginning with it."""
    last = period_beginning_with(today, LONGEST)
    if not today < on <= last:
        raise invalid("/review_on", f"After today and by {last.isoformat()}.", "review-day")


def check_told(told: bool, on: date | None, because: str | None, today: date) -> None:
    """Told: on which day. Not told: why not."""
    if told and (on is None or on > today):
        raise invalid("/told_on", "Say on which day they were told.", "told-day")
    if told and because:
        raise invalid("/because", "They were told: there is nothing to explain.", "reason-given")
    if not told and not because:
        raise invalid("/because", "Say why they are not told.", "reason-given")


def review_is_overdue(on: date | None, state: State, today: date) -> bool:
    """Whether its review day has passed."""
    return state is State.STANDING and on is not None and on < today
