"""What grants tells of hardship payments."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("grants.hardship.paid", "A hardship payment was made", Sensitivity.PERSONAL, "risk", case_fact=True),
)
