"""What the HTTP door of the identity layer takes and gives."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.risk.linkage.domain import Decision, ErasureReason, RuleKind

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=r"^[^\x00]+$")]
"""Why, in the person's own words."""


class Body(BaseModel):
    """A body: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class NewRule(Body):
    """Two records are one person (must) or are not (cannot)."""

    kind: RuleKind
    record_a: UUID
    record_b: UUID
    reason: Reason
    replaces: UUID | None = Field(None, description="The standing rule about these two that this one puts right")


class NewQuestion(Body):
    """Two records that a reviewer should look at."""

    record_a: UUID
    record_b: UUID
    reason: Reason


class NewDecision(Body):
    """A reviewer's answer."""

    decision: Decision
    reason: Reason


class NewUnmerge(Body):
    """Records that are not this resident's."""

    records: list[UUID] = Field(min_length=1, max_length=50)
    reason: Reason


class NewErasure(Body):
    """Why everything of a resident is erased."""

    why: ErasureReason


class NewReidentification(Body):
    """A pseudonym of the analytics zone whose person is needed, and why."""

    pseudonym: UUID
    reason: Reason


class RecordView(BaseModel):
    """A source record, as somebody who decides about links must see it. The source is null where it is not for them."""

    record_id: UUID
    source: str | None
    given: str | None
    middle: str | None
    family: str | None
    former_family: str | None
    known_as: str | None
    sex: str | None
    born: date | None
    born_partial: str | None
    address: str | None
    postcode: str | None
    phone: str | None
    email: str | None
    seen_on: date | None


class Step(BaseModel):
    """One assertion: whose the record was from then on, and why."""

    at: datetime
    resident_id: UUID | None
    because: str
    words: str
    certainty: str
    probability: float
    compared_with: UUID | None
    rule_id: UUID | None
    author: str


class Compared(BaseModel):
    """What one comparison says: `bits` above 0 speak for one person, below for two."""

    comparison: str
    words: str
    bits: float


class RuleView(BaseModel):
    """Somebody's word about two records."""

    id: UUID
    kind: RuleKind
    record_a: UUID
    record_b: UUID
    author: str
    reason: str
    made_at: datetime


class Explained(BaseModel):
    """Why a record is whose it is, in words."""

    record: RecordView
    resident_id: UUID | None
    certainty: str | None
    probability: float | None
    summary: str
    compared_with: UUID | None = Field(None, description="The likeliest other record of the same resident")
    weight: float | None = Field(None, description="Of that pair, in bits: 0 is even, 6.6 is 99 in 100")
    reasons: list[Compared]
    others: list[RecordView] = Field(description="The resident's other records")
    rules: list[RuleView]
    history: list[Step]


class QuestionView(BaseModel):
    """A pair to decide about."""

    id: UUID
    version: int
    state: Literal["open", "same", "different", "overtaken"]
    why: str
    probability: float
    one: RecordView
    other: RecordView
    opened_at: datetime
    opened_by: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None


class RuleMade(BaseModel):
    """A rule, and whose the two records are now."""

    id: UUID
    residents: dict[UUID, UUID]


class Unmerged(BaseModel):
    """Whose each of the records is now."""

    residents: dict[UUID, UUID]


class Erased(BaseModel):
    """How many records went."""

    resident_id: UUID
    records: int


class Person(BaseModel):
    """Somebody behind a pseudonym."""

    resident_id: UUID
    person_id: UUID | None
    given: str | None
    family: str | None
    born: date | None
    address: str | None
    postcode: str | None


class Reidentified(BaseModel):
    """Who a pseudonym stands for. That it was asked is on record."""

    id: UUID
    kind: Literal["record", "resident", "household"]
    people: list[Person]
