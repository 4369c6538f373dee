"""The rules of a support plan for rent or council tax arrears, and of an eviction prevented. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from kit.errors import Conflict, FieldError, Invalid, invalid

About = Literal["rent", "council_tax", "rent_and_council_tax"]
State = Literal["active", "completed", "ended"]
Whose = Literal["theirs", "ours", "partners"]
How = Literal[
    "arrangement_kept",
    "arrears_paid",
    "benefit_found",
    "hardship_payment",
    "landlord_agreed",
    "court_adjourned",
    "order_suspended",
    "breathing_space",
]
Threat = Literal["notice", "claim", "possession_order", "warrant", "asked_to_leave"]
Evidence = Literal["landlord_in_writing", "court_order", "rent_account", "tenancy_document", "seen_by_worker"]
ALLOWED: Final[dict[str, tuple[str, ...]]] = {"active": ("completed", "ended"), "completed": (), "ended": ()}
END_REASONS: Final = ("moved", "withdrew", "cannot_be_reached", "evicted", "died", "entered_by_mistake")
KINDS_OF: Final[Mapping[str, frozenset[str]]] = {
    "rent": frozenset({"rent_council", "rent_social", "rent_private"}),
    "council_tax": frozenset({"council_tax"}),
    "rent_and_council_tax": frozenset({"rent_council", "rent_social", "rent_private", "council_tax"}),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what, whose, by when, and when it was done."""

    what: str
    whose: Whose
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Prevented:
    """An eviction that did not happen: what threatened, what turned it away, and how we know."""

    on: date
    threat: Threat
    how: How
    evidence: Evidence
    threatened_on: date


def check_plan(about: About, debts: Mapping[UUID, str], steps: Sequence[Step], review_on: date, today: date) -> None:
    """A plan is about debts of its kind, has steps of theirs and ours, and a day to look at it again."""
    faults = [
        FieldError("/debt_ids", f"{kind} is not what this plan is about.", "debt-of-its-kind")
        for kind in sorted({kind for kind in debts.values() if kind not in KINDS_OF[about]})
    ]
    faults += check_steps(steps, today)
    if review_on <= today:
        faults.append(FieldError("/review_on", "A day to come.", "review-to-come"))
    if faults:
        raise Invalid("This plan is not complete", *faults)


def check_steps(steps: Sequence[Step], today: date) -> list[FieldError]:
    """Somebody else does something too; what is done has its day, and it has come."""
    faults = []
    if not {"theirs", "ours"} <= {each.whose for each in steps}:
        faults.append(FieldError("/steps", "At least one step of theirs and one of ours.", "both-sides"))
    faults += [
        FieldError(f"/steps/{place}/done_on", "It is recorded once it was done.", "not-in-the-future")
        for place, each in enumerate(steps)
        if each.done_on is not None and each.done_on > today
    ]
    return faults


def check_active(state: str) -> None:
    """Only an active plan changes."""
    if state != "active":
        raise Conflict(f"This plan is {state}", state=state, allowed=list(ALLOWED[state]))


def check_prevented(about: About, state: str, told: Prevented, already: bool, today: date) -> None:
    """Once a plan, while it is active or completed; of a home, so never of council tax alone."""
    if state == "ended":
        raise Conflict("This plan is ended", state=state, allowed=[])
    if already:
        raise Conflict("It is on record already that this eviction was prevented", state=state, allowed=[])
    if about == "council_tax":
        raise invalid("/threat", "Nobody is evicted for council tax: this plan is about no rent.", "about-rent")
    if told.on > today:
        raise invalid("/on", "It is recorded once it has happened.", "not-in-the-future")
    if told.threatened_on > told.on:
        raise invalid("/threatened_on", "The threat came before it was turned away.", "dates-in-order")


def check_end(state: str, completed: bool, reason: str | None) -> State:
    """Completed, or ended with a reason."""
    check_active(state)
    if completed:
        return "completed"
    if reason not in END_REASONS:
        raise invalid("/reason", f"One of {', '.join(END_REASONS)}.", "end-reason")
    return "ended"
