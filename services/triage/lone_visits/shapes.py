"""What goes in and out of the HTTP door of lone visits."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.triage.contacts.shapes import Body, Words
from services.triage.lone_visits import domain
from services.triage.lone_visits.models import LoneVisit


class PlanRead(Body):
    """A plan as it was read."""

    plan_id: UUID
    version: int


class CheckIn(Body):
    """I go in, alone or not, and am out by then."""

    hub: Code = Field(description="Whose duty manager is rung")
    where_to: Words = Field(description="Where you are: what somebody tells 999")
    minutes: int = Field(60, ge=5, le=480, description="You are out by then")
    appointment_id: UUID | None = None
    person_id: UUID | None = None
    accompanied_by: WorkerId | None = None
    plans_read: Annotated[list[PlanRead], Field(max_length=20)] = Field(
        default=[], description="The plans for meeting this person, as you read them"
    )


class Check(Body):
    """I am fine and need longer; or I am out."""

    step: Literal["still_fine", "out"]
    minutes: int | None = Field(None, ge=5, le=480, description="Still fine: out by then")

    @model_validator(mode="after")
    def _minutes(self) -> Self:
        if (self.step == "still_fine") != (self.minutes is not None):
            raise ValueError("still fine for how many minutes; out needs none")
        return self


class Answer(Body):
    """I see to it; or this is how they were found."""

    step: Literal["take", "found"]
    found: domain.Found | None = None

    @model_validator(mode="after")
    def _found(self) -> Self:
        if (self.step == "found") != (self.found is not None):
            raise ValueError("found says how; to take it needs nothing more")
        return self


class LoneVisitView(BaseModel):
    """A visit made alone."""

    id: UUID
    version: int
    worker: WorkerId
    hub: Code
    state: domain.State
    where_to: str
    appointment_id: UUID | None
    person_id: UUID | None = Field(description="Null also for somebody who may not be shown to you")
    accompanied_by: WorkerId | None
    checked_in_at: UtcDatetime
    due_out_at: UtcDatetime
    checked_out_at: UtcDatetime | None
    rung_at: UtcDatetime | None
    rung: list[WorkerId] = Field(description="Who was rung: the duty managers of the hub, or every manager")
    escalated_at: UtcDatetime | None
    taken_by: WorkerId | None
    taken_at: UtcDatetime | None
    found: domain.Found | None
    what_now: str

    @classmethod
    def of(cls, row: LoneVisit, *, kept_back: bool = False) -> Self:
        """The visit as it is shown."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "what_now"}
        if kept_back:
            shown |= {"person_id": None, "appointment_id": None}
        return cls(**shown, what_now=domain.WHAT_NOW[domain.State(row.state)])
