"""The rules of an offer of help: its states, what may be tried, and the words a caller sees. Pure.

An offer is opened by a signal and ended by a person: taken up, declined, closed. While a Breathing Space runs it
waits, for nobody rings about money then; the wait ends with it. No score orders the list: the oldest comes first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from kit.contracts.codes import NeedDomain, OfferStatus, SignalKind
from kit.errors import Conflict, invalid

OPEN: Final = frozenset({OfferStatus.OFFERED, OfferStatus.HELD})
# A caller's clock may run ahead of ours by this much before we doubt what it says.
_CLOCK_DRIFT: Final = timedelta(minutes=1)


class AttemptOutcome(StrEnum):
    """What came of trying to reach them."""

    SPOKE_TO_THEM = "spoke_to_them"
    NO_ANSWER = "no_answer"
    SOMEONE_ELSE_ANSWERED = "someone_else_answered"
    NO_MESSAGE_LEFT = "no_message_left"
    CALL_BACK_AGREED = "call_back_agreed"
    SENT = "sent"
    WRONG_CONTACT = "wrong_contact"
    NOT_SAFE_TO_SPEAK = "not_safe_to_speak"


class DeclineReason(StrEnum):
    """Why they said no, as far as they said."""

    NOT_NOW = "not_now"
    NO_NEED = "no_need"
    HELPED_ALREADY = "helped_already"
    NO_TRUST = "no_trust"
    NOT_SAID = "not_said"


class CloseReason(StrEnum):
    """Why an offer ends without their answer."""

    NOT_REACHED = "not_reached"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    WRONG_PERSON = "wrong_person"
    OVERTAKEN = "overtaken"


# Said by us alone, never by a caller.
OBJECTED: Final = "objected"
FORGOTTEN: Final = "never_met"


@dataclass(frozen=True, slots=True)
class Wait:
    """Why an offer waits, and until which day (None: nobody knows yet)."""

    reason: str
    until: date | None


def status_with(status: OfferStatus, wait: Wait | None) -> OfferStatus:
    """Where an open offer stands, given what makes it wait."""
    if status not in OPEN:
        return status
    return OfferStatus.HELD if wait else OfferStatus.OFFERED


def check_not_waiting(status: OfferStatus, held_until: date | None) -> None:
    """Whether the offer is one that somebody may be contacted about now."""
    _check_open(status)
    if status is OfferStatus.HELD:
        until = f" until {held_until.isoformat()}" if held_until else ""
        raise Conflict(f"This offer waits{until}: nobody is contacted meanwhile", allowed=["accepted", "declined"])


def check_attempt(status: OfferStatus, held_until: date | None, made_at: datetime, now: datetime) -> None:
    """Nobody is rung while an offer waits, nor after it ended."""
    check_not_waiting(status, held_until)
    if made_at > now + _CLOCK_DRIFT:
        raise invalid("/made_at", "An attempt is recorded once it was made.", "not-in-the-future")


def check_may_ring(status: OfferStatus, held_until: date | None, ways: Collection[str], never: Collection[str]) -> None:
    """Nobody is rung while the offer waits, nor who said that a call is not safe: `ways` and `never` as they said."""
    check_not_waiting(status, held_until)
    if "call" in never or (ways and "call" not in ways):
        safe = [each for each in ways if each != "call"]
        raise Conflict("They told us that a call is not safe: use a way they named", allowed=safe)


def settle(status: OfferStatus, outcome: OfferStatus, reason: str | None) -> str:
    """The code an ending is kept with. Someone may answer of their own accord while the offer waits."""
    _check_open(status)
    if outcome is OfferStatus.ACCEPTED:
        if reason is not None:
            raise invalid("/reason", "Nobody need say why they take help.", "no-reason")
        return "accepted"
    reasons: type[StrEnum] = DeclineReason if outcome is OfferStatus.DECLINED else CloseReason
    allowed = [each.value for each in reasons]
    if reason not in allowed:
        raise invalid("/reason", f"One of {', '.join(allowed)}.", "reason-of-the-outcome")
    return str(reason)


def _check_open(status: OfferStatus) -> None:
    if status not in OPEN:
        raise Conflict(f"This offer is {status.value}: nothing more happens to it", allowed=[])


# Words ----------------------------------------------------------------------------------------------------

OPENING_LINE: Final = (
    "Hello, may I speak to the person I am ringing for? It is a call from the council, and nothing is wrong."
    " If it is not a good moment I will ring another time."
)
IF_SOMEONE_ELSE_ANSWERS: Final = (
    "Say that you will try again another time, and nothing else: not why, not from which team, no message, no number."
)
NO_KNOWN_ROUTE: Final = (
    "Nobody has told us which way is safe. Ring, leave no message, send no letter and no text, and ask first whether"
    " they can talk."
)
_REASONS: Final = {
    SignalKind.FIRST_MISSED_COUNCIL_TAX: "We saw that a council tax payment was missed",
    SignalKind.RENT_ARREARS_JUMP: "We saw that the rent has fallen behind",
    SignalKind.EMERGENCY: "We are ringing people in the borough because of a warning for these days",
    SignalKind.COHORT: "We are asking households in the borough whether some help would be welcome",
}
_OFFERS: Final = {
    "money_help": "and wanted to ask whether we can help with money before it gets harder",
    "cold_check": "and wanted to ask whether you are warm enough and have what you need",
    "heat_check": "and wanted to ask whether you can keep cool and have what you need",
    "outbreak_check": "and wanted to ask whether you have what you need at home",
}
_DOMAINS: Final = {
    "money_help": NeedDomain.MONEY,
    "cold_check": NeedDomain.FOOD_AND_FUEL,
    "heat_check": NeedDomain.HEALTH,
    "outbreak_check": NeedDomain.FOOD_AND_FUEL,
}


def honest_reason(kind: str, offer: str) -> str:
    """Why we ring, in words that may be said to the person and are true; never what else is known of them."""
    why = _REASONS[SignalKind(kind)]
    return f"{why}, {_OFFERS.get(offer, 'and wanted to offer some help')}. It is your choice; nothing depends on it."


def need_of(offer: str) -> NeedDomain:
    """What the contact is about that a taken-up offer opens."""
    return _DOMAINS.get(offer, NeedDomain.MONEY)
