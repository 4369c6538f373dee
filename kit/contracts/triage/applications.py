"""Applications as homeless, as the front door takes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live

TOLD = (
    "As whom somebody took them who may not know of that person: `person_id` and `household_id` are then nobody's. "
    "Nothing follows from it but what whoever took it is shown, and whoever may know the person"
)


class HomelessnessApplicationState(EventData):
    """An application (Housing Act 1996 s184), whole, as of this version; every clock counts from `made_on`."""

    application_id: UUID
    contact_id: UUID
    person_id: UUID | None = None
    household_id: UUID | None = None
    told_person_id: UUID | None = Field(default=None, description=TOLD)
    told_household_id: UUID | None = Field(default=None, description=TOLD)
    made_on: date
    how: Literal["said", "asked", "decided"]
    where_tonight: Code
    tonight: Literal["house_tonight", "ask", "not_tonight"]
    priority_signs: tuple[Code, ...] = ()
    opened_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Who applied, as far as known."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


_SPECIAL = Sensitivity.SPECIAL

EVENTS: tuple[EventType, ...] = (
    live(
        "triage.homelessness_application.opened",
        HomelessnessApplicationState,
        "Somebody applied as homeless, or threatened with it, at any desk (HA 1996 s184)",
        _SPECIAL,
        "housing",
        "risk",
        case_fact=True,
    ),
    live(
        "triage.homelessness_application.changed",
        HomelessnessApplicationState,
        "More is known of an application, such as who applied or where they sleep tonight",
        _SPECIAL,
        "housing",
        "risk",
    ),
)
"""The contact's own events tell the timeline what changed; the application's opening stands on it once."""
