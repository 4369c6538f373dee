"""What goes in and out of the doors of outcomes."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.contracts.envelope import UtcDatetime
from services.casefile.outcomes import domain
from services.casefile.outcomes.domain import Proof, Result
from services.casefile.outcomes.models import Outcome

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class EvidenceBody(Body):
    """One piece of evidence: what it is and of which day; in words where to find it."""

    proof: Proof
    dated: date
    words: Line = ""

    def as_rules_see_it(self) -> domain.Evidence:
        """As the rules take it."""
        return domain.Evidence(self.proof, self.dated, self.words)


Evidence = Annotated[list[EvidenceBody], Field(max_length=20)]


class NewOutcome(Body):
    """Something came of it: what, since when, and what shows it."""

    kind: OutcomeKind
    household_id: UUID | None = Field(None, description="Left out: where the person belongs today")
    person_id: UUID | None = Field(None, description="Whose it is; left out: the whole household's")
    achieved_on: date
    evidence: Evidence


class CheckBody(Body):
    """What was found half a year later. That it did not last is as good an answer."""

    result: Result
    lost_on: date | None = Field(None, description="The first day on which it no longer held; left out: today")
    evidence: Evidence = Field(default_factory=list)
    words: Words | None = None


class Mistake(Body):
    """Why it should never have been on record."""

    reason: Words


class EvidenceView(BaseModel):
    proof: Proof
    dated: date
    words: str


class OutcomeView(BaseModel):
    """One outcome with its evidence."""

    id: UUID
    version: int
    household_id: UUID
    person_id: UUID | None
    kind: OutcomeKind
    state: OutcomeStatus
    achieved_on: date
    check_due_on: date = Field(description="Half a year later: then somebody looks whether it still holds")
    checked_on: date | None
    lost_on: date | None
    source: str | None = Field(description="What of ours it came of, e.g. job/<id>; counted once each")
    evidence: list[EvidenceView]
    check_evidence: list[EvidenceView]
    check_words: str | None
    struck_because: str | None
    recorded_by: str
    checked_by: str | None = Field(description="Null also where four weeks went by and nobody said")
    recorded_at: UtcDatetime
    allowed: list[str]

    @classmethod
    def of(cls, row: Outcome) -> Self:
        """As the rows have it."""
        kept = {name: getattr(row, name) for name in cls.model_fields if name != "allowed"}
        return cls.model_validate({**kept, "allowed": domain.allowed_from(row.state)})
