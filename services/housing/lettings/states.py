"""The states of adverts, offers and tenancies, and the rules of what hurts nobody by itself. Pure.

A refusal counts only when a named officer says so, and never one of a home that nobody asked for: a bid that the system
placed has to be found suitable with the household first (spec: housing 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, Invalid, invalid


class Advert(StrEnum):
    """The life of an advert."""

    OPEN = "open"
    CLOSED = "closed"
    """Bidding is over, the list is frozen; ties wait for the draw."""
    SHORTLISTED = "shortlisted"
    LET = "let"
    WITHDRAWN = "withdrawn"


ADVERTS: Final[Mapping[Advert, tuple[Advert, ...]]] = {
    Advert.OPEN: (Advert.CLOSED, Advert.WITHDRAWN),
    Advert.CLOSED: (Advert.SHORTLISTED, Advert.WITHDRAWN),
    Advert.SHORTLISTED: (Advert.LET, Advert.WITHDRAWN),
    # The letting fell through: the list is where it was.
    Advert.LET: (Advert.SHORTLISTED,),
    Advert.WITHDRAWN: (),
}


class Offer(StrEnum):
    """The life of an offer."""

    MADE = "made"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LET = "let"


LIVE: Final = (Offer.MADE, Offer.ACCEPTED)
"""At most one of these for a home, and at most one for a household."""

OFFERS: Final[Mapping[Offer, tuple[Offer, ...]]] = {
    Offer.MADE: (Offer.ACCEPTED, Offer.REFUSED, Offer.WITHDRAWN),
    # Back to made: what was put down by mistake is put right, with a reason.
    Offer.ACCEPTED: (Offer.LET, Offer.WITHDRAWN, Offer.MADE),
    Offer.REFUSED: (Offer.MADE,),
    Offer.WITHDRAWN: (Offer.MADE,),
    Offer.LET: (Offer.WITHDRAWN,),
}


class Letting(StrEnum):
    """The life of a tenancy."""

    STARTED = "started"
    ENDED = "ended"
    FELL_THROUGH = "fell_through"
    """They never moved in: as if it had not been."""


class OfferKind(StrEnum):
    """How somebody came to be offered a home."""

    CHOICE = "choice"
    DIRECT = "direct"
    RIGHT_TO_RETURN = "right_to_return"


class Channel(StrEnum):
    """How a bid came in."""

    WEB = "web"
    PHONE = "phone"
    TEXT = "text"
    IN_PERSON = "in_person"
    PAPER = "paper"
    AUTO = "auto"


class WhyDirect(StrEnum):
    """Why a home goes past the list: the scheme's own exceptions, each published as a number."""

    RIGHT_TO_RETURN = "right_to_return"
    DECANT = "decant"
    SAFETY = "safety"
    """Somebody is in danger where they live."""
    ADAPTED_FOR_THEM = "adapted_for_them"
    HOMELESS_FINAL_OFFER = "homeless_final_offer"
    CARE_LEAVER = "care_leaver"
    MANAGEMENT_TRANSFER = "management_transfer"
    NO_BIDDERS = "no_bidders"


SENSITIVE: Final = frozenset({WhyDirect.SAFETY})
"""Whoever reads the results must not find them: neither home nor grounds are published."""


class WhyRefused(StrEnum):
    """Why a household said no."""

    AREA = "area"
    TOO_SMALL = "too_small"
    TOO_FAR = "too_far_from_work_school_or_care"
    NOT_ACCESSIBLE = "not_accessible"
    CONDITION = "condition"
    RENT = "rent"
    UNSAFE = "unsafe_there"
    CHANGED = "circumstances_changed"
    NO_ANSWER = "no_answer"
    OTHER = "other"


class WhyPassed(StrEnum):
    """Why an officer passes somebody on the list by: named, recorded and told to them."""

    HAS_AN_OFFER = "has_an_offer"
    NOT_ELIGIBLE_NOW = "not_eligible_now"
    NOT_SUITABLE = "not_suitable"
    NOT_REACHED = "not_reached"
    NOT_VERIFIED = "not_verified"


