"""What profiles look like from outside."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kit.contracts.envelope import Code
from services.risk.profiles.domain import Attribute, Definition, DisputeState, Role, SaidBy, rule_as_data
from services.risk.profiles.models import FactorDispute

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000, pattern=r"^[^\x00]*$")]


class SourceView(BaseModel):
    """Where something is known from."""

    code: str
    title: str


class EvidenceView(BaseModel):
    """One fact behind a factor. `record` leads to where it came from."""

    fact_id: UUID
    kind: str
    title: str
    source: SourceView
    occurred_on: date
    until: date | None
    amount: Decimal | None
    unit: str | None
    certainty: str = Field(description="Of the link between the record and the person: confirmed, probable or unlinked")
    record: str


class OfferView(BaseModel):
    """Help that was offered."""

    offer_id: UUID
    offer: str
    kind: str
    status: str
    outcome: str | None
    offered_at: datetime
    record: str


class FactorView(BaseModel):
    """One factor, with everything that a worker needs to talk about it."""

    id: UUID | None = Field(description="To dispute it; null on a past day, and until it is next worked out")
    code: str
    title: str
    role: Role
    attribute: Attribute = Field(description="SAVVI's type of attribute")
    weight: int = Field(description="How much it counts among the factors; nothing happens by it")
    since: date
    latest_on: date
    amount: Decimal | None
    certainty: str = Field(description="Of the weakest link it rests on: confirmed, probable or unlinked")
    sources: list[SourceView]
    partial: bool = Field(description="Some sources it could rest on are hidden for this purpose")
    lowers: str = Field(description="What would lower it; empty for what protects")
    offered: list[OfferView]
    evidence: list[EvidenceView]
    disputes: str | None = Field(description="Where to dispute it")


class SetAsideView(BaseModel):
    """A factor that is off the profile because somebody said that it is wrong or does not count."""

    code: str
    title: str
    role: Role
    dispute_id: UUID
    state: DisputeState
    said_by: SaidBy
    reason: str
    disputed_on: date


class HiddenView(BaseModel):
    """What this purpose does not show, whether there is any of it or not."""

    kind: str
    title: str
    source: SourceView | None
    reason: str


class NothingView(BaseModel):
    """Why there is nothing to show."""

    code: Code
    words: str


class ProfileView(BaseModel):
    """What is known of a household for one purpose, beside the conversation. Nothing is decided by it."""

    household_id: UUID
    purpose: str
    as_of: date
    definitions_version: int
    factors: list[FactorView] = Field(description="Factors and shocks, the weightiest first")
    protective: list[FactorView]
    outcomes: list[FactorView]
    set_aside: list[SetAsideView]
    offered: list[OfferView]
    hidden: list[HiddenView]
    nothing: NothingView | None = Field(None, description="Set when there is nothing to show, with the reason")
    known_to_casefile: bool
    decides: str = "Nothing: a profile is shown to a person, who decides"


class NewDispute(BaseModel):
    """What is said against a factor."""

    reason: Words
    set_aside: bool = Field(False, description="It may be right, but does not count here; else it is said to be wrong")
    said_by: SaidBy = Field(SaidBy.WORKER, description="resident: the resident contests it, in their words")


class NewSettlement(BaseModel):
    """Another person's judgement of a dispute."""

    state: DisputeState = Field(description="upheld: it stays off; rejected: it comes back at once")
    reason: Words


class DisputeView(BaseModel):
    """A dispute."""

    id: UUID
    version: int
    household_id: UUID
    factor: str
    title: str
    state: DisputeState
    said_by: SaidBy
    reason: str
    disputed_by: str
    disputed_on: date
    disputed_at: datetime
    settled_by: str | None
    settled_at: datetime | None
    settled_reason: str | None

    @classmethod
    def of(cls, row: FactorDispute, title: str) -> "DisputeView":
        """A row with the factor's title of today."""
        told = {name: getattr(row, name) for name in cls.model_fields if name != "title"}
        return cls(title=title, **told)


class DefinitionView(BaseModel):
    """A factor's definition, in words and as a rule."""

    code: str
    version: int
    role: Role
    title: str
    weight: int
    lowers: str
    valid_from: date
    valid_to: date | None
    rule: dict[str, Any]

    @classmethod
    def of(cls, definition: Definition) -> "DefinitionView":
        """A definition as it is in force."""
        told = {name: getattr(definition, name) for name in cls.model_fields if name != "rule"}
        return cls(rule=rule_as_data(definition.rule), **told)
