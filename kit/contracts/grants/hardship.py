"""What grants tells of hardship payments."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class HardshipState(EventData):
    """A hardship payment, whole, as of this version."""

    payment_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    strand: Literal["crisis_payment", "housing_payment"]
    need: Code
    amount_pence: int = Field(ge=1)
    way: Code = Field(description="own_account, cash_code, joint_account, supplier")
    before: int = Field(description="Payments to them in the twelve months before")
    state: Literal["paid"]
    paid_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whom it was paid to."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was paid."""
        return self.paid_at


EVENTS: tuple[EventType, ...] = (
    live(
        "grants.hardship.paid",
        HardshipState,
        "A hardship payment was made",
        Sensitivity.PERSONAL,
        "risk",
        case_fact=True,
    ),
)
