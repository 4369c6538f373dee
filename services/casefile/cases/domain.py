"""The rules of cases. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from kit.contracts.codes import CaseStatus, Layer, Specialism, Stage
from kit.errors import Conflict, invalid

OPENING: Final = frozenset({Layer.UNIVERSAL, Layer.TARGETED, Layer.STATUTORY})
"""The outcomes of a triage decision that open a case or join it; all others never do (ownership rule 15)."""

SEALED: Final[Mapping[str, str]] = {Specialism.DRUGS_AND_ALCOHOL: "drugs_and_alcohol"}
"""Work that is sealed by default, by specialism: the part of the file it is kept in (`access.need_to_know.Part`).

Health data (UK GDPR Article 9(2)(h)): treatment for drugs or alcohol is for those who give it.
"""

CLOSE_REASONS: Final = (
    "goals_met",
    "stepped_down_to_universal",
    "stepped_up_to_statutory",
    "moved_away",
    "household_declined",
    "no_contact",
    "died",
    "opened_in_error",
)

MANAGER: Final = "account_manager"
LEAD: Final = "lead"
HOLDERS: Final = (MANAGER, LEAD)

FIRST_REVIEW: Final = timedelta(days=28)
"""How soon after somebody took a case on it is looked at for the first time (as delivered; a council may say less)."""
LONGEST_REVIEW: Final = timedelta(days=84)
"""The longest a case goes without a review (as delivered: twelve weeks)."""

_STRENGTH: Final = (Layer.UNIVERSAL, Layer.TARGETED, Layer.STATUTORY)


class Rag(StrEnum):
    """How urgent a case is in the eyes of those who work on it."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


def opens_a_case(outcome: str, stage: str) -> bool:
    """Whether a decision opens or joins the household's case: a final one that sends them to a layer of support.

    At the stages before, an outcome is a proposal that the next stage may change.
    """
    return outcome in OPENING and stage == Stage.FINAL


def compartment_of(specialism: str | None) -> str:
    """The sealed part of the file that work of this specialism is kept in; empty: in the open."""
    return SEALED.get(specialism or "", "")


def strongest(workstreams: Sequence[Mapping[str, Any]]) -> Layer:
    """The layer of a case is that of the strongest workstream that goes on; of the last ones, if none does."""
    going_on = [each for each in workstreams if not each.get("ended_on")] or workstreams
    return max((Layer(each["layer"]) for each in going_on), key=_STRENGTH.index)


def allowed_from(state: str) -> list[str]:
    """What can be done with a case from here."""
    return ["allocate", "close"] if state == CaseStatus.OPEN else ["reopen"]


def check_step(state: str, step: str) -> None:
    """`Conflict` with what is allowed from here, when `step` is not."""
    allowed = allowed_from(state)
    if step not in allowed:
        raise Conflict(f"A case that is {state} cannot be taken through {step!r}", state=state, allowed=allowed)


def check_open(state: str) -> None:
    """Work is done on an open case; a closed one is reopened first."""
    if state != CaseStatus.OPEN:
        raise Conflict("This case is closed: reopen it first", state=state, allowed=allowed_from(state))


def check_allocation(account_manager: str | None, lead: str | None) -> None:
    """A case is given to somebody: an account manager (universal), a lead (targeted, statutory), or both."""
    if not account_manager and not lead:
        raise invalid("/account_manager", "Name an account manager, a lead, or both.", "someone-named")


def check_member_role(role: str) -> None:
    """Account manager and lead are given by an allocation, which says who had the case before."""
    if role in HOLDERS:
        raise invalid("/role", "Account manager and lead are named by an allocation.", "not-a-holder")


def check_close(reason: str) -> None:
    """A close names its reason."""
    if reason not in CLOSE_REASONS:
        raise invalid("/reason", f"One of {', '.join(CLOSE_REASONS)}.", "close-reason")


def check_rating(rag: Rag, reason: str | None) -> None:
    """Red says why: somebody else has to understand it while its worker is away."""
    if rag is Rag.RED and not (reason or "").strip():
        raise invalid("/reason", "Say why it is red: whoever covers for you must understand it.", "reason-for-red")


def first_review(given_on: date) -> date:
    """When a case just given to somebody is reviewed for the first time."""
    return given_on + FIRST_REVIEW


def check_next_review(next_on: date, today: date) -> None:
    """A review names the next one: after today, and no later than twelve weeks from now."""
    last = today + LONGEST_REVIEW
    if not today < next_on <= last:
        raise invalid("/next_review_on", f"After today and by {last.isoformat()}.", "next-review")


def review_is_overdue(next_on: date | None, today: date) -> bool:
    """Whether its day has passed: on the day itself it is due, not overdue."""
    return next_on is not None and next_on < today
