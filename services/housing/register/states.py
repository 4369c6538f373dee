"""The states of an application and what may follow on each: one table, which refusals quote. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kit.errors import Conflict


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VERIFICATION = "verification"
    PENDING = "pending"
    REFERRED = "referred"
    ACTIVE = "active"
    AWAITING_REASSESSMENT = "awaiting_reassessment"
    SUSPENDED = "suspended"
    DISQUALIFIED = "disqualified"
    ACTIVE_UNDER_REVIEW = "active_under_review"
    INACTIVE_UNDER_REVIEW = "inactive_under_review"
    HOUSED = "housed"
    CANCELLED = "cancelled"


NEXT: Final[Mapping[State, tuple[State, ...]]] = {
    State.DRAFT: (State.SUBMITTED, State.CANCELLED),
    State.SUBMITTED: (
        State.VERIFICATION,
        State.PENDING,
        State.REFERRED,
        State.ACTIVE,
        State.DISQUALIFIED,
        State.CANCELLED,
    ),
    State.VERIFICATION: (State.PENDING, State.REFERRED, State.ACTIVE, State.DISQUALIFIED, State.CANCELLED),
    # Waiting for papers, or for the panel that looks at what is out of the ordinary.
    State.PENDING: (State.VERIFICATION, State.REFERRED, State.ACTIVE, State.DISQUALIFIED, State.CANCELLED),
    State.REFERRED: (State.VERIFICATION, State.PENDING, State.ACTIVE, State.DISQUALIFIED, State.CANCELLED),
    State.ACTIVE: (
        State.AWAITING_REASSESSMENT,
        State.SUSPENDED,
        State.DISQUALIFIED,
        State.ACTIVE_UNDER_REVIEW,
        State.HOUSED,
        State.CANCELLED,
    ),
    State.AWAITING_REASSESSMENT: (State.ACTIVE, State.SUSPENDED, State.DISQUALIFIED, State.HOUSED, State.CANCELLED),
    State.SUSPENDED: (State.ACTIVE, State.INACTIVE_UNDER_REVIEW, State.DISQUALIFIED, State.HOUSED, State.CANCELLED),
    State.DISQUALIFIED: (State.INACTIVE_UNDER_REVIEW, State.SUBMITTED, State.CANCELLED),
    State.ACTIVE_UNDER_REVIEW: (State.ACTIVE, State.SUSPENDED, State.DISQUALIFIED, State.HOUSED, State.CANCELLED),
    State.INACTIVE_UNDER_REVIEW: (State.ACTIVE, State.SUSPENDED, State.DISQUALIFIED, State.CANCELLED),
    # The letting fell through: nobody loses their place by it.
    State.HOUSED: (State.ACTIVE,),
    State.CANCELLED: (State.SUBMITTED,),
}

BIDS: Final = frozenset({State.ACTIVE, State.ACTIVE_UNDER_REVIEW, State.AWAITING_REASSESSMENT})
"""Who may bid, be shortlisted and be offered a home. Waiting for us to look again is nobody's fault of theirs."""
ENDED: Final = frozenset({State.HOUSED, State.CANCELLED, State.DISQUALIFIED})
BY_HAND: Final = frozenset({State.SUBMITTED, State.VERIFICATION, State.PENDING, State.REFERRED})
"""Steps of the work that decide nothing: any officer takes them."""


def step(state: State, to: State) -> State:
    """The next state. `Conflict` names the states allowed from here."""
    if to not in NEXT[state]:
        raise Conflict(
            f"An application that is {words(state)} does not become {words(to)}",
            state=state.value,
            allowed=[each.value for each in NEXT[state]],
        )
    return to


def words(state: State) -> str:
    """As a sentence says it."""
    return state.value.replace("_", " ")
