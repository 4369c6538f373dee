"""Money: debts, benefits, and the time to breathe."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


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


class DebtState(EventData):
    """A debt: its kind and how it stands, in pence. Who the creditor is stays in the case file."""

    debt_id: UUID
    person_id: UUID
    household_id: UUID
    kind: Code
    priority: bool
    stage: Code
    state: Code
    owed_pence: int
    instalment_pence: int | None = None
    every: Code | None = None
    first_due_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to stand so."""
        return self.changed_at


class BenefitClaimState(EventData):
    """A claim for a benefit, and what came of it, in pence. The evidence stays in the case file."""

    claim_id: UUID
    person_id: UUID
    household_id: UUID
    benefit: Code
    state: Code
    started_on: date
    decided_on: date | None = None
    year_gain_pence: int | None = None
    once_pence: int | None = None
    evidence: Code | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was started, or the gain confirmed."""
        return self.changed_at


class SupportPlanState(EventData):
    """A support plan for arrears whose eviction did not happen: what threatened, what turned it away."""

    support_plan_id: UUID
    person_id: UUID
    household_id: UUID
    about: Code
    state: Code
    prevented_on: date
    threat: Code
    how: Code
    evidence: Code
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was recorded."""
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
    live(
        "casefile.debt.agreed",
        DebtState,
        "An arrangement for a debt was agreed",
        Sensitivity.PERSONAL,
        case_fact=True,
    ),
    live(
        "casefile.debt.changed",
        DebtState,
        "A debt is over, or its arrangement is",
        Sensitivity.PERSONAL,
        case_fact=True,
    ),
    live(
        "casefile.benefit.claimed",
        BenefitClaimState,
        "A claim for a benefit was started",
        Sensitivity.PERSONAL,
        case_fact=True,
    ),
    live(
        "casefile.benefit.confirmed",
        BenefitClaimState,
        "A gain in benefit was confirmed",
        Sensitivity.PERSONAL,
        case_fact=True,
    ),
    live(
        "casefile.support_plan.eviction_prevented",
        SupportPlanState,
        "An eviction was prevented, with evidence",
        Sensitivity.PERSONAL,
        "risk",
        case_fact=True,
    ),
)
