"""The rules of crowdfunding: all or nothing, the match by rule, what is checked before. Pure. Money in pence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, invalid

LONGEST_DAYS: Final = 120
FEWEST_BACKERS: Final = 10
"""So many different people show that a neighbourhood wants it: before that the match is not promised."""


class State(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    OPEN = "open"
    FUNDED = "funded"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


ALLOWED: Final[Mapping[State, tuple[State, ...]]] = {
    State.DRAFT: (State.OPEN, State.WITHDRAWN),
    State.OPEN: (State.FUNDED, State.FAILED, State.WITHDRAWN),
    State.FUNDED: (),
    State.FAILED: (),
    State.WITHDRAWN: (),
}


class Check(StrEnum):
    """What is checked before it opens: can it be delivered?"""

    COSTED = "costed"  # quotes for the large sums
    PERMISSION = "permission"  # of the landowner, planning
    INSURANCE = "insurance"
    ACCOUNT = "account"  # in the group's name, two unrelated signatories
    UPKEEP = "upkeep"  # who looks after it later
    SAFEGUARDING = "safeguarding"


@dataclass(frozen=True, slots=True)
class Match:
    """The rule of a match fund, frozen when a campaign opens."""

    percent: int
    most_pence: int


@dataclass(frozen=True, slots=True)
class Closed:
    """How a campaign ended."""

    funded: bool
    pledged: int
    match: int
    released: int


def check_next(state: State, wanted: State) -> None:
    """`Conflict` with the states allowed from here, unless `wanted` is one of them."""
    if wanted not in ALLOWED[state]:
        allowed = [each.value for each in ALLOWED[state]]
        raise Conflict(f"This campaign is {state.value}", state=state.value, allowed=allowed)


def check_dates(closes_at: datetime, now: datetime) -> None:
    """It closes in the future, and within four months."""
    if not now < closes_at <= now + timedelta(days=LONGEST_DAYS):
        raise invalid("/closes_at", f"A campaign runs for up to {LONGEST_DAYS} days.", "runs-so-long")


def check_deliverable(checks: Mapping[str, bool]) -> None:
    """`Conflict` naming what has not been found in order."""
    missing = [each.value for each in Check if not checks.get(each.value)]
    if missing:
        raise Conflict(f"Not yet found in order: {', '.join(missing)}", missing=missing, allowed=["checks"])


def check_settling(state: State, match: int, settled: bool, officer: str, made_by: str) -> None:
    """`Conflict` unless there is a match still to be paid or given back, by another than who drew the campaign up."""
    if state is not State.FUNDED or not match:
        raise Conflict("There is no match to pay", state=state.value, allowed=[])
    if settled:
        raise Conflict("This match was settled before", state=state.value, allowed=[])
    if officer == made_by:
        raise Conflict("Another officer settles the match", allowed=["another officer"])


def check_collected(pledged: int, collected: int) -> None:
    """The match follows the crowd's money: `Conflict` while some of what was pledged has not come in."""
    if collected < pledged:
        raise Conflict(
            "Not all that was pledged has come in", missing_pence=pledged - collected, allowed=["match-withdrawal"]
        )


def match_for(rule: Match, target: int) -> int:
    """What the match fund sets aside for a campaign: its share of the target, up to its most."""
    return min(target * rule.percent // 100, rule.most_pence)


def close(target: int, pledged: int, backers: int, reserved: int) -> Closed:
    """All or nothing. The match fills what the crowd left open, never more than was set aside; the rest is given back.

    Fewer than ten backers: no match, however much they pledged.
    """
    most = reserved if backers >= FEWEST_BACKERS else 0
    match = min(most, max(target - pledged, 0))
    funded = pledged + match >= target
    return Closed(funded, pledged, match if funded else 0, reserved - (match if funded else 0))
