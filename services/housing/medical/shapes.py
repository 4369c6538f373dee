"""What is said of somebody's health and home, and what is answered."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kit.contracts.envelope import Code, UtcDatetime
from services.housing.homes.domain import Access
from services.housing.register.shapes import Words


class NewForm(BaseModel):
    """A medical form, as it came."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    form: Words
    received_on: date | None = Field(default=None, description="Left out: today")


class Finding(BaseModel):
    """What an assessor found."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["a_medical", "b_medical", "no_medical"]
    findings: Words
    access_needed: Access | None = None
    highest_floor: int | None = Field(default=None, ge=-2, le=80, description="Without a lift")
    own_room: bool = Field(default=False, description="They cannot be asked to share a bedroom")
    extra_rooms: list[Code] = Field(default_factory=list, max_length=4, description="E.g. overnight_carer")


class Receipt(BaseModel):
    """It was received. What is in it is for an assessor."""

    id: UUID
    version: int
    application_id: UUID
    person_id: UUID
    state: str
    received_on: date
    outcome: str | None = None
    assessed_on: date | None = None


class AssessmentView(BaseModel):
    """A medical assessment, for assessors."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    application_id: UUID
    person_id: UUID
    state: str
    received_on: date
    form: str
    sent_by: str
    sent_at: UtcDatetime
    outcome: str | None
    access_needed: Access | None
    highest_floor: int | None
    own_room: bool
    extra_rooms: list[str]
    findings: str | None
    assessed_by: str | None
    assessed_on: date | None
    changed_at: UtcDatetime