def advert_to(state: Advert, to: Advert) -> Advert:
    """The new state; `Conflict` naming the states allowed from here."""
    if to not in ADVERTS[state]:
        raise Conflict(f"This advert is {state}", state=state, allowed=list(ADVERTS[state]))
    return to


def offer_to(state: Offer, to: Offer) -> Offer:
    """The new state; `Conflict` naming the states allowed from here."""
    if to not in OFFERS[state]:
        raise Conflict(f"This offer is {state}", state=state, allowed=list(OFFERS[state]))
    return to


def check_opening(opens_at: datetime, closes_at: datetime, seed_from: datetime, today: date) -> None:
    """An advert can be seen for a day at least, and its seed cannot be known before bidding is over."""
    if opens_at.date() < today:
        raise invalid("/opens_at", "An advert cannot have opened before today.", "opens")
    if (closes_at - opens_at).total_seconds() < 24 * 3600:
        raise invalid("/closes_at", "People have a day at least to see it and bid.", "closes")
    if seed_from <= closes_at:
        raise invalid("/seed_from", "The seed of a draw must become known after bidding is over.", "seed-later")


def check_bidding(state: Advert, closes_at: datetime, now: datetime) -> None:
    """`Conflict` once bidding is over, also in the second before anybody has closed it."""
    if state is not Advert.OPEN or now >= closes_at:
        raise Conflict("Bidding for this home is over", state=state, allowed=[])


def check_closing(state: Advert, closes_at: datetime, now: datetime) -> None:
    """Nobody closes bidding early: who reads that it ends at midnight may bid until midnight."""
    advert_to(state, Advert.CLOSED)
    if now < closes_at:
        raise Conflict(
            f"Bidding goes on until {closes_at:%d %B %Y, %H:%M}: an advert can be withdrawn, not closed early",
            state=state,
            allowed=[Advert.WITHDRAWN],
        )


def check_answer_by(answer_by: date, today: date) -> None:
    """Somebody who is offered a home has a day at least to say yes or no."""
    if not 1 <= (answer_by - today).days <= 28:
        raise invalid("/answer_by", "They have from one day to four weeks to answer.", "answer-by")


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal as the rules see it."""

    state: Offer
    auto_bid: bool
    suitable: bool | None
    checked_with_household: bool
    refused_because: str | None
    decided_by_others: bool = True
    """Whoever counts it is another officer than who made the offer."""


def check_final(final: bool, auto_bid: bool, suitable: bool | None) -> None:
    """A final offer may cost somebody a duty: it has been looked at first, with them where nobody bid."""
    if final and suitable is not True:
        words = (
            "Nobody bid for this home: find out with the household whether it suits them before the offer is final"
            if auto_bid
            else "An offer is final once an officer has found it suitable (HA 1996 ss193(7F), 206, 210)"
        )
        raise Invalid(words, *(invalid("/final", words, "suitable-first").errors))


def check_counting(refused: Refused) -> None:
    """Whether an officer may count this refusal against somebody. It never counts of its own accord."""
    if refused.state is not Offer.REFUSED:
        raise Conflict("Only a refusal can be counted", state=refused.state, allowed=list(OFFERS[refused.state]))
    if refused.suitable is not True:
        raise Conflict("An offer that nobody found suitable cannot be counted against them", state=refused.state)
    if refused.auto_bid and not refused.checked_with_household:
        raise Conflict(
            "Nobody bid for this home: it counts only once an officer has talked it over with the household",
            state=refused.state,
        )
    if not refused.decided_by_others:
        raise invalid("/words", "Another officer than the one who made the offer decides this.", "another-officer")


def letter_of(final: bool) -> str:
    """The one sentence that stands in every final offer's letter (HA 1996 s202(1A))."""
    if not final:
        return "You may say yes or no. Saying no counts against you only if an officer tells you so, with reasons."
    return (
        "This is a final offer. You may accept it and ask for a review of whether it is suitable, within 21 days: "
        "you do not have to choose. If you refuse it, we may decide that we no longer have to find you a home."
    )
