"""The rules of a hold on recovery: whom it is asked of, for how long, and when no answer goes to a manager. Pure."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal

from kit.clock import LONDON, add_working_days
from kit.errors import Conflict, invalid

HOLD_DAYS: Final = 30
ANSWER_WORKING_DAYS: Final = 1
"""How long a creditor may take before it goes to a manager: a reminder may print tomorrow."""
LONGEST_DAYS: Final = 90

State = Literal["requested", "granted", "refused", "unanswered"]
Answer = Literal["granted", "refused"]


class Creditor(StrEnum):
    """The council's own creditors."""

    COUNCIL_TAX = "council_tax"
    RENTS = "rents"
    PARKING = "parking"
    BENEFIT_OVERPAYMENTS = "benefit_overpayments"


class RefusalReason(StrEnum):
    """Why a creditor does not wait."""

    NOTHING_OWED = "nothing_owed"
    HELD_ALREADY = "held_already"
    COURT_DATE = "court_date"
    FRAUD = "fraud"
    OTHER = "other"


def answer_due(requested_at: datetime) -> datetime:
    """When no answer goes to a manager: at the end of the next working day."""
    day = add_working_days(requested_at.astimezone(LONDON).date(), ANSWER_WORKING_DAYS)
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def answer(
    state: str, said: Answer, until: date | None, reason: str | None, today: date
) -> tuple[date | None, str | None]:
    """The last day of a hold granted, or the reason of a refusal. A late answer is an answer."""
    if state not in ("requested", "unanswered"):
        raise Conflict(f"This was {state} already", allowed=[])
    if said == "refused":
        allowed = [each.value for each in RefusalReason]
        if reason not in allowed:
            raise invalid("/reason", f"One of {', '.join(allowed)}.", "refusal-reason")
        if until is not None:
            raise invalid("/until", "What is refused has no end.", "no-end")
        return None, reason
    if reason is not None:
        raise invalid("/reason", "A reason belongs to a refusal.", "no-reason")
    last = until or today + timedelta(days=HOLD_DAYS)
    if not today < last <= today + timedelta(days=LONGEST_DAYS):
        raise invalid("/until", f"From tomorrow, at most {LONGEST_DAYS} days.", "hold-length")
    return last, None
