"""Sharing agreements: which datasets may flow, under which power, from when to when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class AgreementState(EventData):
    """A sharing agreement: its datasets flow while it stands (`in_force`, and the day within its dates)."""

    agreement_id: UUID
    code: Code
    in_force: bool
    starts_on: date
    ends_on: date | None = Field(default=None, description="The first day it no longer stands")
    datasets: tuple[Code, ...] = ()
    gateway: Code
    purposes: tuple[Code, ...] = ()
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    live(
        "casefile.agreement.changed",
        AgreementState,
        "A sharing agreement came into force, changed, was suspended or ended",
        Sensitivity.OPEN,
        "risk",
    ),
)
