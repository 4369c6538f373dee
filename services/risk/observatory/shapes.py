"""What the observatory is asked and what it answers, as JSON."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from services.risk.observatory.disclosure import MOST_DIMS

DimensionCode = Annotated[str, StringConstraints(pattern=r"^(factor:)?[a-z][a-z0-9_]{1,63}$")]
Category = Annotated[str, StringConstraints(min_length=1, max_length=80)]
MonthCode = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]


class ShareOf(BaseModel):
    """Besides each count, which share of it is in this category."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dimension: DimensionCode
    category: Category


class Question(BaseModel):
    """A table: what is counted, by which dimensions, of which part. At most three dimensions in all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Literal["households", "residents", "events", "amounts"] = "households"
    kind: Kind | None = Field(None, description="For events and amounts: which kind of fact")
    months: tuple[MonthCode, ...] = Field((), max_length=12, description="For events: the months they happened in")
    by: tuple[DimensionCode, ...] = Field((), max_length=MOST_DIMS)
    where: dict[DimensionCode, tuple[Category, ...]] = Field(default_factory=dict, max_length=MOST_DIMS)
    share: ShareOf | None = None
    release: MonthCode | None = Field(None, description="Which month's borough; without it the newest")


class TableRow(BaseModel):
    """One place of the table. A dimension that is missing in `at` stands for all of it."""

    at: dict[str, str]
    count: int | None = Field(description="Rounded; null: not shown. Pounds, where amounts are added up")
    share: float | None = Field(None, description="Of the rounded count")


class TableAnswer(BaseModel):
    """What may be shown. A hidden number is null; nothing says whether it is small or covers another."""

    query_id: UUID
    count: str
    rows: list[TableRow]
    suppressed: bool
    note: str
    threshold: int
    rounding: int
    as_of: date
    release: MonthCode


class DimensionView(BaseModel):
    """One dimension and its categories."""

    code: str
    categories: list[str]


class CountableView(BaseModel):
    """What can be counted, by which dimensions."""

    count: str
    kinds: list[str]
    months: list[str]
    dimensions: list[DimensionView]


class ReleaseView(BaseModel):
    """A month as it is counted."""

    month: MonthCode
    as_of: date
    made_at: datetime
    hidden: list[str]
    countable: list[CountableView]


class ReleaseAsked(BaseModel):
    """The job that counts the borough."""

    job_id: UUID


class QueryView(BaseModel):
    """One question of the log. What it showed is not repeated: whoever may see it asks."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    question: dict[str, Any]
    outcome: str
    as_of: date
    asked_by: str
    purpose: Code
    asked_at: datetime
