"""What housing tells of temporary accommodation."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("housing.placement.started", "Temporary accommodation began", Sensitivity.SPECIAL, "risk", case_fact=True),
    planned("housing.placement.ended", "Temporary accommodation ended", Sensitivity.SPECIAL, "risk", case_fact=True),
    planned(
        "housing.placement.breached",
        "A family passed six weeks in bed and breakfast",
        Sensitivity.SPECIAL,
        "risk",
        case_fact=True,
    ),
)
