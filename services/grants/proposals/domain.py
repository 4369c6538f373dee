"""The rules of proposals and consultations: states, who counts once, moderation with reasons, adoption. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, Forbidden, invalid

ANSWER_WITHIN_DAYS: Final = 28
"""From the day a proposal finds enough support."""
PASS_DAYS: Final = 180


class Kind(StrEnum):
    """Residents propose; the council consults."""

    PROPOSAL = "proposal"
    CONSULTATION = "consultation"


class State(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"  # for a moderator
    OPEN = "open"
    SUPPORTED = "supported"  # enough: the council owes an answer
    ADOPTED = "adopted"
    DECLINED = "declined"
    REJECTED = "rejected"  # by a moderator
    CLOSED = "closed"


ALLOWED: Final[Mapping[State, tuple[State, ...]]] = {
    State.WAITING: (State.OPEN, State.REJECTED),
    State.OPEN: (State.SUPPORTED, State.ADOPTED, State.DECLINED, State.REJECTED, State.CLOSED),
    State.SUPPORTED: (State.ADOPTED, State.DECLINED),
    State.ADOPTED: (),
    State.DECLINED: (),
    State.REJECTED: (State.OPEN,),
    State.CLOSED: (),
}


class Moderation(StrEnum):
    """Why something is shown, or not."""

    SHOWN = "shown"
    PERSONAL_DATA = "personal_data"
    ABUSE = "abuse"
    UNLAWFUL = "unlawful"
    NOT_OURS = "not_for_the_council"
    ADVERTISING = "advertising"
    DUPLICATE = "duplicate"


class Becomes(StrEnum):
    """What an adopted proposal becomes."""

    PROJECT = "project"
    BALLOT = "ballot"
    APPLICATION = "application"
    DEBATE = "debate"


def check_next(state: State, wanted: State) -> None:
    """`Conflict` with the states allowed from here, unless `wanted` is one of them."""
    if wanted not in ALLOWED[state]:
        raise Conflict(f"This is {state.value}", state=state.value, allowed=[each.value for each in ALLOWED[state]])


def takes_part(state: State) -> None:
    """`Conflict` unless one may support and comment now."""
    if state not in (State.OPEN, State.SUPPORTED):
        raise Conflict(f"This is {state.value}: it takes no support or comments", state=state.value, allowed=[])


def after_support(state: State, supports: int, needed: int | None) -> State:
    """The state with so many supports."""
    return State.SUPPORTED if state is State.OPEN and needed is not None and supports >= needed else state


def answer_due(today: date) -> date:
    """The day by which the council answers."""
    return today + timedelta(days=ANSWER_WITHIN_DAYS)


def check_moderation(verdict: Moderation, words: str | None) -> None:
    """What is not shown has a reason in words."""
    if verdict is not Moderation.SHOWN and not words:
        raise invalid("/words", "Say why it is not shown: its author is told.", "reasons")


def mark(kind: str, secret: str) -> bytes:
    """Who takes part, as kept: a digest of an account or a pass, so that each counts once."""
    return hashlib.sha256(f"{kind}\n{secret}".encode()).digest()


def check_pass(until: date | None, today: date) -> None:
    """`Forbidden` for a pass that is none, or has run out."""
    if until is None or today >= until:
        raise Forbidden("This pass is not valid: use the code of a letter, or sign in")
