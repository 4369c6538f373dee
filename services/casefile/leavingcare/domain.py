"""The rules of leaving care (Children Act 1989 ss23A to 24D; Care Leavers Regulations, SI 2010/2571). Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from kit.clock import months_after
from kit.errors import Conflict, FieldError, Forbidden, Invalid, invalid
from services.casefile.leavingcare.entitlements import ENTITLEMENTS, Entitlement, Status

REVIEW_MONTHS: Final = 6
"""A pathway plan is reviewed at least every six months (SI 2010/2571 reg 7)."""
ENDS_AT: Final = 25
TELL_AGAIN_MONTHS: Final = 12
"""After 21 they are told at least once a year what support they may have (Children Act 1989 s23CZB)."""


AGES: Final = {
    Status.ELIGIBLE: (16, 17),
    Status.RELEVANT: (16, 17),
    Status.FORMER_RELEVANT: (18, 24),
    Status.QUALIFYING: (16, 24),
}


class Area(StrEnum):
    """What a pathway plan speaks of (SI 2010/2571 reg 6 and Sch 1, in our words)."""

    ADVISER_AND_CONTACT = "adviser_and_contact"
    HOME = "home"
    EDUCATION_AND_TRAINING = "education_and_training"
    WORK = "work"
    FAMILY_AND_FRIENDS = "family_and_friends"
    SKILLS_FOR_LIVING = "skills_for_living"
    MONEY = "money"
    HEALTH = "health"
    IF_IT_FAILS = "if_it_fails"


class HandoverState(StrEnum):
    """Offered is not handed over: the adviser advises until somebody accepts by name."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Due:
    """An entitlement with this young person's own days: from the first, to the last."""

    entitlement: Entitlement
    first_day: date
    last_day: date

    def runs_on(self, day: date) -> bool:
        """Whether it may be had on that day."""
        return self.first_day <= day <= self.last_day


def birthday(born: date, age: int) -> date:
    """The day on which that age is reached (Family Law Reform Act 1969 s9). Born on 29 February: 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_on(born: date, day: date) -> int:
    """Whole years on a day."""
    age = day.year - born.year
    return age if birthday(born, age) <= day else age - 1


def whole_day_of_birth(text: str | None) -> date:
    """The day of birth; `Invalid` while only a part of it is known: every date here hangs on it."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        detail = "First put the whole day of birth on their record: what is due hangs on it."
        raise invalid("/person_id", detail, "whole-day-of-birth") from None


def check_status(status: Status, born: date, today: date) -> None:
    """A status belongs to certain ages."""
    first, last = AGES[status]
    age = age_on(born, today)
    if not first <= age <= last:
        raise invalid("/status", f"{status.replace('_', ' ').capitalize()}: {first} to {last}; they are {age}.", "age")


def next_birthday(born: date, today: date) -> date:
    """The next day on which duties change by age: 18, then 25."""
    return next((day for age in (18, ENDS_AT) if (day := birthday(born, age)) > today), birthday(born, ENDS_AT))


def grow(status: Status, born: date, today: date) -> Status | None:
    """The status on that day by age; None: support has ended."""
    age = age_on(born, today)
    if age >= ENDS_AT:
        return None
    if age >= 18 and status in {Status.ELIGIBLE, Status.RELEVANT}:
        return Status.FORMER_RELEVANT
    return status


def due(status: Status, born: date) -> list[Due]:
    """What somebody of this status may have, each with its own first and last day."""
    found = []
    for each in ENTITLEMENTS:
        # Who is cared for now will be a former relevant child: what is to come is shown too.
        later = status in {Status.ELIGIBLE, Status.RELEVANT} and Status.FORMER_RELEVANT in each.statuses
        if status in each.statuses or later:
            last = birthday(born, each.until_age)
            found.append(Due(each, birthday(born, each.from_age), date.fromordinal(last.toordinal() - 1)))
    return sorted(found, key=lambda one: (one.first_day, one.last_day, one.entitlement.code))


def check_entitlement(code: str, status: Status, born: date, on: date) -> None:
    """It is one of theirs, on that day."""
    mine = next((each for each in due(status, born) if each.entitlement.code == code), None)
    if mine is None:
        raise invalid("/code", "Not one of theirs: see the list of what is due.", "entitlement")
    if not mine.runs_on(on):
        detail = f"From {mine.first_day.isoformat()} to {mine.last_day.isoformat()}."
        raise invalid("/on", detail, "entitlement-dates")


def check_plan(areas: Mapping[Area, object] | Collection[Area], agreed: bool, disagrees: str | None) -> None:
    """A plan speaks of every area, and says whether the young person agrees. All faults at once."""
    faults = [
        FieldError(
            "/needs", f"Say something of {area.replace('_', ' ')}, were it that nothing is needed.", "every-area"
        )
        for area in Area
        if area not in areas
    ]
    if not agreed and not disagrees:
        faults.append(FieldError("/disagreement", "If they do not agree, write down what they say.", "their-view"))
    if faults:
        raise Invalid("This plan is not whole", *faults)


def review_due(last: date) -> date:
    """Six months after the plan or the last review."""
    return months_after(last, REVIEW_MONTHS)


def clock_runs(status: Status, born: date, wanted_after_21: bool | None, today: date) -> bool:
    """Whether the plan must be reviewed: up to 21, and up to 25 for who wants support (s23CZB)."""
    if status is Status.QUALIFYING:
        return False
    age = age_on(born, today)
    return age < 21 or (age < ENDS_AT and bool(wanted_after_21))


def check_review(held_on: date, reviewer: str, adviser: str, agreed_on: date | None, today: date) -> None:
    """Somebody else than the adviser reviews a plan that there is."""
    if agreed_on is None:
        raise Conflict("There is no plan to review yet", allowed=["plan_agreed"])
    if not agreed_on <= held_on <= today:
        raise invalid("/held_on", "After the plan was agreed, and up to today.", "dates-in-order")
    if reviewer == adviser:
        raise Forbidden("An adviser does not review their own plan: somebody else does")


def tell_again(born: date, told_on: date | None) -> date:
    """When they are next told what support there is after 21."""
    first = birthday(born, 21)
    return first if told_on is None or told_on < first else months_after(told_on, TELL_AGAIN_MONTHS)


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover between advisers as the rules see it."""

    from_adviser: str
    to_adviser: str
    state: HandoverState = HandoverState.OFFERED


def offer(adviser: str, by: str, to: str, *, in_their_place: bool, to_may_act: bool) -> Handover:
    """By the adviser, or in their place by a manager, or by anyone once the adviser has left."""
    if by != adviser and not in_their_place:
        raise Forbidden("Only the adviser, or a manager, hands a young person over")
    if to == adviser:
        raise invalid("/to_adviser", "They advise already.", "another-adviser")
    if not to_may_act:
        raise invalid("/to_adviser", "They may not act at the moment: choose somebody else.", "may-act")
    return Handover(adviser, to)


def settle(handover: Handover, by: str, accept: bool) -> Handover:
    """The one it is offered to answers, by name."""
    if handover.state is not HandoverState.OFFERED:
        raise Conflict(f"This handover was {handover.state} already", state=handover.state, allowed=[])
    if by != handover.to_adviser:
        raise Forbidden("This handover is offered to somebody else")
    return replace(handover, state=HandoverState.ACCEPTED if accept else HandoverState.DECLINED)
