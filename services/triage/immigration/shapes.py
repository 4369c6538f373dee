"""What goes in and out of the HTTP door of immigration questions and the way without recourse."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from services.triage.immigration.domain import (
    Assessment,
    Destitution,
    HomeOfficeDuty,
    Result,
    State,
    Status,
    TurnsOn,
)

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAnswer(_Body):
    """An answer, with the decision that turns on it: without one it may not be asked."""

    person_id: UUID
    turns_on: TurnsOn
    status: Status
    valid_until: date | None = None


class AnswerView(BaseModel):
    """What they answered for this one decision."""

    id: UUID
    person_id: UUID
    turns_on: TurnsOn
    status: Status
    valid_until: date | None
    no_recourse: bool = Field(description="There is a way of its own: open it, and send nobody away")
    asked_by: str
    asked_at: UtcDatetime


class AnswerKept(BaseModel):
    """That it is kept; what was answered is shown only where it is asked for the decision."""

    id: UUID
    turns_on: TurnsOn
    asked_at: UtcDatetime


class Step(_Body):
    """One or several steps of it."""

    assessment: Assessment | None = None
    assessment_result: Result | None = Field(None, description="Left out with an assessment: pending")
    destitution: list[Destitution] = Field([], max_length=len(Destitution))
    advice_organisation_id: UUID | None = Field(None, description="Registered or exempt to give immigration advice")


class Close(_Body):
    """Why it closes."""

    reason: Literal["status_changed", "support_agreed", "moved_on", "they_ended_it"]


class NewHomeOfficeRecord(_Body):
    """That a legal duty to tell the Home Office was met. Nothing is sent from here."""

    duty: HomeOfficeDuty
    reason: Words


class RouteView(BaseModel):
    """The way of one person: what was done and what is still owed."""

    id: UUID
    version: int
    contact_id: UUID
    person_id: UUID
    state: State
    assessment: Assessment | None
    assessment_result: Result | None
    destitution: list[Destitution]
    advice_organisation_id: UUID | None
    missing: list[str] = Field(description="What must be there before it may close")
    home_office_records: int
    close_reason: str | None
    opened_by: str
    opened_at: UtcDatetime
