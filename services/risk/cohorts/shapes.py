"""What goes in and out of the door of cohorts."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import Code
from services.risk.cohorts.domain import Condition

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
Reference = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")
]
Part = Literal["unknown", "known", "both"]
By = Literal["ward", "children"]


class Preview(BaseModel):
    """A definition that is not saved yet, to be counted; with a breakdown if asked for."""

    model_config = ConfigDict(extra="forbid")

    definition: Condition
    by: By | None = None


class CountsRow(BaseModel):
    """One line of a breakdown; null: not shown."""

    code: str
    households: int | None
    known: int | None
    unknown: int | None


class PreviewView(BaseModel):
    """How many households, rounded; null: not shown, because it is small or near to what was shown before."""

    households: int | None
    known: int | None
    unknown: int | None
    uncertain: int | None = Field(description="Of the households: would not be in it but for an uncertain link")
    rows: list[CountsRow]
    sentence: str
    suppressed: bool
    hidden_sources: list[str] = Field(description="What the purpose does not cover today, and why")
    threshold: int = Field(description="No count below this is shown")
    rounding: int = Field(description="Every count is rounded to a multiple of this")
    as_of: date


class NewCohort(BaseModel):
    """A definition to keep, under a name."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    title: Title
    definition: Condition
    why: Words
    panel_reference: Reference | None = Field(None, description="Where the residents' data panel heard it")


class CohortChanges(BaseModel):
    """What is to change; what is left out stays. A new definition says why and makes a new version of it."""

    model_config = ConfigDict(extra="forbid")

    title: Title | None = None
    definition: Condition | None = None
    why: Words | None = None
    panel_reference: Reference | None = None
    paused: bool | None = None
    pause_reason: Words | None = None

    @model_validator(mode="after")
    def _reasons(self) -> "CohortChanges":
        if self.definition is not None and self.why is None:
            raise ValueError("a new definition says why")
        if self.paused and self.pause_reason is None:
            raise ValueError("a pause says why")
        return self


class RunView(BaseModel):
    """How many there were in a month."""

    model_config = ConfigDict(from_attributes=True)

    month: date
    counted_on: date
    definition_number: int
    households: int
    known: int
    unknown: int
    uncertain: int
    might_join: int
    population: int


class CohortView(BaseModel):
    """A saved cohort with its newest count."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    code: str
    title: str
    definition: dict[str, Any]
    definition_number: int
    sentence: str
    panel_reference: str | None
    paused: bool
    pause_reason: str | None
    created_by: str
    created_at: datetime
    changed_at: datetime
    newest: RunView | None


class CohortSummary(BaseModel):
    """A cohort in the list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    code: str
    title: str
    definition_number: int
    paused: bool
    changed_at: datetime


class MemberView(BaseModel):
    """A household of a cohort, by its pseudonym: nobody's name, and no way back but through the vault."""

    model_config = ConfigDict(from_attributes=True)

    household: UUID
    ward: str | None
    adults: int
    children: int
    known: bool
    uncertain: bool


class NewPublication(BaseModel):
    """A list of homes to offer help to, to be approved by somebody else."""

    model_config = ConfigDict(extra="forbid")

    part: Part = "unknown"
    within: Condition | None = Field(None, description="Only homes that also meet this; ordinary factors only")
    most: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="At most so many, drawn evenly")
    reason: Words


class Decided(BaseModel):
    """Yes or no to a list."""

    model_config = ConfigDict(extra="forbid")

    approve: bool
    reason: Words


class PublicationView(BaseModel):
    """A list: what it was made from, what was left out, and how far the offers are."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    cohort_id: UUID
    definition_number: int
    standing: str
    part: str
    within: dict[str, Any] | None
    most: int | None
    reason: str
    panel_reference: str
    left_out: list[str]
    condition: dict[str, Any]
    cohort_households: int
    cohort_known: int
    matching: int
    barred: int
    listed: int
    sentence: str
    states: dict[str, int] = Field(description="Homes of the list: waiting, passed, or how far their signal is")
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    job_id: UUID | None
    published_at: datetime | None
