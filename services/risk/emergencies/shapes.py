"""What goes in and out of the door of emergency lists."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.risk.emergencies.domain import Criteria, Kind, Verdict

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]*$")]


class Body(BaseModel):
    """Refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class EmergencyPreview(Body):
    """Criteria that are not a list yet, to be counted; without any, the delivered ones of the kind."""

    kind: Kind
    criteria: Criteria | None = None


class EmergencyCounts(BaseModel):
    """How many homes, rounded; null: too few to show."""

    kind: Kind
    criteria: dict[str, Any]
    sentence: str
    homes: int | None
    known: int | None
    unknown: int | None
    uncertain: int | None = Field(description="On it only by a link that is not certain")
    ages_known: int = Field(description="Homes of the borough in which an age may be known for this use, rounded")
    population: int
    hidden_sources: list[str]
    threshold: int
    rounding: int


class NewEmergency(Body):
    """An emergency list: what is forecast, by whom, for which days, and whom to look for."""

    kind: Kind
    title: Title
    forecast: Words = Field(description="Who warned of what: the alert, its colour, its number")
    starts_on: date
    ends_on: date
    criteria: Criteria | None = Field(None, description="None: the delivered ones of the kind")


class SecondLook(BaseModel):
    """What the second look came to."""

    looked_at: int
    wrong: int
    unsure: int
    right_between: tuple[float, float] = Field(description="The share of the whole list that is right (95%)")
    passes: bool
    checked_by: str
    checked_at: datetime
    note: str | None


class EmergencyView(BaseModel):
    """An emergency list: counts, never who."""

    id: UUID
    version: int
    kind: Kind
    title: str
    forecast: str
    starts_on: date
    ends_on: date
    criteria: dict[str, Any]
    sentence: str
    standing: Literal["drafted", "checked", "signed", "handed_over", "withdrawn"]
    counts: dict[str, int]
    words: str
    hidden_sources: list[str]
    never: str = (
        "Homes of people whose record is restricted or who are kept apart from somebody are never on it, nor is any"
        " home because of abuse, social care, health or crime: the safeguarding lead and the specialists look to them."
    )
    check: SecondLook | None
    states: dict[str, int] = Field(description="Homes: waiting, passed, or how far their signal is")
    author: str
    created_at: datetime
    signed_by: str | None
    signed_as: str | None
    signed_at: datetime | None
    job_id: UUID | None
    handed_over_at: datetime | None
    withdrawn_because: str | None


class SampleHome(BaseModel):
    """A home of the sample, by its pseudonym: why it is on the list, and how certain that is."""

    household: UUID
    ward: str | None
    adults: int
    children: int
    known: bool
    certain: bool
    because: list[str]
    verdict: Verdict | None


class OneVerdict(Body):
    """What somebody found of one home."""

    household: UUID
    verdict: Verdict


class NewSecondLook(Body):
    """A second look at the whole sample."""

    verdicts: list[OneVerdict] = Field(min_length=1, max_length=100)
    note: Words | None = None


class NewSignature(Body):
    """A named person's yes."""

    signed_as: Title = Field(description="Name and post, as it stands under the list")


class NewWithdrawal(Body):
    """Stop: who was not called yet is not."""

    reason: Words
