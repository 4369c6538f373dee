"""Safeguarding concerns."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kit.contracts.codes import (
    ConcernKind,
    ConcernLevel,
    ConcernStatus,
)
from kit.contracts.envelope import Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class SafeguardingState(EventData):
    """A safeguarding concern, whole, as of this version. Nothing but its id, kind and raiser is required."""

    concern_id: UUID
    kind: ConcernKind
    level: ConcernLevel | None = None
    contact_id: UUID | None = None
    person_ids: tuple[UUID, ...] = ()
    household_id: UUID | None = None
    state: ConcernStatus
    raised_by: WorkerId
    raised_at: UtcDatetime
    due_at: UtcDatetime | None = None
    acknowledged_by: WorkerId | None = None
    acknowledged_at: UtcDatetime | None = None
    escalated_at: UtcDatetime | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The people it is about, as far as known."""
        return Concerns.of(people=self.person_ids, households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was raised, acknowledged or escalated."""
        return self.changed_at


class StaffConcernState(EventData):
    """A concern about somebody who works here: that there is one, and by when. Never who, nor about whom."""

    concern_id: UUID
    level: ConcernLevel | None = None
    state: ConcernStatus
    raised_at: UtcDatetime
    due_at: UtcDatetime
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was raised, acknowledged or escalated."""
        return self.changed_at


_SPECIAL = Sensitivity.SPECIAL


def _about_staff(event: str, summary: str) -> EventType:
    # No case fact and no reader: the worker it is about may read every timeline.
    return live(f"triage.staff_concern.{event}", StaffConcernState, summary, _SPECIAL)


EVENTS: tuple[EventType, ...] = (
    live(
        "triage.safeguarding.raised",
        SafeguardingState,
        "A safeguarding concern was raised",
        _SPECIAL,
        "gateway",
        case_fact=True,
    ),
    live(
        "triage.safeguarding.acknowledged",
        SafeguardingState,
        "A named person in the statutory team took the concern",
        _SPECIAL,
        "gateway",
        case_fact=True,
    ),
    live(
        "triage.safeguarding.escalated",
        SafeguardingState,
        "Nobody acknowledged the concern in time",
        _SPECIAL,
        "gateway",
        case_fact=True,
    ),
    live(
        "triage.safeguarding.rung",
        SafeguardingState,
        "Nobody had the concern after a quarter of an hour",
        _SPECIAL,
        "gateway",
    ),
    _about_staff("raised", "A concern about staff was raised, on its own route"),
    _about_staff("acknowledged", "The designated officer took a concern about staff"),
    _about_staff("escalated", "Nobody acknowledged a concern about staff in time"),
)
