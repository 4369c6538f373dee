"""What housing tells of its register and its homes."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned(
        "housing.application.registered",
        "A household joined the housing register",
        Sensitivity.PERSONAL,
        "risk",
        case_fact=True,
    ),
    planned("housing.application.banded", "A household's band was set", Sensitivity.PERSONAL, case_fact=True),
    planned(
        "housing.application.suspended",
        "A named officer suspended an application",
        Sensitivity.PERSONAL,
        case_fact=True,
    ),
    planned("housing.home.available", "A home can be let", Sensitivity.OPEN),
)
