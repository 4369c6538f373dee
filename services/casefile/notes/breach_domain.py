"""The rules of a personal data breach: the 72 hours, and what follows from its risk. Pure.

UK GDPR Article 33(1): reported to the Commissioner within 72 hours of becoming aware of it, unless it is unlikely to be
a risk to people; reasons for a later report. Article 34: where the risk is high the people are told. Article 33(5):
every breach is documented.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kit import clock
from kit.errors import Conflict, invalid

TIME_TO_DECIDE: Final = timedelta(hours=72)


class State(StrEnum):
    """Open until information governance decides; closed once everything decided is done."""

    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


class Risk(StrEnum):
    """To the rights and freedoms of the people it is about."""

    UNLIKELY = "unlikely"
    LIKELY = "likely"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Decision:
    """What information governance decides, and why."""

    risk: Risk
    report: bool
    tell: bool
    why: str
    why_late: str | None = None
    why_not_told: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """What was done: when it was reported and told (None: not)."""

    reported: bool
    told: bool


def decide_by(found_at: datetime) -> datetime:
    """By when it must be decided: hours as they pass, also in the nights when the clocks change."""
    return clock.later(found_at, TIME_TO_DECIDE)


def allowed_from(state: State) -> list[str]:
    """What can be done with it from here."""
    return {State.OPEN: ["decide"], State.DECIDED: ["decide", "close"], State.CLOSED: []}[state]


def check_decision(state: State, decision: Decision, due: datetime, now: datetime) -> None:
    """Refuses a decision that the articles do not leave open."""
    _check(state, "decide")
    if decision.risk is not Risk.UNLIKELY and not decision.report:
        detail = "A breach that is likely to be a risk is reported (UK GDPR Article 33(1))."
        raise invalid("/report", detail, "article-33")
    if decision.risk is Risk.HIGH and not decision.tell and not decision.why_not_told:
        detail = "At high risk the people are told, or it is said why not (UK GDPR Article 34(1) and (3))."
        raise invalid("/tell", detail, "article-34")
    if decision.report and now > due and not decision.why_late:
        detail = "After 72 hours the report gives the reasons for the delay (UK GDPR Article 33(1))."
        raise invalid("/why_late", detail, "article-33-delay")


def check_closing(state: State, report: bool, tell: bool, closing: Closing) -> None:
    """Closed once it was reported and told, as far as that was decided."""
    _check(state, "close")
    if report and not closing.reported:
        raise invalid("/reported_on", "It was decided to report it: say when that was done.", "as-decided")
    if tell and not closing.told:
        raise invalid("/told_on", "It was decided to tell the people: say when that was done.", "as-decided")


def _check(state: State, step: str) -> None:
    allowed = allowed_from(state)
    if step not in allowed:
        raise Conflict(f"A breach that is {state} cannot be taken through {step!r}", state=state, allowed=allowed)
