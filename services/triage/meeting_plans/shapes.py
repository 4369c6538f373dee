"""What goes in and out of the HTTP door of meeting plans."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.triage.contacts.shapes import Body, Line, Words
from services.triage.meeting_plans import domain
from services.triage.meeting_plans.models import MeetingPlan


class PlanEntry(Body):
    """How to meet somebody safely: what to do, and when to look at it again."""

    steps: Annotated[list[domain.PlanStep], Field(max_length=20)]
    words: Words | None = Field(None, description="What to do, in your words. Not what they are")
    person_told: bool
    not_told_because: Line | None = None
    review_on: date


class NewPlan(PlanEntry):
    """A plan for meeting a person."""

    person_id: UUID


class PlanView(BaseModel):
    """A plan, as it is read before a meeting."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    person_id: UUID
    steps: list[domain.PlanStep]
    words: str | None
    person_told: bool
    not_told_because: str | None
    review_on: date
    review_due: bool = Field(description="The day to look at it again is past")
    state: Literal["standing", "ended"]
    written_by: WorkerId
    written_at: UtcDatetime

    @classmethod
    def of(cls, row: MeetingPlan, today: date) -> Self:
        """The plan as it is shown."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "review_due"}
        return cls(**shown, review_due=row.review_on <= today)
