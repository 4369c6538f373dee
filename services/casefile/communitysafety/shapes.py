"""What goes in and out of the doors of community safety."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime, WorkerId
from services.casefile.communitysafety import domain
from services.casefile.communitysafety.domain import ActionState, Band, Kind, Partner, ReviewState, Strand
from services.casefile.communitysafety.models import AsbReview, SafetyCase

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class NewSafetyCase(Body):
    """Something harms somebody: what, what it does to them, and what would make it stop."""

    person_id: UUID
    household_id: UUID | None = None
    kind: Kind
    crime: bool = Field(False, description="Anti-social behaviour that tells of crime; the other kinds always do")
    strands: Annotated[list[Strand], Field(max_length=6)] = []
    harm: Words
    wanted: Words
    safeguarding: Literal["raised", "not_needed"] | None = None
    safeguarding_reason: Words | None = None


class SafetyCaseChanges(Body):
    """What is different now; what is left out stays. What told of crime goes on doing so."""

    worker: WorkerId | None = None
    harm: Words | None = None
    wanted: Words | None = None
    crime: Literal[True] | None = None
    safeguarding: Literal["raised", "not_needed"] | None = None
    safeguarding_reason: Words | None = None


class NewIncident(Body):
    """What happened on a day, and to whom it was complained of."""

    happened_on: date
    words: Words
    place: Line | None = None
    told_to: Partner | None = None
    complained_on: date | None = None
    reference: Line | None = Field(None, description="The police's or the landlord's own number")


class NewAssessment(Body):
    """The scores of the partnership's form, by number; the questions are on its own paper."""

    form: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=64)] | None = None
    scores: Annotated[list[int], Field(max_length=60)]
    judgement: Band | None = None
    judgement_reason: Words | None = None


class NewAction(Body):
    """Who does what, by when."""

    partner: Partner
    words: Line
    due_on: date | None = None


class ActionEnd(Body):
    """What came of it."""

    state: Literal["done", "not_done"]
    outcome: Words


class Closing(Body):
    """Why the work ends."""

    reason: Line


class ComplaintBody(Body):
    """Behaviour of a day, and the day it was complained of, to the council, the police, a landlord or health."""

    happened_on: date
    complained_on: date


class NewAsbReview(Body):
    """A case review is asked for. Left out, the complaints are those on record."""

    asked_on: date | None = Field(None, description="Left out: today")
    asked_by: Literal["themselves", "somebody_for_them"] = "themselves"
    complaints: Annotated[list[ComplaintBody], Field(max_length=100)] | None = None


class ReviewDecision(Body):
    """Whether there is a review. The person is told, and why not."""

    met: bool
    reason: Words | None = None


class ReviewResult(Body):
    """What the bodies recommend."""

    recommendations: Words
    told_on: date | None = Field(None, description="The day the person was told; left out: today")


class IncidentView(BaseModel):
    id: UUID
    happened_on: date
    words: str
    place: str | None
    told_to: str | None
    complained_on: date | None
    reference: str | None


class AssessmentView(BaseModel):
    form: str
    scores: list[int]
    total: int
    most: int
    by_total: Band
    band: Band = Field(description="By the total, or as judged")
    judgement_reason: str | None
    on: date
    by: str


class ActionView(BaseModel):
    id: UUID
    partner: Partner
    words: str
    due_on: date | None
    state: ActionState
    ended_on: date | None
    outcome: str | None


class SafetyCaseView(BaseModel):
    """The work on what harms somebody."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    kind: Kind
    crime: bool
    strands: list[Strand]
    state: str
    worker: str
    safeguarding: str | None
    safeguarding_reason: str | None
    harm: str
    wanted: str
    risk: Band | None = Field(description="The latest assessment's")
    incidents: list[IncidentView]
    assessments: list[AssessmentView]
    actions: list[ActionView]
    opened_at: UtcDatetime
    closed_at: UtcDatetime | None
    close_reason: str | None

    @classmethod
    def of(cls, row: SafetyCase) -> Self:
        """As the rows have it."""
        kept = {name: getattr(row, name) for name in cls.model_fields if name != "risk"}
        latest = row.assessments[-1]["band"] if row.assessments else None
        return cls.model_validate({**kept, "risk": latest})


class AsbReviewView(BaseModel):
    """A case review, with what the number of complaints says of its threshold."""

    id: UUID
    version: int
    safety_case_id: UUID
    state: ReviewState
    asked_on: date
    asked_by: str
    complaints: list[ComplaintBody]
    qualifying: int = Field(description="Complaints within a month of the behaviour and six months of being asked")
    needed: int
    due_on: date = Field(description="Of the decision; once the threshold is met, of the review")
    overdue: bool
    decided_on: date | None
    reason: str | None
    reviewed_on: date | None
    recommendations: str | None
    told_on: date | None

    @classmethod
    def of(cls, row: AsbReview) -> Self:
        """As the rows have it."""
        counted = domain.threshold(row.rule_complaints(), row.asked_on)
        made = {"qualifying": counted.qualifying, "needed": counted.needed}
        kept = {name: getattr(row, name) for name in cls.model_fields if name not in made}
        return cls.model_validate({**kept, **made})
