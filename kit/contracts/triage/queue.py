"""The queue."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

_PERSONAL = Sensitivity.PERSONAL


EVENTS: tuple[EventType, ...] = (
    planned("triage.queue_entry.added", "A contact joined the queue", _PERSONAL),
    planned("triage.queue_entry.moved", "A contact changed place in the queue", _PERSONAL),
    planned("triage.queue_entry.removed", "A contact left the queue", _PERSONAL),
)
