"""What goes in and out of the HTTP door of reviews."""

from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from kit.contracts.envelope import UtcDatetime
from services.housing.homelessness.cases.shapes import Body, Shown, Words

ReviewState = Literal["open", "decided", "withdrawn"]
Outcome = Literal["stands", "stands_despite_a_fault", "overturned"]
Decider = Literal["authority", "joint", "appointed_person"]


class NewHomelessnessReview(Body):
    """They ask for a review of a decision they were told of."""

    asked_on: date | None = Field(None, description="Left out: today")
    words: Words | None = Field(None, description="What they say, if anything: no form and no reason is asked")
    late_because: Words | None = Field(None, description="After 21 days: why a longer time is allowed in writing")
    decided_by: Decider = Field(
        "authority", description="Of a referral's conditions: both authorities, or an appointed person"
    )
    about: Literal["the_decision", "steps", "suitability"] = Field(
        "the_decision", description="The steps of the plan, or whether accommodation suits, rather than the decision"
    )


class HomelessnessReviewChanges(Body):
    """What came in between. What is left out stays."""

    representations_on: date | None = None
    extended_to: date | None = Field(None, description="A later day that both agreed to in writing")
    minded_to_on: date | None = Field(None, description="They were told of a fault, and that it may stand all the same")


class HomelessnessReviewDecision(Body):
    """What a senior officer decided who had no part in it."""

    outcome: Outcome
    reasons: Words
    decided_on: date | None = Field(None, description="Left out: today; they are told in writing the same day")

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if len(self.reasons) < 20:
            raise ValueError("a review has reasons that stand by themselves (s203(4))")
        return self


class HomelessnessReviewWithdrawal(Body):
    """They no longer want it."""

    reason: Words


class HomelessnessReviewView(Shown):
    """A review."""

    id: UUID
    version: int
    case_id: UUID
    decision_id: UUID
    kind: str
    section: str
    asked_on: date
    asked_words: str | None
    late_because: str | None
    representations_on: date | None
    due_on: date
    extended_to: date | None
    days_left: int | None = Field(description="To decide it, today counted; null: it is decided")
    minded_to_on: date | None
    state: ReviewState
    outcome: Outcome | None
    reviewer: str | None
    reasons: str | None
    decided_on: date | None
    appeal_until: date | None
    letter: list[str] | None
    restored: bool | None = Field(None, description="Overturned: what the decision had ended is owed again")
    changed_at: UtcDatetime
