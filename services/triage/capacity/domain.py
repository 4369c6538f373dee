"""The rules of capacity questions: when an answer is due, and what makes one. Pure."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final, Literal

from kit.clock import LONDON, add_working_days, later
from kit.contracts.codes import CapacityAnswer, Urgency
from kit.errors import Conflict, invalid

State = Literal["asked", "answered", "unanswered"]

FRESH_DAYS: Final = 14
"""How long an answer counts when something is to be offered: rooms fill."""

_MINUTES: Final[Mapping[Urgency, int]] = {Urgency.IMMEDIATE: 30, Urgency.TODAY: 120}
_WORKING_DAYS: Final[Mapping[Urgency, int]] = {Urgency.THIS_WEEK: 1, Urgency.ROUTINE: 2}


def answer_by(urgency: Urgency, asked_at: datetime) -> datetime:
    """When no answer counts as none."""
    if urgency in _MINUTES:
        return later(asked_at, timedelta(minutes=_MINUTES[urgency]))
    last = add_working_days(asked_at.astimezone(LONDON).date(), _WORKING_DAYS[urgency])
    return datetime.combine(last + timedelta(days=1), time(), LONDON)


def check_answer(state: State, answer: CapacityAnswer, places: int | None, wait_days: int | None) -> None:
    """A late answer is an answer; a second one is not. `Conflict` or `Invalid`."""
    if state == "answered":
        raise Conflict("This question was answered already", state=state, allowed=[])
    if places is not None and answer is not CapacityAnswer.YES:
        raise invalid("/places", "Only who has room has places.", "places-with-yes")
    if wait_days is not None and answer is not CapacityAnswer.WAITING_LIST:
        raise invalid("/wait_days", "Only a waiting list is waited for.", "wait-with-list")
