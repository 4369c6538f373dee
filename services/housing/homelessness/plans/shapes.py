"""What goes in and out of the HTTP door of personalised housing plans."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from kit.contracts.envelope import UtcDatetime
from services.housing.homelessness.cases.shapes import Body, Shown, Words

Whose = Literal["ours", "theirs", "partners"]
Weight = Literal["mandatory", "recommended"]
StepState = Literal["open", "done", "not_done", "dropped"]


class NewHousingPlanStep(Body):
    """Who does what by when. A step of theirs is mandatory or recommended; of ours and partners' it is neither."""

    whose: Whose
    weight: Weight | None = None
    words: Words
    due_on: date | None = None

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        if (self.whose == "theirs") != (self.weight is not None):
            raise ValueError("a step of theirs, and only that, is mandatory or recommended (s189A(4) to (6))")
        return self


class NewHousingPlan(Body):
    """A plan with its first steps: at least one of ours, for the duty is ours."""

    steps: Annotated[list[NewHousingPlanStep], Field(min_length=1, max_length=50)]
    review_on: date

    @model_validator(mode="after")
    def _ours(self) -> Self:
        if not any(each.whose == "ours" for each in self.steps):
            raise ValueError("a plan has at least one step of ours (s189A(4)(b))")
        return self


class HousingPlanAgreement(Body):
    """They agreed, or why there is no agreement (s189A(4) to (6))."""

    agreed: bool
    why_not: Words | None = None

    @model_validator(mode="after")
    def _reasons(self) -> Self:
        if self.agreed == (self.why_not is not None):
            raise ValueError("say why there is no agreement, and only then (s189A(6)(a))")
        return self


class HousingPlanCopy(Body):
    """They were given a copy in writing (s189A(8)). They agreed, or it says why not, before that."""

    given_on: date | None = Field(None, description="Left out: today")


class HousingPlanReview(Body):
    """It was looked at again with them."""

    review_on: date = Field(description="When it is looked at next")


class HousingPlanStepProgress(Body):
    """How a step went."""

    state: StepState
    words: Words | None = None
    on: date | None = Field(None, description="Left out: today")


class HousingPlanStepView(Shown):
    """A step."""

    id: UUID
    version: int
    number: int
    whose: Whose
    weight: Weight | None
    words: str
    due_on: date | None
    days_left: int | None
    state: StepState
    settled_on: date | None
    settled_words: str | None


class HousingPlanView(Shown):
    """A plan with its steps."""

    id: UUID
    version: int
    case_id: UUID
    made_on: date
    made_by: str
    agreed_on: date | None
    not_agreed_on: date | None
    not_agreed_why: str | None
    given_on: date | None
    review_on: date
    days_left: int = Field(description="To its next review, today counted")
    reviewed_on: date | None
    counts: dict[str, int] = Field(description="Steps by whose and how far: ours, ours_done, theirs, theirs_done ...")
    steps: list[HousingPlanStepView]
    changed_at: UtcDatetime
