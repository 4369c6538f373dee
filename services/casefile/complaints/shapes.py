"""What the HTTP door of complaints takes."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.casefile.complaints.domain import Kind, Outcome

Words = Annotated[str, StringConstraints(min_length=1, max_length=8000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Worker = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewComplaint(_Body):
    """What came in."""

    kind: Kind
    person_id: UUID | None = None
    from_whom: Line | None = Field(None, description="Who wrote, if they are nobody of the register")
    councillor: Line | None = None
    about_workers: list[Worker] = Field(default=[], max_length=20, description="They never see it")
    about_service: Code | None = None
    theme: Code | None = None
    words: Words
    wanted: Words | None = None
    received_on: date | None = None


class Acknowledgement(_Body):
    """When they were told that we have it."""

    acknowledged_on: date | None = None


class Reason(_Body):
    """Why, in words they may read."""

    reason: Words


class Answer(_Body):
    """What was found."""

    outcome: Outcome
    answer: Words
    lessons: Words | None = None


class Escalation(_Body):
    """Why they are not content."""

    reason: Words
    received_on: date | None = None
