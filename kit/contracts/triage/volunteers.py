"""Hours that volunteers give: where, when, how long. Never who: a volunteer is no case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class VolunteerSessionState(EventData):
    """A volunteer's session at a hub, whole, as of this version."""

    volunteer_session_id: UUID
    hub: Code
    role: Code
    held_on: date
    state: Literal["given", "not_given"]
    minutes: int = Field(ge=0)
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was recorded."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    live(
        "triage.volunteer_session.recorded",
        VolunteerSessionState,
        "A volunteer's hours at a hub were recorded; never whose",
        Sensitivity.OPEN,
        "risk",
    ),
)
