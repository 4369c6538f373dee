"""What goes in and out of the door of associations."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kit.contracts.envelope import Code
from services.risk.cohorts.domain import Condition

Stratum = Literal["ward", "tenure", "children", "adults"]


class Period(BaseModel):
    """When the exposure is looked at, and how long afterwards the outcome is waited for."""

    model_config = ConfigDict(extra="forbid")

    start: date = Field(alias="from", description="The first day on which it is asked who has the exposure")
    end: date = Field(alias="to", description="The last day on which the outcome counts")
    follow_months: Annotated[int, Field(ge=1, le=36)] = Field(
        12, description="How long after each such day; then it is asked anew, as often as the period holds it"
    )

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if not date(2000, 1, 1) <= self.start < self.end:
            raise ValueError("a period ends after it begins, and begins after 1999")
        return self


class AssociationQuestion(BaseModel):
    """How much more often is the outcome seen where the exposure is?"""

    model_config = ConfigDict(extra="forbid")

    exposure: Condition
    outcome: Code = Field(description="A factor; with a period, one that counts recent events")
    within: Condition | None = Field(None, description="Only among households that meet this")
    strata: list[Stratum] = Field(default_factory=list, max_length=4, description="What is to be held equal")
    period: Period | None = Field(None, description="None: both as they stand today")

    @model_validator(mode="after")
    def _once_each(self) -> "AssociationQuestion":
        if len(set(self.strata)) != len(self.strata):
            raise ValueError("each stratum is named once")
        return self


class GroupCounts(BaseModel):
    """A group, rounded; null: not shown."""

    households: int | None
    with_outcome: int | None
    in_100: float | None = Field(description="With the outcome, of a hundred; from the rounded counts")


class RatioView(BaseModel):
    """A ratio and its 95% interval, to two figures. `high` null beside a `low`: no upper end."""

    value: float | None
    low: float | None
    high: float | None
    method: str
    note: str


class AssociationView(BaseModel):
    """What goes together with what, and how surely; never what brings about what."""

    exposed: GroupCounts
    others: GroupCounts
    relative_risk: RatioView | None
    odds_ratio: RatioView | None
    adjusted_for: list[str]
    adjusted_relative_risk: RatioView | None = Field(description="Mantel-Haenszel, over the strata")
    adjusted_odds_ratio: RatioView | None = Field(description="Mantel-Haenszel, over the strata")
    logistic_odds_ratio: RatioView | None = Field(description="Logistic regression")
    left_out: list[str] = Field(description="Kinds of households about which the regression can say nothing")
    links: list[float] | None = Field(
        description="The relative risk without and with what rests on uncertain links, the lower first"
    )
    baselines: list[date] = Field(description="The days on which the exposure was looked at")
    sentence: str
    suppressed: bool
    hidden_sources: list[str]
    threshold: int
    rounding: int
    as_of: date
