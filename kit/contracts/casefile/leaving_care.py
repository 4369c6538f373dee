"""Young people who were in care: who advises them, the pathway plan and its review, in codes and dates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class CareLeaverState(EventData):
    """Support of one young person, whole, as of this version."""

    care_leaver_id: UUID
    person_id: UUID
    household_id: UUID
    status: Code
    state: Literal["open", "ended"]
    adviser: WorkerId
    plan_number: int = 0
    plan_agreed_on: date | None = None
    review_due_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The young person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class AdviserHandoverState(EventData):
    """From one adviser to another, whole, as of this version: offered is not handed over."""

    adviser_handover_id: UUID
    care_leaver_id: UUID
    person_id: UUID
    from_adviser: WorkerId
    to_adviser: WorkerId
    state: Literal["offered", "accepted", "declined", "lapsed"]
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The young person."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


def _care(event: str, summary: str, *, case_fact: bool = True) -> EventType:
    return live(f"casefile.care_leaver.{event}", CareLeaverState, summary, Sensitivity.PERSONAL, case_fact=case_fact)


def _handover(event: str, summary: str) -> EventType:
    return live(f"casefile.adviser_handover.{event}", AdviserHandoverState, summary, Sensitivity.PERSONAL)


EVENTS: tuple[EventType, ...] = (
    _care("recorded", "Support for a young person leaving care began"),
    _care("changed", "Something of the support for a young person leaving care changed", case_fact=False),
    _care("plan_agreed", "A pathway plan was agreed"),
    _care("plan_reviewed", "A pathway plan was reviewed"),
    _care("review_overdue", "A pathway plan was not reviewed within six months"),
    _care("adviser_changed", "A young person has another personal adviser"),
    _care("ended", "Support for a young person leaving care ended"),
    _handover("offered", "A young person's support was offered to another adviser"),
    _handover("changed", "A handover between advisers was answered"),
)
