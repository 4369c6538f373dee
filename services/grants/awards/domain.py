"""The rules of awards: who adopts what, what is paid when, what is reported. Pure.

A recommendation is adopted or returned, item by item, never altered: whoever decides names no sums. Each application is
returned once at most, with a public reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from kit.clock import months_after
from kit.errors import Conflict, FieldError, Forbidden, Invalid, invalid
from services.grants.funds.domain import pounds

CHASE_AGAIN_AFTER_DAYS: Final = 14


class Source(StrEnum):
    """What a recommendation came out of."""

    BALLOT = "ballot"
    PANEL = "panel"
    ASSESSMENT = "assessment"


class Outcome(StrEnum):
    """What the delegated officer does with an item."""

    ADOPTED = "adopted"
    RETURNED = "returned"


class Subsidy(StrEnum):
    """The subsidy check: Subsidy Control Act 2022, ss 2 and 36."""

    NOT_A_SUBSIDY = "not_a_subsidy"
    MINIMAL = "minimal_financial_assistance"
    NEEDS_ADVICE = "needs_advice"


class AwardState(StrEnum):
    """An award is agreed before anything is paid."""

    MADE = "made"
    AGREED = "agreed"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


ALLOWED: Final[Mapping[AwardState, Sequence[AwardState]]] = {
    AwardState.MADE: (AwardState.AGREED, AwardState.WITHDRAWN),
    AwardState.AGREED: (AwardState.COMPLETED, AwardState.WITHDRAWN),
    AwardState.COMPLETED: (),
    AwardState.WITHDRAWN: (),
}


class InstalmentState(StrEnum):
    """One officer asks for a payment, another one releases it."""

    PLANNED = "planned"
    REQUESTED = "requested"
    PAID = "paid"
    CANCELLED = "cancelled"


class ReportState(StrEnum):
    """A report that does not come is chased until it does."""

    DUE = "due"
    LATE = "late"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"


def move(state: AwardState, wanted: AwardState) -> AwardState:
    """`wanted`, or `Conflict` with the states that can be reached from here."""
    if wanted not in ALLOWED[state]:
        raise Conflict(f"An award that is {state} cannot become {wanted}", state=state, allowed=list(ALLOWED[state]))
    return wanted


@dataclass(frozen=True, slots=True)
class Item:
    """What a panel, a ballot or the assessors recommend for one application, with the reason in words."""

    application_id: UUID
    recommended: bool
    pence: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the delegated officer does with one recommended item. No sum: it is the recommendation's or nothing."""

    application_id: UUID
    outcome: Outcome
    public_reason: str | None = None
    regulation_59f_reason: str | None = None
    subsidy: Subsidy | None = None
    subsidy_note: str | None = None


def check_items(items: Sequence[Item], asked: Mapping[UUID, int], left_pence: int) -> None:
    """A recommendation fits the round: its applications, once each, within what was asked and what is left."""
    errors = []
    for place, each in enumerate(items):
        if each.application_id not in asked:
            errors.append(FieldError(f"/items/{place}/application_id", "Not one to decide on here.", "in-round"))
        elif each.recommended and not 0 < each.pence <= asked[each.application_id]:
            most = pounds(asked[each.application_id])
            errors.append(FieldError(f"/items/{place}/pence", f"One penny to what was asked: {most}.", "within-asked"))
        elif not each.recommended and each.pence:
            errors.append(FieldError(f"/items/{place}/pence", "Nothing, as it is not recommended.", "nothing"))
    if len({each.application_id for each in items}) != len(items):
        errors.append(FieldError("/items", "Each application stands once.", "once"))
    total = sum(each.pence for each in items)
    if total > left_pence:
        errors.append(
            FieldError(
                "/items", f"{pounds(total)} recommended, {pounds(left_pence)} left in the round.", "within-round"
            )
        )
    if errors:
        raise Invalid("The recommendation does not fit the round", *errors)


