"""What goes in and out of the HTTP door of activities."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from kit.contracts.envelope import UtcDatetime
from services.housing.homelessness.cases.shapes import Body, Shown, Words
from services.housing.homelessness.codes import ActivityKind, Cause

Fund = Literal[
    "crisis_and_resilience_fund", "homelessness_prevention_grant", "discretionary_housing_payment", "charity", "other"
]
Outcome = Literal["home_kept", "home_found", "time_won", "no_change", "worse"]
MOST_PENCE = 5_000_000


class NewHomelessnessActivity(Body):
    """Something is done beside the duty: it neither begins nor ends one."""

    kind: ActivityKind
    cause: Cause | None = Field(None, description="What it is meant to mend")
    words: Words | None = None
    amount_pence: Annotated[int, Field(ge=1, le=MOST_PENCE)] | None = None
    fund: Fund | None = None
    started_on: date | None = Field(None, description="Left out: today")

    @model_validator(mode="after")
    def _funded(self) -> Self:
        if (self.amount_pence is None) != (self.fund is None):
            raise ValueError("a sum has a fund it comes from, and a fund a sum")
        return self


class HomelessnessActivityEnd(Body):
    """What came of it."""

    outcome: Outcome
    words: Words | None = None
    ended_on: date | None = Field(None, description="Left out: today")


class HomelessnessActivityView(Shown):
    """Something done."""

    id: UUID
    version: int
    case_id: UUID
    duty: str | None = Field(description="The duty owed when it began")
    kind: ActivityKind
    cause: Cause | None
    words: str | None
    amount_pence: int | None
    fund: Fund | None
    started_on: date
    ended_on: date | None
    outcome: Outcome | None
    outcome_words: str | None
    done_by: str
    changed_at: UtcDatetime
