"""The day of a hub: appointments and visits."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class AppointmentState(EventData):
    """An appointment or visit with a person, whole, as of this version. A room held without a name is not published."""

    appointment_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    contact_id: UUID | None = None
    kind: Literal["at_hub", "home_visit", "phone"]
    hub: Code
    worker: WorkerId
    about: NeedDomain | None = None
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    state: Literal["booked", "arrived", "kept", "missed", "cancelled", "to_rearrange"]
    missed_because: Code | None = None
    follow_up: Code | None = None
    booked_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household it is about."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


def _appointment(event: str, summary: str) -> EventType:
    return live(
        f"triage.appointment.{event}", AppointmentState, summary, Sensitivity.PERSONAL, "gateway", case_fact=True
    )


EVENTS: tuple[EventType, ...] = (
    _appointment("booked", "An appointment or visit was booked"),
    _appointment("changed", "An appointment or visit was moved, kept, cancelled or followed up"),
    _appointment("missed", "An appointment or visit was missed"),
)
