"""Warm handovers."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

_PERSONAL = Sensitivity.PERSONAL


def _fact(name: str, summary: str, sensitivity: Sensitivity, *consumers: str) -> EventType:
    return planned(f"triage.{name}", summary, sensitivity, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _fact("handover.offered", "A worker offered a warm handover", _PERSONAL),
    _fact("handover.accepted", "The receiver accepted a handover by name", _PERSONAL),
)
