"""What grants tells of ballots."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class BallotResult(EventData):
    """One project's result."""

    project_id: UUID
    cost_pence: int
    votes: int
    won: bool
    decision: Literal["adopted", "returned", "not_funded"] | None = None


class BallotState(EventData):
    """A counted ballot, whole, as of this version. Until it is adopted its result is a recommendation."""

    ballot_id: UUID
    state: Literal["counted", "returned", "adopted"]
    kind: Code
    rule: Code
    budget_pence: int
    cost_pence: int = Field(description="What the recommended projects cost together")
    voters: int
    rules_hash: str
    projects: tuple[BallotResult, ...]
    counted_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Nobody: how residents take part is nobody's case."""
        return Concerns()

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    live(
        "grants.ballot.decided",
        BallotState,
        "A ballot was counted, or its result decided on",
        Sensitivity.OPEN,
        "gateway",
    ),
)
