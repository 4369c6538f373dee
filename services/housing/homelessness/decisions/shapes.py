"""What goes in and out of the HTTP door of decisions."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from kit.contracts.envelope import Code, UtcDatetime
from services.housing.homelessness.cases.shapes import Body, Shown
from services.housing.homelessness.codes import Accommodation

Reasons = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=5000)]
How = Literal["post", "by_hand", "collected"]
DecisionState = Literal["to_authorise", "to_notify", "notified", "withdrawn", "overturned"]


class NewHomelessnessDecision(Body):
    """A step of the law by a named officer. `next_steps` of the case says which there are and what each needs."""

    transition: Code
    made_on: date | None = Field(None, description="Left out: today")
    reasons: Reasons = Field(description="Facts and reasons in words they understand: they stand in the letter")
    suitable: bool | None = Field(None, description="Somebody checked that the accommodation suits the household")
    informed: bool | None = Field(None, description="They were told in writing what a refusal means")
    prospect_months: Annotated[int, Field(ge=0, le=1200)] | None = None
    provided: bool | None = Field(None, description="They lost, deliberately, a place they had through this duty")
    accommodation: Accommodation | None = Field(None, description="Where they live then, if it ends in a home")
    stayed: bool | None = Field(None, description="In the home they had")


class HomelessnessNotification(Body):
    """They were told in writing: from that day the time for a review runs."""

    notified_on: date | None = Field(None, description="Left out: today")
    how: How


class HomelessnessDecisionView(Shown):
    """A decision with its letter."""

    id: UUID
    version: int
    case_id: UUID
    number: int
    transition: Code
    title: str
    section: str
    state: DecisionState
    from_position: str
    to_position: str
    assessment_number: int | None
    made_on: date
    made_by: str
    reasons: str
    authorised_by: str | None
    authorised_on: date | None
    effect_on: date | None = Field(description="The day from which it holds; null: not before they are told")
    notified_on: date | None
    notified_how: How | None
    review_kind: str | None
    review_until: date | None = Field(description="The last day on which they may ask for a review")
    days_left: int | None = Field(description="To ask for a review, today counted")
    letter: list[str] = Field(
        description="Its words. Name and address are the case file's: its letter `housing_decision` takes them"
    )
    changed_at: UtcDatetime
