"""The rules of outcomes: evidence, the check half a year later, and never the same one twice. Pure.

The vocabulary is that of the Supporting Families outcome framework (October 2022): ten headlines, and as there an
outcome counts as sustained only when it still holds at least six months later (gov.uk guidance, chapter 5). Employment,
a debt resolved and a home kept are our own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import months_after
from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.errors import Conflict, invalid

CHECK_AFTER_MONTHS: Final = 6
UNKNOWN_AFTER: Final = timedelta(days=28)
"""How long a check may wait; after that the figures say that nobody knows."""

OLDEST: Final = timedelta(days=366)
"""An outcome is put on record within a year of its day: evidence older than that is a story."""

PERSONS_OWN: Final = frozenset({OutcomeKind.EMPLOYMENT})
"""Kinds that are always one person's, never a whole household's."""


class Compartment(StrEnum):
    """Which sealed part of the file a kind tells of; the words are those of `access.need_to_know.Part`."""

    ABUSE = "abuse"
    SAFEGUARDING = "safeguarding"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    CRIME = "crime"


COMPARTMENTS: Final = {
    OutcomeKind.SAFE_FROM_DOMESTIC_ABUSE: Compartment.ABUSE,
    OutcomeKind.SAFE_FROM_ABUSE_AND_EXPLOITATION: Compartment.SAFEGUARDING,
    OutcomeKind.SUBSTANCE_USE: Compartment.DRUGS_AND_ALCOHOL,
    OutcomeKind.DIVERTED_FROM_CRIME: Compartment.CRIME,
}
"""The kinds whose mere name betrays what is sealed."""


class Proof(StrEnum):
    """What an outcome rests on."""

    LETTER = "letter"
    PAYSLIP = "payslip"
    CONTRACT = "contract"
    TENANCY_RECORD = "tenancy_record"
    LANDLORD_CONFIRMED = "landlord_confirmed"
    CREDITOR_CONFIRMED = "creditor_confirmed"
    SCHOOL_RECORD = "school_record"
    HEALTH_RECORD = "health_record"
    PARTNER_CONFIRMED = "partner_confirmed"
    OUR_OWN_RECORD = "our_own_record"
    THEIR_WORD = "their_word"
    SEEN_BY_WORKER = "seen_by_worker"


class Result(StrEnum):
    """What the check found."""

    SUSTAINED = "sustained"
    NOT_SUSTAINED = "not_sustained"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of it: what it is, of which day, and in words where to find it."""

    proof: Proof
    dated: date
    words: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome as the rules see it."""

    kind: OutcomeKind
    achieved_on: date
    check_due_on: date
    state: OutcomeStatus = OutcomeStatus.RECORDED
    checked_on: date | None = None
    lost_on: date | None = None

    @property
    def ends_on(self) -> date:
        """Up to when the same thing again is this one: its check, or the last day before it was lost."""
        if self.state is OutcomeStatus.NOT_SUSTAINED and self.lost_on is not None:
            return self.lost_on - timedelta(days=1)
        return self.check_due_on


def record(
    kind: OutcomeKind,
    achieved_on: date,
    evidence: Iterable[Evidence],
    earlier: Iterable[Outcome],
    *,
    today: date,
    one_person: bool,
    check_due_on: date | None = None,
) -> Outcome:
    """A new outcome. Refused without evidence, of a day to come or long past, or when it is on record already.

    `earlier` are those of the same kind of the same person or household, under whichever of their ids.
    """
    if achieved_on > today:
        raise invalid("/achieved_on", "It is recorded once it has come about.", "not-in-the-future")
    if achieved_on < today - OLDEST:
        raise invalid("/achieved_on", "An outcome is recorded within a year of its day.", "not-long-past")
    if kind in PERSONS_OWN and not one_person:
        raise invalid("/person_id", f"Name the person: {kind.replace('_', ' ')} is one person's.", "one-person")
    check_evidence(evidence, until=today)
    new = Outcome(kind, achieved_on, check_due_on or months_after(achieved_on, CHECK_AFTER_MONTHS))
    for each in earlier:
        if is_the_same(each, new):
            raise Conflict(
                f"This is on record already, as of {each.achieved_on.isoformat()}: it is counted once",
                allowed=["checked", "struck"],
            )
    return new


def is_the_same(earlier: Outcome, new: Outcome) -> bool:
    """Of two that overlap one is the other told again; once it ended, the same may come about anew."""
    if earlier.state is OutcomeStatus.STRUCK:
        return False
    return earlier.achieved_on <= new.check_due_on and new.achieved_on <= earlier.ends_on


def check_evidence(evidence: Iterable[Evidence], *, until: date, since: date | None = None) -> None:
    """There is some, none of a day to come, and (for a check) some from `since` on."""
    found = list(evidence)
    if not found:
        raise invalid("/evidence", "Say what shows it: an outcome without evidence is a hope.", "evidence")
    for index, each in enumerate(found):
        if each.dated > until:
            raise invalid(f"/evidence/{index}/dated", "Evidence is of a day that has been.", "not-in-the-future")
    if since is not None and all(each.dated < since for each in found):
        raise invalid("/evidence", f"Something from {since.isoformat()} or later must show it.", "evidence-of-the-time")


def check(
    outcome: Outcome, result: Result, evidence: Iterable[Evidence], *, today: date, lost_on: date | None = None
) -> Outcome:
    """What was found half a year later. That it lasted can't be known before; that it did not is said when it is seen.

    A check that nobody could answer in time may still be answered later. `lost_on`: the first day on which it no longer
    held; left out, today.
    """
    if outcome.state not in {OutcomeStatus.RECORDED, OutcomeStatus.NOT_KNOWN}:
        raise Conflict(f"This outcome was {_words(outcome.state)} already", state=outcome.state, allowed=["struck"])
    if lost_on is not None and (result is not Result.NOT_SUSTAINED or not outcome.achieved_on <= lost_on <= today):
        raise invalid("/lost_on", "Of what did not last: after it came about, and up to today.", "dates-in-order")
    if result is Result.SUSTAINED:
        if today < outcome.check_due_on:
            due = outcome.check_due_on.isoformat()
            raise invalid("/result", f"Whether it lasted is seen on {due}, not before.", "six-months")
        check_evidence(evidence, until=today, since=outcome.check_due_on)
    elif result is Result.NOT_KNOWN:
        if outcome.state is OutcomeStatus.NOT_KNOWN:
            raise Conflict("That is on record already", state=outcome.state, allowed=["sustained", "not_sustained"])
        if today < outcome.check_due_on:
            raise invalid("/result", "Nobody need know before its day.", "six-months")
    else:
        found = list(evidence)
        if found:
            check_evidence(found, until=today)
    lost = (lost_on or today) if result is Result.NOT_SUSTAINED else None
    return replace(outcome, state=OutcomeStatus(result.value), checked_on=today, lost_on=lost)


def leave_unknown(outcome: Outcome, *, today: date) -> Outcome | None:
    """Nobody answered within four weeks: not known, which is not sustained. None where there is nothing to do."""
    if outcome.state is not OutcomeStatus.RECORDED or today < outcome.check_due_on + UNKNOWN_AFTER:
        return None
    return replace(outcome, state=OutcomeStatus.NOT_KNOWN, checked_on=today)


def strike(outcome: Outcome) -> Outcome:
    """It was recorded by mistake; it stays to be seen, and counts no more."""
    if outcome.state is OutcomeStatus.STRUCK:
        raise Conflict("It is struck already", state=outcome.state, allowed=[])
    return replace(outcome, state=OutcomeStatus.STRUCK)


def allowed_from(state: str) -> list[str]:
    """What may be done with it from here."""
    if state == OutcomeStatus.STRUCK:
        return []
    return ["checked", "struck"] if state in {OutcomeStatus.RECORDED, OutcomeStatus.NOT_KNOWN} else ["struck"]


def _words(code: str) -> str:
    return code.replace("_", " ")
