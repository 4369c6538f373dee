"""What the HTTP door of agreements takes."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.casefile.agreements.domain import Question, Role, Seat, Vote

Words = Annotated[str, StringConstraints(min_length=1, max_length=8000, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PartySent(_Body):
    """An organisation of the agreement."""

    organisation: Line
    role: Role
    contact: Line


class AgreementFields(_Body):
    """What an agreement says."""

    title: Line
    parties: list[PartySent] = Field(min_length=2, max_length=40)
    arrangement: Words | None = None
    datasets: list[Code] = Field(min_length=1, max_length=100)
    fields: Words | None = None
    gateway: Code
    purposes: list[Code] = Field(min_length=1, max_length=60)
    security: Line
    single_contact: Line
    dpia: Line | None = None
    dpia_on: date | None = None
    starts_on: date
    ends_on: date | None = None
    review_on: date


class NewAgreement(AgreementFields):
    """A new agreement: a draft until the board adopts it."""

    code: Code


class CastSent(_Body):
    """One member's vote."""

    member: Line
    seat: Seat
    vote: Vote


class NewDecision(_Body):
    """What the board decided."""

    question: Question
    held_on: date
    votes: list[CastSent] = Field(min_length=1, max_length=60)
    reason: Words
