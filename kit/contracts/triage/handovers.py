"""Warm handovers, and who had to tell their story twice."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class HandoverState(EventData):
    """A handover, whole, as of this version. Until `accepted_by` holds the contact, `from_worker` does."""

    handover_id: UUID
    contact_id: UUID
    person_id: UUID | None = None
    household_id: UUID | None = None
    from_worker: WorkerId
    to_worker: WorkerId | None = None
    to_team: Code | None = None
    resident: Literal["present", "told"]
    state: Literal["offered", "accepted", "declined", "withdrawn", "lapsed"]
    accepted_by: WorkerId | None = None
    retold: bool | None = Field(default=None, description="Once accepted: they had to tell it again")
    escalated_at: UtcDatetime | None = None
    offered_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whose contact it is."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


def _handover(event: str, summary: str) -> EventType:
    return live(
        f"triage.handover.{event}", HandoverState, summary, Sensitivity.PERSONAL, "gateway", "risk", case_fact=True
    )


EVENTS: tuple[EventType, ...] = (
    _handover("offered", "A worker offered a warm handover and holds on until it is accepted"),
    _handover("accepted", "The receiver accepted a handover by name"),
    _handover("declined", "The receiver declined a handover; the sender holds on"),
    _handover("withdrawn", "The sender withdrew a handover and holds on"),
    _handover(
        "lapsed", "A handover ended because its receiver may not act, or the contact closed; the sender holds on"
    ),
    _handover("escalated", "A handover was not answered in time and went to a manager; the sender holds on"),
)
