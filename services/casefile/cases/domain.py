"""The rules of cases. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kit.contracts.codes import CaseStatus, Layer, Stage
from kit.errors import Conflict, invalid

OPENING: Final = frozenset({Layer.UNIVERSAL, Layer.TARGETED, Layer.STATUTORY})
"""The outcomes of a triage decision that open a case or join it; all others never do (ownership rule 15)."""

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

_STRENGTH: Final = (Layer.UNIVERSAL, Layer.TARGETED, Layer.STATUTORY)


def opens_a_case(outcome: str, stage: str) -> bool:
    """Whether a decision opens or joins the household's case: a final one that sends them to a layer of support.

    At the stages before, an outcome is a proposal that the next stage may change.
    """
    return outcome in OPENING and stage == Stage.FINAL


def strongest(workstreams: Sequence[Mapping[str, Any]]) -> Layer:
    """The layer of a case is that of its strongest workstream."""
    return max((Layer(each["layer"]) for each in workstreams), key=_STRENGTH.index)


def allowed_from(state: str) -> list[str]:
    """What can be done with a case from here."""
    return ["allocate", "close"] if state == CaseStatus.OPEN else ["reopen"]


def check_step(state: str, step: str) -> None:
    """`Conflict` with what is allowed from here, when `step` is not."""
    allowed = allowed_from(state)
    if step not in allowed:
        raise Conflict(f"A case that is {state} cannot be taken through {step!r}", state=state, allowed=allowed)


def check_allocation(account_manager: str | None, lead: str | None) -> None:
    """A case is given to somebody: an account manager (universal), a lead (targeted, statutory), or both."""
    if not account_manager and not lead:
        raise invalid("/account_manager", "Name an account manager, a lead, or both.", "someone-named")


def check_close(reason: str) -> None:
    """A close names its reason."""
    if reason not in CLOSE_REASONS:
        raise invalid("/reason", f"One of {', '.join(CLOSE_REASONS)}.", "close-reason")
