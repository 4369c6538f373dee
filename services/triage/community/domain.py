"""The rules of what people do together, and of devices lent with lessons. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON
from kit.errors import Conflict, invalid

SHOP_PENCE: Final = 350
"""What a member pays: £3.50."""
WORTH_PENCE: Final = 2000
"""What the food is worth: about £20."""
LONGEST_LOAN: Final = timedelta(days=366)
_REMIND_BEFORE: Final = timedelta(days=7)


class Kind(StrEnum):
    """Who comes together: people who shop with an adviser there, peers, or organisations."""

    FOOD_CLUB = "food_club"
    PEER_GROUP = "peer_group"
    NETWORK = "network"


LEADER: Final[Mapping[Kind, str]] = {
    Kind.FOOD_CLUB: "adviser",
    Kind.PEER_GROUP: "facilitator",
    Kind.NETWORK: "convenor",
}


class LoanEnd(StrEnum):
    """How a loan ended. Keeping it is a good end as well."""

    RETURNED = "returned"
    KEPT = "kept"
    LOST = "lost"
    BROKEN = "broken"


def check_member(kind: Kind, person: bool, active: bool) -> None:
    """People join clubs and groups, organisations join networks."""
    if not active:
        raise Conflict("This group does not meet any more", allowed=[])
    if kind is Kind.NETWORK and person:
        raise invalid("/organisation_id", "Organisations are members of a network.", "organisation-joins")
    if kind is not Kind.NETWORK and not person:
        raise invalid("/person_id", "People are members of a club or a group.", "person-joins")


def check_past(day: date, today: date, pointer: str) -> None:
    """What has happened has happened."""
    if day > today:
        raise invalid(pointer, "This is recorded once it has happened.", "not-in-the-future")


def check_headcount(headcount: int | None, held_on: date, today: date) -> None:
    """People are counted when they have come."""
    if headcount is not None and held_on > today:
        raise invalid("/headcount", "Nobody has come yet.", "counted-afterwards")


def check_shop(kind: Kind, held_on: date, today: date) -> None:
    """A food club shops on its day, with an adviser there."""
    if kind is not Kind.FOOD_CLUB:
        raise Conflict("Only a food club has a shop", allowed=["meetings"])
    if held_on != today:
        raise Conflict(f"This club's day is {held_on.isoformat()}", allowed=["meetings"])


def check_leave(left_on: date | None) -> None:
    """Somebody leaves once."""
    if left_on is not None:
        raise Conflict("They left already", allowed=[])


def check_loan(due_on: date, today: date) -> None:
    """A device is lent for a time."""
    if not today < due_on <= today + LONGEST_LOAN:
        raise invalid("/due_on", "From tomorrow, at most a year.", "loan-length")


def check_out(ended_as: str | None) -> None:
    """What has come back is lent no more."""
    if ended_as is not None:
        raise Conflict("This loan has ended", allowed=[])


def remind_at(due_on: date) -> datetime:
    """A week before it is due, in the morning."""
    return datetime.combine(due_on - _REMIND_BEFORE, time(10), LONDON)
