"""The rules of a Breathing Space (Debt Respite Scheme Regulations 2020, SI 2020/1311). Pure.

Lengths are configuration with the day they came into force: a standard one lasts 60 days from the day after its entry;
one for a mental health crisis lasts as long as the treatment, and 30 days more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from kit.clock import months_after, period_beginning_with
from kit.errors import Conflict, FieldError, Invalid, invalid

Kind = Literal["standard", "mental_health_crisis"]
Certifier = Literal["fca_authorised_adviser", "local_authority_adviser", "approved_mental_health_professional"]
CANCEL_REASONS: Final = (
    "asked_by_them",
    "not_eligible",
    "did_not_keep_to_it",
    "cannot_be_reached",
    "creditor_review",
    "court_order",
    "died",
    "entered_by_mistake",
)


GROUNDS: Final = ("unfair_prejudice", "not_eligible", "not_a_qualifying_debt", "has_the_funds")
"""On which a creditor may ask for it to be looked at again (reg 17)."""
DECISIONS: Final = ("stands", "debt_removed", "cancelled")
Ground = Literal["unfair_prejudice", "not_eligible", "not_a_qualifying_debt", "has_the_funds"]
Decision = Literal["stands", "debt_removed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for spaces entered on `since` or later; days."""

    since: date
    standard_days: int
    days_after_treatment: int
    review_from_day: int
    review_to_day: int
    once_in_months: int
    creditor_days: int
    decide_by_day: int


