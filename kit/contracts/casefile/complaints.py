"""Complaints, compliments and councillors' enquiries: never case facts, and never whose they are."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class ComplaintState(EventData):
    """How a complaint stands: codes and dates. Who complained, and about whom, stays in casefile."""

    complaint_id: UUID
    kind: Code
    stage: int = Field(ge=0, le=2)
    state: Code
    theme: Code | None = None
    received_on: date
    acknowledged_on: date | None = None
    answer_due_on: date | None = None
    answered_on: date | None = None
    outcome: Code | None = None
    overdue: bool = False
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    live("casefile.complaint.received", ComplaintState, "A complaint, compliment or enquiry came in", Sensitivity.OPEN),
    live("casefile.complaint.changed", ComplaintState, "A complaint moved on", Sensitivity.OPEN),
)
