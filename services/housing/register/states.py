"""The states of an application and what may follow on each: one table, which refusals quote. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kit.errors import Conflict


class Standing(StrEnum):
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


NEXT: Final[Mapping[Standing, tuple[Standing, ...]]] = {
    Standing.DRAFT: (Standing.SUBMITTED, Standing.CANCELLED),
    Standing.SUBMITTED: (
        Standing.VERIFICATION,
        Standing.PENDING,
        Standing.REFERRED,
        Standing.ACTIVE,
        Standing.DISQUALIFIED,
        Standing.CANCELLED,
    ),
    Standing.VERIFICATION: (
        Standing.PENDING,
        Standing.REFERRED,
        Standing.ACTIVE,
        Standing.DISQUALIFIED,
        Standing.CANCELLED,
    ),
    # Waiting for papers, or for the panel that looks at what is out of the ordinary.
    Standing.PENDING: (
        Standing.VERIFICATION,
        Standing.REFERRED,
        Standing.ACTIVE,
        Standing.DISQUALIFIED,
        Standing.CANCELLED,
    ),
    Standing.REFERRED: (
        Standing.VERIFICATION,
        Standing.PENDING,
        Standing.ACTIVE,
        Standing.DISQUALIFIED,
        Standing.CANCELLED,
    ),
    Standing.ACTIVE: (
        Standing.AWAITING_REASSESSMENT,
        Standing.SUSPENDED,
        Standing.DISQUALIFIED,
        Standing.ACTIVE_UNDER_REVIEW,
        Standing.HOUSED,
        Standing.CANCELLED,
    ),
    Standing.AWAITING_REASSESSMENT: (
        Standing.ACTIVE,
        Standing.SUSPENDED,
        Standing.DISQUALIFIED,
        Standing.HOUSED,
        Standing.CANCELLED,
    ),
    Standing.SUSPENDED: (
        Standing.ACTIVE,
        Standing.INACTIVE_UNDER_REVIEW,
        Standing.DISQUALIFIED,
        Standing.HOUSED,
        Standing.CANCELLED,
    ),
    Standing.DISQUALIFIED: (
        Standing.INACTIVE_UNDER_REVIEW,
        Standing.SUBMITTED,
        Standing.CANCELLED,
    ),
    Standing.ACTIVE_UNDER_REVIEW: (
        Standing.ACTIVE,
        Standing.SUSPENDED,
        Standing.DISQUALIFIED,
        Standing.HOUSED,
        Standing.CANCELLED,
    ),
    Standing.INACTIVE_UNDER_REVIEW: (
        Standing.ACTIVE,
        Standing.SUSPENDED,
        Standing.DISQUALIFIED,
        Standing.CANCELLED,
    ),
    # The letting fell through: nobody loses their place by it.
    Standing.HOUSED: (Standing.ACTIVE,),
    Standing.CANCELLED: (Standing.SUBMITTED,),
}

BIDS: Final = frozenset({Standing.ACTIVE, Standing.ACTIVE_UNDER_REVIEW, Standing.AWAITING_REASSESSMENT})
"""Who may bid, be shortlisted and be offered a home. Waiting for us to look again is nobody's fault of theirs."""
ENDED: Final = frozenset({Standing.HOUSED, Standing.CANCELLED, Standing.DISQUALIFIED})
BY_HAND: Final = frozenset({Standing.SUBMITTED, Standing.VERIFICATION, Standing.PENDING, Standing.REFERRED})
"""Steps of the work that decide nothing: any officer takes them."""


def step(state: Standing, to: Standing) -> Standing:
    """The next state. `Conflict` names the states allowed from here."""
    if to not in NEXT[state]:
        raise Conflict(
            f"An application that is {words(state)} does not become {words(to)}",
            state=state.value,
            allowed=[each.value for each in NEXT[state]],
        )
    return to


def words(state: Standing) -> str:
    """As a sentence says it."""
    return state.value.replace("_", " ")
