"""Anti-social behaviour, hate crime and cuckooing. Nothing of it is a fact of the timeline: a line would betray it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class SafetyCaseState(EventData):
    """The work on what harms somebody, whole, as of this version: no word of what happened."""

    safety_case_id: UUID
    person_id: UUID
    household_id: UUID
    state: Literal["open", "closed"]
    risk: Code | None = None
    open_actions: int = 0
    worker: WorkerId
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person who is harmed, and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class AsbReviewState(EventData):
    """A case review asked for (Anti-social Behaviour, Crime and Policing Act 2014 s104), whole, as of this version."""

    asb_review_id: UUID
    safety_case_id: UUID
    person_id: UUID
    state: Literal["asked", "threshold_met", "threshold_not_met", "reviewed"]
    asked_on: date
    due_on: date
    overdue: bool = False
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person it was asked for."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


def _case(event: str, summary: str) -> EventType:
    return live(f"casefile.safety_case.{event}", SafetyCaseState, summary, Sensitivity.SPECIAL)


def _review(event: str, summary: str) -> EventType:
    return live(f"casefile.asb_review.{event}", AsbReviewState, summary, Sensitivity.SPECIAL)


EVENTS: tuple[EventType, ...] = (
    _case("opened", "Work on what harms somebody was begun"),
    _case("changed", "Something of the work on what harms somebody was written down"),
    _case("closed", "Work on what harms somebody was closed"),
    _review("asked", "A case review was asked for"),
    _review("changed", "A case review was decided or held"),
    _review("overdue", "A case review was not decided or held by its day"),
)
"""Who reads them: nobody yet."""
