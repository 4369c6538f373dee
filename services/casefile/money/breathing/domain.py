"""The rules of a Breathing Space (Debt Respite Scheme Regulations 2020, SI 2020/1311). Pure.

Lengths are configuration with the day they came into force: a standard one lasts 60 days from the day after its entry;
one for a mental health crisis lasts as long as the treatment, and 30 days more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from kit.clock import period_beginning_with
from kit.errors import Conflict, invalid

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


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for spaces entered on `since` or later; days."""

    since: date
    standard_days: int
    days_after_treatment: int
    review_from_day: int
    review_to_day: int
    once_in_months: int


TERMS: Final = (Terms(date(2021, 5, 4), 60, 30, 25, 35, 12),)
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
        since = _months_before(entry.entered_on, terms.once_in_months)
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


def check_active(state: str) -> None:
    """Only what still runs can change."""
    if state != "active":
        raise Conflict(f"This Breathing Space is {state} already", allowed=[])


def check_cancel(reason: str) -> None:
    """A cancellation has one of the known reasons."""
    if reason not in CANCEL_REASONS:
        raise invalid("/reason", f"One of {', '.join(CANCEL_REASONS)}.", "cancel-reason")


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            # A month of fewer days: its last one.
            continue
    return date(year, month + 1, day.day)
