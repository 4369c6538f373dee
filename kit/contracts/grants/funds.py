"""What grants tells of funds, rounds and applications. Groups go by their id; what they wrote stays with grants."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, EventData, Sha256, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live

Pence = int
"""Whole pence."""


class FundState(EventData):
    """A fund, whole, as of this version: what stood where when money came in."""

    fund_id: UUID
    code: Code
    kind: Literal["ncil", "match", "endowment", "lottery", "hardship"]
    received_pence: Pence = Field(description="All that ever came in and is this fund's")
    available_pence: Pence
    reserved_pence: Pence
    awarded_pence: Pence
    paid_pence: Pence
    returned_pence: Pence
    receipts: int = Field(description="How many receipts so far")
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When the money was entered."""
        return self.changed_at


class RoundState(EventData):
    """A round of grants, whole, as of this version."""

    round_id: UUID
    fund_id: UUID
    state: Literal["draft", "open", "closed", "decided"]
    slice_pence: Pence
    opens_on: date
    closes_on: date
    rules_sha256: Sha256 | None = Field(default=None, description="Of the rules, frozen when it opened")
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class GrantApplicationState(EventData):
    """A group's application, whole, as of this version."""

    application_id: UUID
    round_id: UUID
    applicant_id: UUID
    state: Literal[
        "submitted", "ineligible", "eligible", "assessed", "recommended", "returned", "awarded", "declined", "withdrawn"
    ]
    asked_pence: Pence
    wards: tuple[str, ...] = Field(default=(), description="GSS codes of the wards it is for")
    score: int | None = Field(default=None, description="Thousandths of the most that can be scored, once assessed")
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


def _application(event: str, summary: str) -> EventType:
    return live(f"grants.application.{event}", GrantApplicationState, summary, Sensitivity.OPEN)


EVENTS: tuple[EventType, ...] = (
    live("grants.fund.receipted", FundState, "Money came into a fund", Sensitivity.OPEN),
    live("grants.round.opened", RoundState, "A round opened, its rules frozen", Sensitivity.OPEN, "gateway"),
    live("grants.round.changed", RoundState, "A round was extended, or decided", Sensitivity.OPEN, "gateway"),
    live("grants.round.closed", RoundState, "A round closed", Sensitivity.OPEN, "gateway"),
    _application("submitted", "A group applied"),
    _application("changed", "An application came to another state"),
    _application("assessed", "An application was assessed"),
)
