"""What grants tells of funds, rounds and applications."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("grants.fund.receipted", "Money came into a fund", Sensitivity.OPEN),
    planned("grants.round.opened", "A round opened, its rules frozen", Sensitivity.OPEN),
    planned("grants.round.closed", "A round closed", Sensitivity.OPEN),
    planned("grants.application.submitted", "A group applied", Sensitivity.OPEN),
    planned("grants.application.assessed", "An application was assessed", Sensitivity.OPEN),
)