TERMS: Final = (Terms(date(2021, 5, 4), 60, 30, 25, 35, 12, 20, 35),)
"""Newest last. Breathing Space began on 4 May 2021."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an adviser says when they enter someone."""

    kind: Kind
    entered_on: date
    certified_as: Certifier
    lives_in_england_or_wales: bool
    insolvent: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """A space they have or had; `last_day` is None while nobody knows it."""

    kind: str
    state: str
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day of a space, and between which days its midway review falls; None where nobody knows yet."""

    starts_on: date
    ends_on: date | None
    review_from: date | None = None
    review_to: date | None = None


def terms_on(day: date) -> Terms:
    """The terms that hold for a space entered on that day; `Invalid` before there were any."""
    held = [each for each in TERMS if each.since <= day]
    if not held:
        began = TERMS[0].since.isoformat()
        raise invalid("/entered_on", f"There was no Breathing Space before {began}.", "before-the-scheme")
    return held[-1]


def enter(entry: Entry, earlier: Iterable[Earlier], today: date) -> Days:
    """The days of a new space; a refusal names what is missing or stands in its way (regs 24, 25 and 30)."""
    if entry.entered_on > today:
        raise invalid("/entered_on", "It is recorded once it was entered.", "not-in-the-future")
    terms = terms_on(entry.entered_on)
    _check_certifier(entry)
    if not entry.lives_in_england_or_wales:
        raise invalid("/lives_in_england_or_wales", "Breathing Space is for people who live there.", "eligibility")
    known = list(earlier)
    if any(each.state == "active" for each in known):
        raise Conflict("This person has a Breathing Space already")
    days = days_of(entry.kind, entry.entered_on, None)
    if entry.kind == "standard":
        if entry.insolvent:
            detail = "Not with a debt relief order, a voluntary arrangement or bankruptcy."
            raise invalid("/insolvent", detail, "eligibility")
        since = months_after(entry.entered_on, -terms.once_in_months)
        for each in known:
            if each.kind == "standard" and each.last_day is not None and each.last_day > since:
                raise Conflict(
                    f"They had a standard Breathing Space until {each.last_day.isoformat()}: one in"
                    f" {terms.once_in_months} months. One for a mental health crisis has no such limit"
                )
    return days


def _check_certifier(entry: Entry) -> None:
    crisis = entry.kind == "mental_health_crisis"
    if crisis != (entry.certified_as == "approved_mental_health_professional"):
        who = "An approved mental health professional certifies it" if crisis else "A debt adviser enters it"
        raise invalid("/certified_as", f"{who}: nobody else can.", "who-may-certify")


def days_of(kind: str, entered_on: date, treatment_ended_on: date | None) -> Days:
    """When a space runs. It starts the day after its entry, and that day is its first."""
    terms = terms_on(entered_on)
    starts_on = entered_on + timedelta(days=1)
    if kind == "standard":
        return Days(
            starts_on,
            period_beginning_with(starts_on, terms.standard_days),
            period_beginning_with(starts_on, terms.review_from_day),
            period_beginning_with(starts_on, terms.review_to_day),
        )
    if treatment_ended_on is None:
        return Days(starts_on, None)
    return Days(starts_on, max(starts_on, treatment_ended_on + timedelta(days=terms.days_after_treatment)))


def end_treatment(kind: str, state: str, before: date | None, ended_on: date, entered_on: date, today: date) -> Days:
    """The treatment ended: now the last day is known."""
    if kind != "mental_health_crisis":
        raise Conflict("Only the Breathing Space of a mental health crisis waits for a treatment to end")
    check_active(state)
    if before is not None:
        raise Conflict(f"It is on record already that the treatment ended, on {before.isoformat()}")
    if ended_on > today:
        raise invalid("/treatment_ended_on", "It is recorded once it has ended.", "not-in-the-future")
    if ended_on < entered_on:
        raise invalid("/treatment_ended_on", "The treatment still went on at the entry.", "dates-in-order")
    return days_of(kind, entered_on, ended_on)


def check_covers(kinds: Mapping[str, tuple[bool, bool]]) -> None:
    """Each debt it covers is still owed, and is of a kind it can cover (reg 5). By id: (open, qualifies)."""
    faults = [
        FieldError("/debt_ids", f"{id_}: {'it is over' if qualifies else 'a kind it cannot cover'}.", "qualifying-debt")
        for id_, (open_, qualifies) in kinds.items()
        if not (open_ and qualifies)
    ]
    if faults:
        raise Invalid("Not all of these debts can be covered", *faults)


def check_midway(
    kind: str, state: str, reviewed_before: date | None, on: date, days: Days, today: date, reason: str | None
) -> None:
    """The midway review (reg 27): once, of a standard one, from day 25 to day 35; whoever ends it says why."""
    check_active(state)
    if kind != "standard" or days.review_from is None or days.review_to is None:
        raise Conflict("Only a standard Breathing Space has a midway review", state=state, allowed=[])
    if reviewed_before is not None:
        raise Conflict(f"It was reviewed on {reviewed_before.isoformat()}", state=state, allowed=[])
    if not days.review_from <= on <= days.review_to:
        detail = f"From {days.review_from.isoformat()} to {days.review_to.isoformat()}."
        raise invalid("/reviewed_on", detail, "midway-days")
    if on > today:
        raise invalid("/reviewed_on", "It is recorded once it was done.", "not-in-the-future")
    if reason is not None:
        check_cancel(reason)


def creditor_until(entered_on: date) -> date:
    """The last day on which a creditor may ask: 20 days beginning with its first (reg 17)."""
    return period_beginning_with(entered_on + timedelta(days=1), terms_on(entered_on).creditor_days)


def decide_by(entered_on: date) -> date:
    """By when an adviser answers a creditor: day 35 (reg 18)."""
    return period_beginning_with(entered_on + timedelta(days=1), terms_on(entered_on).decide_by_day)


def check_creditor(state: str, entered_on: date, asked_on: date, decided_on: date | None, today: date) -> None:
    """A creditor asked in time; it is answered after that, and neither is to come."""
    check_active(state)
    first, last = entered_on + timedelta(days=1), creditor_until(entered_on)
    if not first <= asked_on <= last:
        raise invalid("/asked_on", f"From {first.isoformat()} to {last.isoformat()}.", "within-20-days")
    if asked_on > today:
        raise invalid("/asked_on", "It is recorded once they asked.", "not-in-the-future")
    if decided_on is not None and not asked_on <= decided_on <= today:
        raise invalid("/decided_on", "After they asked, and not to come.", "dates-in-order")


def check_active(state: str) -> None:
    """Only what still runs can change."""
    if state != "active":
        raise Conflict(f"This Breathing Space is {state} already", allowed=[])


def check_cancel(reason: str) -> None:
    """A cancellation has one of the known reasons."""
    if reason not in CANCEL_REASONS:
        raise invalid("/reason", f"One of {', '.join(CANCEL_REASONS)}.", "cancel-reason")
