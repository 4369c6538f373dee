"""What grants tells of awards and what became of them."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("grants.award.made", "An award was made", Sensitivity.OPEN),
    planned("grants.payment.made", "An instalment was paid", Sensitivity.OPEN),
    planned("grants.report.received", "A monitoring report came in", Sensitivity.OPEN),
)
