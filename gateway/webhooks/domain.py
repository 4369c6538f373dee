"""When a delivery is tried again, when an endpoint is given up, and what may be done with either. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final


class DeliveryState(StrEnum):
    """Where one event stands on its way to one endpoint."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"


class EndpointState(StrEnum):
    """Whether an endpoint is sent to."""

    ACTIVE = "active"
    DISABLED = "disabled"
    REMOVED = "removed"


class Disabled(StrEnum):
    """Why an endpoint is sent to no more."""

    GONE = "gone"
    FAILING = "failing"
    BY_HAND = "by_hand"


UNSETTLED: Final = (DeliveryState.WAITING, DeliveryState.SENDING)
"""What later ones of the same household wait for."""

RETRIES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first try, the second, ...: a little over three days in all (Standard Webhooks 1.0)."""
JITTER: Final = 0.2
"""At most this part of a wait is added, so that what failed together does not come back together."""
LONGEST_WAIT: Final = timedelta(hours=24)
GIVEN_UP_AFTER: Final = timedelta(days=5)
"""An endpoint that took nothing for so long is disabled, with a notice."""
LEASE: Final = timedelta(minutes=2)
"""A try that did not report by then died with its process."""
KEPT: Final = timedelta(days=30)
"""Settled deliveries, with what was sent and each try."""
_SLOW_DOWN: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one try: a status, or the word for why there is none; how long it took; what it asks of us."""

    status: int | None
    problem: str | None = None
    milliseconds: int = 0
    retry_after: timedelta | None = None

    @property
    def took_it(self) -> bool:
        """2xx and nothing else; a redirect is not followed, and is no success."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """It will never want anything again."""
        return self.status == 410


@dataclass(frozen=True, slots=True)
class Next:
    """How a delivery goes on."""

    state: DeliveryState
    at: datetime | None = None


def after(answer: Answer, tries: int, now: datetime, chance: float) -> Next:
    """`tries`: with this one. `chance`: from 0 up to 1, at random."""
    if answer.took_it:
        return Next(DeliveryState.DELIVERED)
    if tries > len(RETRIES):
        return Next(DeliveryState.DEAD)
    wait = RETRIES[tries - 1] * (1 + JITTER * chance)
    if answer.retry_after is not None and answer.status in _SLOW_DOWN:
        wait = max(wait, min(answer.retry_after, LONGEST_WAIT))
    return Next(DeliveryState.WAITING, now + wait)


def give_up(failing_since: datetime | None, now: datetime) -> bool:
    """Whether it failed, without one success between, for so long that nobody is there."""
    return failing_since is not None and now - failing_since >= GIVEN_UP_AFTER


def retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Of a Retry-After header (RFC 9110 section 10.2.3), in seconds or as a date; None when it says nothing usable."""
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), int(LONGEST_WAIT.total_seconds())))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)