def check_adoption(
    recommended: Mapping[UUID, int],
    decisions: Sequence[Decision],
    returned_before: Collection[UUID],
    awarded_pence: int,
    delegated_most_pence: int,
) -> None:
    """Every recommended item has one decision, with what the law asks for; all within the delegated limit."""
    given = [each.application_id for each in decisions]
    if sorted(given) != sorted(recommended):
        raise invalid("/items", "Decide on every recommended application, each once, and on no other.", "every-item")
    errors = []
    for place, each in enumerate(decisions):
        at = f"/items/{place}"
        if each.outcome is Outcome.RETURNED:
            if not each.public_reason:
                errors.append(FieldError(f"{at}/public_reason", "Say publicly why it is returned.", "public-reason"))
            if each.application_id in returned_before:
                raise Conflict(
                    "It was returned once: the recommendation made after that is adopted, or stays undecided",
                    application_id=str(each.application_id),
                    allowed=[Outcome.ADOPTED],
                )
            continue
        if not each.regulation_59f_reason:
            detail = "Say how it answers demands that development places on the area (CIL Regulations 2010, reg 59F)."
            errors.append(FieldError(f"{at}/regulation_59f_reason", detail, "regulation-59f"))
        if each.subsidy is None or (each.subsidy is not Subsidy.NOT_A_SUBSIDY and not each.subsidy_note):
            errors.append(FieldError(f"{at}/subsidy", "Make the subsidy check, with a note if it is one.", "subsidy"))
        elif each.subsidy is Subsidy.NEEDS_ADVICE:
            errors.append(FieldError(f"{at}/subsidy", "Take the advice first, or return it.", "subsidy-advice"))
    if errors:
        raise Invalid("The decision lacks what it must stand on", *errors)
    adopted = sum(recommended[each.application_id] for each in decisions if each.outcome is Outcome.ADOPTED)
    if awarded_pence + adopted > delegated_most_pence:
        raise Conflict(
            f"An officer may approve {pounds(delegated_most_pence)} a round; this would be "
            f"{pounds(awarded_pence + adopted)}: the rest is for Cabinet",
            delegated_most_pence=delegated_most_pence,
        )


def check_decider(actor: str, made_by: str, interested: Collection[str]) -> None:
    """Who adopts is not who recommended, and has no interest in any of it."""
    if actor == made_by:
        raise Forbidden("Whoever put the recommendation together does not adopt it")
    if actor in interested:
        raise Forbidden("You have declared an interest in one of these applications: another officer decides")


@dataclass(frozen=True, slots=True)
class Instalment:
    """Part of an award, paid when its milestone is reached."""

    pence: int
    milestone: str
    due_on: date


def check_agreement(award_pence: int, instalments: Sequence[Instalment], starts_on: date, ends_on: date) -> None:
    """Instalments are the award, to the penny, one after the other; work ends after it begins."""
    if sum(each.pence for each in instalments) != award_pence:
        raise invalid("/instalments", f"Together they are {pounds(award_pence)}, to the penny.", "whole-award")
    if [each.due_on for each in instalments] != sorted(each.due_on for each in instalments):
        raise invalid("/instalments", "One after the other, by date.", "in-order")
    if ends_on < starts_on:
        raise invalid("/ends_on", "It ends after it begins.", "order-of-dates")


def reports_due(agreed_on: date, months: Sequence[int]) -> list[date]:
    """The days on which reports are due."""
    return [months_after(agreed_on, each) for each in months]


def check_payable(
    state: AwardState, instalment: InstalmentState, late_reports: int, unchecked: Sequence[str], payee_checked: bool
) -> None:
    """Whether an instalment may be asked for."""
    if state is not AwardState.AGREED:
        raise Conflict("Nothing is paid before the agreement is signed, or after its end", state=state, allowed=[])
    if instalment is not InstalmentState.PLANNED:
        raise Conflict(f"This instalment is {instalment} already", state=instalment, allowed=[])
    if late_reports:
        raise Conflict("A report is late: payments wait until it is in", rule="report-late")
    if unchecked:
        words = ", ".join(each.replace("_", " ") for each in unchecked)
        raise Conflict(f"Due diligence is not complete: {words}", rule="due-diligence", missing=list(unchecked))
    if not payee_checked:
        raise invalid("/payee_checked", "Check that the account is the group's own before you ask.", "payee-checked")


def check_release(actor: str, requested_by: str | None, instalment: InstalmentState, late_reports: int) -> None:
    """Whether a payment goes out: another officer's hand, and still nothing late."""
    if instalment is not InstalmentState.REQUESTED:
        raise Conflict(f"Only a payment that was asked for is released, not one {instalment}", allowed=["requested"])
    if actor == requested_by:
        raise Forbidden("Another officer than the one who asked for it releases a payment")
    if late_reports:
        raise Conflict("A report is late: payments wait until it is in", rule="report-late")


def check_report(state: ReportState) -> None:
    """A report comes in while it is waited for."""
    if state not in {ReportState.DUE, ReportState.LATE, ReportState.SENT_BACK}:
        raise Conflict("This report is in already", state=state, allowed=[])
