"""Loads of known people, and people introduced by risk."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class ImportState(EventData):
    """A finished bulk import of known people: counts only (one load is one aggregate with one event)."""

    import_id: UUID
    rows: int = Field(ge=0)
    people_created: int = Field(ge=0)
    people_matched: int = Field(ge=0)
    households_created: int = Field(ge=0)
    rows_refused: int = Field(ge=0)
    started_at: UtcDatetime
    finished_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When the import finished."""
        return self.finished_at


class IntroductionState(EventData):
    """Answer to an introduction: who the resident is here. `known` when the case file had the person already.

    Told again when an introduced person was met (`known`, for good) and when nobody met them in time (`erased`: the
    ids lead to nobody any more). Someone who objected to outreach is not answered for: there is no person.
    """

    resident_id: UUID
    person_id: UUID
    household_id: UUID
    outcome: Literal["introduced", "known", "erased"]
    introduced_at: UtcDatetime
    expires_on: date | None = None

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When casefile answered."""
        return self.introduced_at


EVENTS: tuple[EventType, ...] = (
    live("casefile.import.completed", ImportState, "A bulk import of known people finished", Sensitivity.OPEN),
    live(
        "casefile.introduction.answered",
        IntroductionState,
        "Who an introduced resident is here",
        Sensitivity.PERSONAL,
        "risk",
        "triage",
    ),
)
