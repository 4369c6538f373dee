"""What grants tells of residents' panels."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("grants.panel.drawn", "A panel was drawn by public lottery", Sensitivity.OPEN, "risk"),
    planned("grants.panel.member_replaced", "A panel member was replaced by the same rules", Sensitivity.OPEN),
)
