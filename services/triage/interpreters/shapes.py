"""What goes in and out of the HTTP door of interpreters."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.triage.contacts.shapes import Body, Language, Line
from services.triage.hubs.shapes import Moment
from services.triage.interpreters import domain
from services.triage.interpreters.models import InterpreterRequest


class NewRequest(Body):
    """An interpreter is needed."""

    mode: domain.Mode = domain.Mode.PHONE
    language: Language = Field(description="BCP 47; British Sign Language is bfi")
    dialect: Line | None = None
    gender: domain.Gender = domain.Gender.ANY
    person_id: UUID | None = None
    contact_id: UUID | None = None
    appointment_id: UUID | None = None
    hub: Code | None = None
    starts_at: Moment | None = Field(None, description="By booking: for when")
    minutes: int = Field(60, ge=10, le=480)
    asked_alone: bool = Field(False, description="We asked them about their safety with nobody else there")


class NewStep(Body):
    """What happened."""

    step: domain.Step
    interpreter: domain.Interpreter | None = Field(None, description="To book and to join: who")
    interpreter_code: Code | None = Field(None, description="The number of a professional or of our own staff")
    is_adult: bool | None = Field(None, description="Of family or a friend")
    asked_alone: bool | None = Field(None, description="We asked the person alone since")
    outcome: domain.Outcome | None = Field(None, description="To end: what came of it")

    @model_validator(mode="after")
    def _who_and_what(self) -> Self:
        if (self.step in (domain.Step.BOOK, domain.Step.JOIN)) != (self.interpreter is not None):
            raise ValueError("to book and to join say who interprets, else nobody")
        if (self.step is domain.Step.END) != (self.outcome is not None):
            raise ValueError("to end say what came of it, else nothing")
        return self


class RequestView(BaseModel):
    """An interpreter asked for."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    state: domain.State
    mode: domain.Mode
    language: str
    dialect: str | None
    gender: domain.Gender
    person_id: UUID | None
    contact_id: UUID | None
    appointment_id: UUID | None
    hub: Code | None
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    due_at: UtcDatetime = Field(description="Somebody is there, or booked, by then; else it rings")
    interpreter: domain.Interpreter | None
    interpreter_code: str | None
    joined_at: UtcDatetime | None
    rung_at: UtcDatetime | None
    outcome: domain.Outcome | None
    requested_by: WorkerId
    requested_at: UtcDatetime

    @classmethod
    def of(cls, row: InterpreterRequest) -> Self:
        """As it is shown."""
        return cls.model_validate(row)


class Promise(BaseModel):
    """The last 28 days of "by phone within five minutes", as it was kept. Nothing of anybody."""

    asked: int
    joined: int
    within_five_minutes: int
    middle_minutes: float | None = Field(description="The middle of the waits of those who came; null: nobody yet")
    understood: int
