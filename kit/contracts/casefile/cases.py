"""A household's case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import CaseStatus, Layer
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class Workstream(EventData):
    """One strand of a case: the decision that brought it and where it belongs."""

    decision_id: UUID
    layer: Layer
    specialism: Code | None = None
    statutory_service: Code | None = None


class CaseState(EventData):
    """A household's case, whole, as of this version."""

    case_id: UUID
    household_id: UUID
    state: CaseStatus
    layer: Layer
    decision_ids: tuple[UUID, ...] = ()
    account_manager: WorkerId | None = None
    lead: WorkerId | None = None
    workstreams: tuple[Workstream, ...] = ()
    episode: int = Field(ge=1, description="1 for the first time open, one more at each reopening")
    opened_at: UtcDatetime
    closed_at: UtcDatetime | None = None
    close_reason: Code | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household; its members are casefile's to add."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


def _case(event: str, summary: str, *consumers: str) -> EventType:
    return live(f"casefile.case.{event}", CaseState, summary, Sensitivity.SPECIAL, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _case("opened", "A triage decision opened the household's case", "risk"),
    _case("workstream_added", "A triage decision joined the household's open case"),
    _case("allocated", "A case was given to a worker"),
    _case("closed", "A case was closed, with a reason", "risk"),
    _case("reopened", "A closed case was opened again as a new episode", "risk"),
)
