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


_SPECIAL = Sensitivity.SPECIAL

EVENTS: tuple[EventType, ...] = (
    live(
        "triage.safeguarding.raised",
        SafeguardingState,
        "A safeguarding concern was raised",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "triage.safeguarding.acknowledged",
        SafeguardingState,
        "A named person in the statutory team took the concern",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "triage.safeguarding.escalated",
        SafeguardingState,
        "Nobody acknowledged the concern in time",
        _SPECIAL,
        case_fact=True,
    ),
)
