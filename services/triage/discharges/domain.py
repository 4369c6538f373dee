"""The rules of a discharge from hospital: what must be ready before they come home, and the call after. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from kit.clock import later
from kit.contracts.codes import DischargeCheck
from kit.errors import Conflict, invalid

CALL_WITHIN: Final = timedelta(hours=72)
READY_BEFORE: Final = timedelta(hours=4)
"""How long before they come home a manager hears that something is not ready."""
AT_LEAST: Final = timedelta(minutes=15)
"""How long we have when they are told to us too late."""

BEFORE_HOME: Final = frozenset(
    {DischargeCheck.HOME_READY, DischargeCheck.HEATING, DischargeCheck.FOOD, DischargeCheck.KEY}
)
HOSPITAL_MAY_SETTLE: Final = BEFORE_HOME
"""What a hospital may tell us is right already; the falls check and the call are ours to make."""
ALWAYS_NEEDED: Final = frozenset({DischargeCheck.CALL})
EARLIEST: Final = timedelta(days=14)
LATEST: Final = timedelta(days=90)


class Cancelled(StrEnum):
    """Why a discharge did not happen."""

    STILL_IN_HOSPITAL = "still_in_hospital"
    READMITTED = "readmitted"
    DIED = "died"
    MOVED_ELSEWHERE = "moved_elsewhere"
    SENT_BY_MISTAKE = "sent_by_mistake"


def check_home_at(home_at: datetime, now: datetime) -> None:
    """A discharge is told days before or after it, not years."""
    if not now - EARLIEST <= home_at <= now + LATEST:
        raise invalid("/entry", "The day they come home is not near today.", "day-near-today")


def ready_by(home_at: datetime, now: datetime) -> datetime:
    """When a manager hears that the home is not ready."""
    return max(home_at - READY_BEFORE, later(now, AT_LEAST))


def call_by(home_at: datetime) -> datetime:
    """When they must have been called at the latest: by the clock, weekends or not."""
    return later(home_at, CALL_WITHIN)


def first_checks(settled: frozenset[DischargeCheck]) -> dict[str, dict[str, Any]]:
    """Every check as it begins; what the hospital has seen to is done, as far as that is theirs to say."""
    return {
        check.value: {"state": "done" if check in settled & HOSPITAL_MAY_SETTLE else "open"} for check in DischargeCheck
    }


def check_settles(state: str, check: DischargeCheck, to: str, home_at: datetime, now: datetime) -> None:
    """Whether a check may become this; `Conflict` or `Invalid`."""
    if state != "open":
        raise Conflict(f"This was {state} already", state=state, allowed=[])
    if to == "not_needed" and check in ALWAYS_NEEDED:
        raise invalid("/state", "Everybody who comes home is called.", "always-needed")
    if check is DischargeCheck.CALL and to == "done" and now < home_at:
        raise invalid("/check", "The call is for when they are home.", "call-at-home")


def open_checks(checks: Mapping[str, Mapping[str, Any]]) -> tuple[DischargeCheck, ...]:
    """What is still to be done, in the order it matters."""
    return tuple(each for each in DischargeCheck if checks[each.value]["state"] == "open")
