"""What housing tells of homelessness: approaches, duties and how they ended."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned(
        "housing.approach.made",
        "A household applied as homeless or threatened with it",
        Sensitivity.SPECIAL,
        "risk",
        case_fact=True,
    ),
    planned("housing.duty.started", "A homelessness duty is owed", Sensitivity.SPECIAL, "risk", case_fact=True),
    planned(
        "housing.duty.ended",
        "A homelessness duty ended, with a reason",
        Sensitivity.SPECIAL,
        "triage",
        "risk",
        case_fact=True,
    ),
)
