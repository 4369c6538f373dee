"""The rules of vacancies that open here before the market, and of offering them. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days
from kit.errors import Conflict, FieldError, Invalid, invalid


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for vacancies entered on `since` or later, in working days."""

    since: date
    head_start: int
    answer_within: int


TERMS: Final = (Terms(date(2026, 1, 1), head_start=10, answer_within=5),)
"""Configuration; newest last."""


class Phase(StrEnum):
    """Who may have a place: those we work with, anybody, nobody any more."""

    HERE_FIRST = "here_first"
    OPEN_TO_ALL = "open_to_all"
    CLOSED = "closed"


class OfferState(StrEnum):
    """An offer is answered, or it lapses; neither has a consequence."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


TAKEN: Final = (OfferState.OFFERED, OfferState.ACCEPTED)
"""Offers that hold a place."""


def terms_on(day: date) -> Terms:
    """The terms of a vacancy entered on that day."""
    return next((each for each in reversed(TERMS) if each.since <= day), TERMS[0])


def check_new(opened_on: date, opens_to_others_on: date, closes_on: date | None, today: date) -> None:
    """A vacancy opens here so many working days before it opens to others. All faults at once."""
    faults = []
    if opened_on > today:
        faults.append(FieldError("/opened_on", "A vacancy is entered once it is open here.", "not-in-the-future"))
    else:
        days = terms_on(today).head_start
        first = add_working_days(opened_on, days)
        if opens_to_others_on < first:
            detail = f"Here first for {days} working days: to others on {first.isoformat()} or later."
            faults.append(FieldError("/opens_to_others_on", detail, "here-first"))
    if closes_on is not None and closes_on < opens_to_others_on:
        faults.append(FieldError("/closes_on", "It closes after it has opened to others.", "dates-in-order"))
    if faults:
        raise Invalid("These days do not fit", *faults)


def phase(state: str, opens_to_others_on: date, closes_on: date | None, today: date) -> Phase:
    """Where a vacancy stands on a day."""
    if state != "open" or (closes_on is not None and today > closes_on):
        return Phase.CLOSED
    return Phase.HERE_FIRST if today < opens_to_others_on else Phase.OPEN_TO_ALL


def check_offer(now: Phase, places: int, taken: int, place: int | None, first: int | None, reason: str | None) -> None:
    """Whether this one may be offered a place: there is one, they wait for it, and the furthest come first.

    `place` is theirs in the order, None: not in it; `first` that of the first who has no offer. Whoever passes somebody
    over says why.
    """
    if now is Phase.CLOSED:
        raise Conflict("This vacancy is closed", state=now, allowed=[])
    if taken >= places:
        raise Conflict("Every place of this vacancy is offered or taken", allowed=["withdrawn"])
    if place is None:
        raise Conflict("They are in no order for this: in work, offered another place, or not looking", allowed=[])
    if first is not None and place > first and not reason:
        detail = f"{place - first} who are further from work come before them: say why not first."
        raise invalid("/reason", detail, "furthest-first")


def answer_due(now: datetime) -> datetime:
    """Until when an offer stands: to the end of the last working day there is to answer it."""
    day = add_working_days(now.date(), terms_on(now.date()).answer_within)
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def check_answer(state: OfferState, wanted: OfferState) -> None:
    """An offer is answered once; an accepted one may still be given back."""
    allowed = {
        OfferState.OFFERED: [OfferState.ACCEPTED, OfferState.DECLINED, OfferState.WITHDRAWN],
        OfferState.ACCEPTED: [OfferState.DECLINED, OfferState.WITHDRAWN],
    }.get(state, [])
    if wanted not in allowed:
        raise Conflict(f"This offer is {state} already", state=state, wanted=wanted, allowed=list(allowed))
