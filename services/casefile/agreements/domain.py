"""The rules of sharing agreements: what one needs before it stands, how the board decides, when it lapses. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, FieldError, Invalid


class State(StrEnum):
    """How an agreement stands. Whether it stands today is `stands`: its dates count too."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Role(StrEnum):
    """What a party is (UK GDPR Articles 4, 26, 28)."""

    CONTROLLER = "controller"
    JOINT_CONTROLLER = "joint_controller"
    PROCESSOR = "processor"


class Seat(StrEnum):
    """For whom a member of the board votes."""

    COUNCIL = "council"
    HEALTH = "health"
    POLICE = "police"
    HOUSING = "housing"
    VOLUNTARY_SECTOR = "voluntary_sector"
    RESIDENT = "resident"


class Vote(StrEnum):
    """How."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Question(StrEnum):
    """What the board is asked."""

    ADOPT = "adopt"
    RENEW = "renew"
    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"


MUST_VOTE: Final = (Seat.VOLUNTARY_SECTOR, Seat.RESIDENT)
"""Without a vote of each of these seats, for or against, nothing is decided."""
FROM: Final = {
    Question.ADOPT: State.DRAFT,
    Question.RENEW: State.IN_FORCE,
    Question.SUSPEND: State.IN_FORCE,
    Question.RESUME: State.SUSPENDED,
}
LEADS_TO: Final = {
    Question.ADOPT: State.IN_FORCE,
    Question.RENEW: State.IN_FORCE,
    Question.SUSPEND: State.SUSPENDED,
    Question.RESUME: State.IN_FORCE,
    Question.END: State.ENDED,
}


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation of the agreement, and whom to ask there."""

    organisation: str
    role: Role
    contact: str


@dataclass(frozen=True, slots=True)
class Cast:
    """One member's vote. `member` is a seat's holder by their public name."""

    member: str
    seat: Seat
    vote: Vote


def stands(state: State, starts_on: date, ends_on: date | None, today: date) -> bool:
    """Whether data may flow under it on a day; `ends_on` is the first day it no longer does."""
    return state is State.IN_FORCE and starts_on <= today and (ends_on is None or today < ends_on)


def check_parties(parties: Sequence[Party], arrangement: str | None) -> None:
    """Two at least, one of them a controller; joint controllers say between them who answers for what (Article 26)."""
    faults = []
    if len({each.organisation.casefold() for each in parties}) < 2:
        faults.append(FieldError("/parties", "An agreement has two parties at least.", "two-parties"))
    if not any(each.role is not Role.PROCESSOR for each in parties):
        faults.append(FieldError("/parties", "Somebody of them is a controller.", "a-controller"))
    joint = sum(each.role is Role.JOINT_CONTROLLER for each in parties)
    if joint == 1:
        faults.append(FieldError("/parties", "One alone is no joint controller.", "joint-controllers"))
    if joint and not (arrangement or "").strip():
        faults.append(
            FieldError("/arrangement", "Joint controllers say who answers for what (Article 26).", "arrangement")
        )
    if faults:
        raise Invalid("The parties don't make an agreement", *faults)


def check_dates(starts_on: date, ends_on: date | None, review_on: date) -> None:
    """It ends after it begins, and is looked at again within its time."""
    faults = []
    if ends_on is not None and ends_on <= starts_on:
        faults.append(FieldError("/ends_on", "After the day it begins.", "in-order"))
    if review_on <= starts_on or (ends_on is not None and review_on > ends_on):
        faults.append(FieldError("/review_on", "Between its beginning and its end.", "review-within"))
    if faults:
        raise Invalid("The days don't fit", *faults)


def carried(votes: Collection[Cast]) -> bool:
    """More for than against."""
    count = Counter(each.vote for each in votes)
    return count[Vote.FOR] > count[Vote.AGAINST]


def check_decision(
    question: Question, state: State, votes: Sequence[Cast], *, assessed: bool, ends_on: date | None, today: date
) -> None:
    """Refused: from a state that doesn't lead there, without a vote of those who must, without its assessment."""
    allowed = [each for each in Question if state is not State.ENDED and FROM.get(each, state) is state]
    if question not in allowed:
        raise Conflict(f"An agreement that is {state} can't be taken there", state=state, allowed=allowed)
    if len({each.member.casefold() for each in votes}) != len(votes):
        raise Invalid("Each member votes once", FieldError("/votes", "Somebody stands twice.", "once-each"))
    cast = {each.seat for each in votes if each.vote is not Vote.ABSTAIN}
    if missing := [seat for seat in MUST_VOTE if seat not in cast]:
        names = " and ".join(each.replace("_", " ") for each in missing)
        raise Invalid(
            f"The board decides with the votes of the voluntary sector and of residents: no vote of {names}",
            FieldError("/votes", f"A vote of: {', '.join(missing)}.", "their-vote"),
        )
    if question in {Question.ADOPT, Question.RENEW, Question.RESUME}:
        if not assessed:
            raise Conflict("Its data protection impact assessment comes first (Article 35)", state=state, allowed=[])
        if ends_on is not None and ends_on <= today:
            raise Conflict("Its time is over: give it a new end first", state=state, allowed=[])
