"""A household's case."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import CaseStatus, Layer
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class Workstream(EventData):
    """One strand of a case: the decision (or the step up or down) that brought it and where it belongs."""

    decision_id: UUID
    layer: Layer
    specialism: Code | None = None
    statutory_service: Code | None = None
    ended_on: date | None = Field(default=None, description="It was stepped up or down, and goes on as another strand")


class TeamPlace(EventData):
    """Somebody of the team around the household: account manager, lead, or what else they do."""

    worker_id: WorkerId
    role: Code


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
    compartment: Code | None = Field(
        default=None, description="The sealed part of the file it is in; null: in the open"
    )
    rag: Code | None = Field(default=None, description="red, amber or green, as its workers see it")
    next_review_on: date | None = None
    team: tuple[TeamPlace, ...] = ()
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household; its members are casefile's to add."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


def _case(event: str, summary: str, *consumers: str, case_fact: bool = True) -> EventType:
    return live(f"casefile.case.{event}", CaseState, summary, Sensitivity.SPECIAL, *consumers, case_fact=case_fact)


def _sealed_case(event: str, summary: str, *, case_fact: bool = True) -> EventType:
    # A name of its own, so that nobody but casefile is ever handed one: neither One View nor a live list.
    return live(f"casefile.sealed_case.{event}", CaseState, summary, Sensitivity.SPECIAL, case_fact=case_fact)


EVENTS: tuple[EventType, ...] = (
    _case("opened", "A triage decision opened the household's case", "risk"),
    _case("workstream_added", "A triage decision joined the household's open case", "risk"),
    _case("allocated", "A case was given to a worker"),
    _case("changed", "A case's team, rating or review day changed", case_fact=False),
    _case("closed", "A case was closed, with a reason", "risk"),
    _case("reopened", "A closed case was opened again as a new episode", "risk"),
    _sealed_case("opened", "Sealed work with a household began"),
    _sealed_case("workstream_added", "A triage decision joined a household's sealed case"),
    _sealed_case("allocated", "A sealed case was given to a worker"),
    _sealed_case("changed", "A sealed case's team, rating or review day changed", case_fact=False),
    _sealed_case("closed", "A sealed case was closed, with a reason"),
    _sealed_case("reopened", "A sealed case was opened again as a new episode"),
)
