"""The rules of a round: its states, and what it is bound by from the day it opens. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from kit.errors import Conflict, invalid


class RoundState(StrEnum):
    """A round is decided once every application in it has an answer."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"


ALLOWED: Final[Mapping[RoundState, Sequence[RoundState]]] = {
    RoundState.DRAFT: (RoundState.OPEN,),
    RoundState.OPEN: (RoundState.CLOSED,),
    RoundState.CLOSED: (RoundState.DECIDED,),
    RoundState.DECIDED: (),
}


def move(state: RoundState, wanted: RoundState) -> RoundState:
    """`wanted`, or `Conflict` with the states that can be reached from here."""
    if wanted not in ALLOWED[state]:
        raise Conflict(f"A round that is {state} cannot become {wanted}", state=state, allowed=list(ALLOWED[state]))
    return wanted


def canonical(rules: Mapping[str, Any]) -> bytes:
    """The rules as one text, the same for the same rules: JSON with sorted keys and no spaces, UTF-8."""
    return json.dumps(rules, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(rules: Mapping[str, Any]) -> str:
    """SHA-256 of the rules' one text: anyone can work it out from what is published."""
    return hashlib.sha256(canonical(rules)).hexdigest()


def frozen_rules(rules: Mapping[str, Any], terms: "Terms") -> dict[str, Any]:
    """Everything that binds a round once it is open: its rules with its money and its dates."""
    return {
        **rules,
        "slice_pence": terms.slice_pence,
        "opens_on": terms.opens_on.isoformat(),
        "closes_on": terms.closes_on.isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Terms:
    """A round's money and dates; `closes_on` is the last day."""

    slice_pence: int
    opens_on: date
    closes_on: date


def check_terms(terms: Terms) -> None:
    """Refuses dates in the wrong order."""
    if terms.closes_on < terms.opens_on:
        raise invalid("/closes_on", "A round closes on the day it opens or later.", "order-of-dates")


def check_opening(terms: Terms, today: date) -> None:
    """A round opens from its first day on, and while there is time left."""
    if today < terms.opens_on:
        raise Conflict(f"This round opens on {terms.opens_on:%d %B %Y}: change its date, or wait", allowed=["draft"])
    if terms.closes_on < today:
        raise invalid("/closes_on", "Its last day is over: give it another one before it opens.", "time-left")


def check_extension(state: RoundState, closes_on: date, later: date) -> None:
    """A round that is open can only become longer: nobody may find that they had less time than was said."""
    if state is not RoundState.OPEN:
        raise Conflict(f"Only a round that is open is extended; this one is {state}", state=state, allowed=["open"])
    if later <= closes_on:
        raise invalid("/closes_on", f"It closes on {closes_on:%d %B %Y} already: choose a later day.", "later")
