"""When a message goes out, when it is tried again, when it is given up. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LEASE: Final = timedelta(seconds=60)
"""How long a try may take. A message still `sending` after that was cut off: whether it went out, nobody knows yet."""
KEEP_TRYING: Final = timedelta(hours=24)
"""How long a message is worth sending, unless its asker said less."""
MOST_A_DAY: Final = 6
"""To one person within 24 hours: more is a fault of ours, or pestering."""
_DELAYS: Final = (30, 120, 600, 1800)
_LONGEST_DELAY: Final = 3600
_CHECKS: Final = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24), timedelta(hours=72))


class State(StrEnum):
    """Where a message stands. `sending` is written down before the wire is touched."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Reason(StrEnum):
    """Why one did not go out, or came back."""

    TOO_LATE = "too_late"
    TOO_MANY = "too_many"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    UNKNOWN = "unknown"
    UNDELIVERABLE = "undeliverable"
    NO_SENDER = "no_sender"


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after `attempts` tries (at least 1) that certainly sent nothing."""
    delay = _DELAYS[attempts - 1] if attempts <= len(_DELAYS) else _LONGEST_DELAY
    return now + timedelta(seconds=delay)


def next_check(checks: int, sent_at: datetime) -> datetime | None:
    """When to ask again whether it arrived, after so many checks; None: often enough."""
    return sent_at + _CHECKS[checks] if checks < len(_CHECKS) else None


def given_up(
    received_at: datetime, now: datetime, useless_after: datetime | None, business_now: datetime, *, doubtful: bool
) -> Reason | None:
    """Why it is not tried any more, or None. `doubtful`: a try was cut off, and it may have gone out.

    `received_at` and `now` are real time, the other two business time.
    """
    if useless_after is not None and business_now >= useless_after:
        return Reason.UNKNOWN if doubtful else Reason.TOO_LATE
    if now - received_at >= KEEP_TRYING:
        return Reason.UNKNOWN if doubtful else Reason.NOT_ACCEPTED
    return None
