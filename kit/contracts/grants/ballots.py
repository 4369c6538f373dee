"""What grants tells of ballots."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (planned("grants.ballot.decided", "A ballot was counted", Sensitivity.OPEN),)
