"""The rules of a review: asked in time, one only, its weeks, by whom, and what must come before which outcome. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from kit.errors import Conflict, Forbidden, invalid
from services.housing.homelessness.law.clocks import LAW, Law, ReviewClock

STEPS = {"prevention": "prevention_steps", "relief": "relief_steps"}
REFERRALS = {"joint": "referral_joint", "appointed_person": "referral_appointed_person"}


def kind_of(decision_kind: str | None, about: str, duty: str | None, decided_by: str) -> str:
    """Which review it is: of the decision, of the plan's steps, of suitability, or of a referral's conditions."""
    if about == "steps":
        if duty not in STEPS:
            raise invalid(
                "/about", "Steps are reviewed while prevention or relief is owed (s202(1)(ba), (bc)).", "steps"
            )
        return STEPS[duty]
    if about == "suitability":
        return "suitability"
    if decision_kind is None:
        raise Conflict("The law gives no review of this decision: they may complain (s202(1))", allowed=[])
    if decided_by != "authority":
        if not decision_kind.startswith("referral"):
            raise invalid("/decided_by", "Only of a referral's conditions (s202(1)(d)).", "decided-by")
        return REFERRALS[decided_by]
    return decision_kind


def undoes_the_decision(kind: str, guards: Collection[str]) -> bool:
    """Whether a review that succeeds takes the decision itself away.

    Steps of a plan are set anew, and a place that does not suit is changed for another: the duty stands. But a duty
    that ended because they refused a place that was not suitable has not ended.
    """
    if kind in STEPS.values():
        return False
    return kind != "suitability" or "suitable" in guards


def check_asked(
    asked_on: date, today: date, notified_on: date | None, review_until: date | None, late_because: str | None
) -> None:
    """In time, or with a reason for a longer one (s202(3))."""
    if notified_on is None:
        raise Conflict("They were not told of it yet: the time for a review has not begun (s202(3))", allowed=[])
    if asked_on > today:
        raise invalid("/asked_on", "It is recorded once they asked.", "not-in-the-future")
    if asked_on < notified_on:
        detail = f"Not before they were told, on {notified_on.isoformat()} (Housing Act 1996 s202(3))."
        raise invalid("/asked_on", detail, "asked-after-notified")
    if review_until is not None and asked_on > review_until and not late_because:
        detail = f"The 21 days ended on {review_until.isoformat()}: allow longer in writing and say why (s202(3))."
        raise invalid("/asked_on", detail, "within-21-days")


def due(clock: ReviewClock, asked_on: date, representations_on: date | None) -> date:
    """By when: weeks from the day it was asked for; three-week reviews count from representations (reg 9(1)(a))."""
    start = representations_on if clock.from_representations and representations_on is not None else asked_on
    return clock.due(max(start, asked_on))


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides a review, and who had a part in what is reviewed."""

    reviewer: str
    involved: frozenset[str]


def check_decider(deciding: Deciding) -> None:
    """Somebody else, and senior: seniority is the role's, which the gateway asks (SI 2018/223 reg 4)."""
    if deciding.reviewer in deciding.involved:
        raise Forbidden("Another officer decides the review: one who had no part in the decision (s203(2), reg 4)")


def check_outcome(outcome: str, asked_on: date, decided_on: date, minded_to_on: date | None, today: date) -> None:
    """After it was asked for, not to come; what stands despite a fault only after they were heard on it (reg 7(2))."""
    if not asked_on <= decided_on <= today:
        raise invalid("/decided_on", "Between the day they asked and today.", "dates-in-order")
    if outcome == "stands_despite_a_fault" and minded_to_on is None:
        detail = "Tell them of the fault first, and that they may be heard on it (SI 2018/223 reg 7(2))."
        raise invalid("/outcome", detail, "minded-to-first")


def appeal_until(decided_on: date, law: Law = LAW) -> date:
    """The last day of an appeal to the county court on a point of law (s204(2))."""
    return law.clock("appeal", decided_on).last_day(decided_on)
