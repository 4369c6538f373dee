"""The day of a hub: appointments and visits."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

_PERSONAL = Sensitivity.PERSONAL


def _fact(name: str, summary: str, sensitivity: Sensitivity, *consumers: str) -> EventType:
    return planned(f"triage.{name}", summary, sensitivity, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _fact("appointment.booked", "An appointment or visit was booked", _PERSONAL),
    _fact("appointment.missed", "An appointment or visit was missed", _PERSONAL),
)
