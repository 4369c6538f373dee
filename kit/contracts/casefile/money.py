"""Money: debts, benefits, and the time to breathe."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.contracts.envelope import Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live, planned


class BreathingSpaceState(EventData):
    """A Breathing Space (Debt Respite Scheme Regulations 2020): creditors stop until it ends."""

    breathing_space_id: UUID
    person_id: UUID
    household_id: UUID
    kind: Literal["standard", "mental_health_crisis"]
    state: Literal["active", "ended", "cancelled"]
    starts_on: date
    ends_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was entered, changed, ended or cancelled."""
        return self.changed_at


def _breathing_space(event: str, summary: str) -> EventType:
    # Special: one kind tells of a mental health crisis.
    return live(
        f"casefile.breathing_space.{event}",
        BreathingSpaceState,
        summary,
        Sensitivity.SPECIAL,
        "triage",
        "risk",
        case_fact=True,
    )


EVENTS: tuple[EventType, ...] = (
    _breathing_space("started", "A Breathing Space was entered"),
    _breathing_space("changed", "The last day of a Breathing Space became known"),
    _breathing_space("ended", "A Breathing Space ended or was cancelled"),
    planned(
        "casefile.debt.agreed",
        "An arrangement for a debt was agreed",
        Sensitivity.PERSONAL,
        "risk",
        case_fact=True,
    ),
    planned(
        "casefile.benefit.confirmed", "A gain in benefit was confirmed", Sensitivity.PERSONAL, "risk", case_fact=True
    ),
)
