"""What grants tells of awards and what became of them. Groups go by their id."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class AwardState(EventData):
    """An award, whole, as of this version. Amounts in pence."""

    award_id: UUID
    application_id: UUID
    round_id: UUID
    fund_id: UUID
    applicant_id: UUID
    state: Literal["made", "agreed", "completed", "withdrawn"]
    pence: int
    paid_pence: int
    returned_pence: int = 0
    wards: tuple[str, ...] = Field(default=(), description="GSS codes of the wards it is for")
    awarded_on: date
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class GrantPaymentState(EventData):
    """An instalment of an award that was paid."""

    payment_id: UUID
    award_id: UUID
    fund_id: UUID
    number: int
    pence: int
    paid_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was paid."""
        return self.paid_at


class GrantReportState(EventData):
    """A monitoring report of an award, whole, as of this version."""

    report_id: UUID
    award_id: UUID
    number: int
    state: Literal["due", "late", "received", "accepted", "sent_back"]
    due_on: date
    chases: int = Field(description="How often the group was chased for it")
    spent_pence: int | None = None
    people_reached: int | None = None
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    live("grants.award.made", AwardState, "An award was made", Sensitivity.OPEN, "gateway"),
    live(
        "grants.award.changed", AwardState, "An award was agreed, completed or withdrawn", Sensitivity.OPEN, "gateway"
    ),
    live("grants.payment.made", GrantPaymentState, "An instalment was paid", Sensitivity.OPEN),
    live("grants.report.received", GrantReportState, "A monitoring report came in", Sensitivity.OPEN),
    live("grants.report.chased", GrantReportState, "A monitoring report is late and was chased", Sensitivity.OPEN),
    live("grants.report.changed", GrantReportState, "A monitoring report was accepted or sent back", Sensitivity.OPEN),
)
