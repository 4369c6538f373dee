"""People whom a public body refers with their agreement (Housing Act 1996 s213B)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live
from kit.contracts.triage.applications import TOLD


class DutyToReferState(EventData):
    """A public body's referral, whole, as of this version. Who they are stays in triage; it is no application yet."""

    duty_to_refer_id: UUID
    contact_id: UUID
    person_id: UUID | None = None
    household_id: UUID | None = None
    told_person_id: UUID | None = Field(default=None, description=TOLD)
    told_household_id: UUID | None = Field(default=None, description=TOLD)
    body: Code
    reason: Literal["homeless", "threatened"]
    where_tonight: Code
    homeless_on: date | None = None
    received_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whom it is about, once they were found."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came."""
        return self.received_at


_SPECIAL = Sensitivity.SPECIAL

EVENTS: tuple[EventType, ...] = (
    live(
        "triage.duty_to_refer.received",
        DutyToReferState,
        "A listed body referred someone (HA 1996 s213B)",
        _SPECIAL,
        "housing",
        case_fact=True,
    ),
    live(
        "triage.duty_to_refer.matched",
        DutyToReferState,
        "Whom a listed body referred was found, or registered",
        _SPECIAL,
        "housing",
        case_fact=True,
    ),
)
