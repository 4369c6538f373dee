"""What goes in and out of the doors of measures and packs."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code, UtcDatetime
from services.risk.measures.definitions import Definition
from services.risk.measures.domain import By
from services.risk.measures.models import BaselineRow, BoardPack, UnitCostRow
from services.risk.measures.savings import Cash

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]
Pence = Annotated[int, Field(ge=0, le=100_000_000)]

METHOD = (
    "Counted from what the services told, each household or person once a quarter, and closed by a named officer: "
    "from then on the figures stay. Counts under {threshold} are hidden, and so is what would tell them; the rest is "
    "rounded to {rounding}. Intervals are 95 %: Wilson's of shares, Byar's of counts, of the rounded figures."
)
SAVINGS = (
    "Count against the stated baseline, times a dated unit cost, with its range. What would leave the budget "
    "(cashable) is told apart from what could be done with the time instead (avoided). What residents gain is theirs "
    "and is never counted."
)


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class MeasureView(BaseModel):
    """A measure as it is defined."""

    code: str
    title: str
    words: str
    counted_from: list[str]
    unit: str
    share: bool
    good: str
    saves: str | None
    owner: str
    beside: list[str] = Field(description="What it never stands without")
    caveats: list[str]

    @classmethod
    def of(cls, each: Definition) -> Self:
        """As it is defined."""
        return cls(
            **each.model_dump(exclude={"told_by", "gain", "beside", "caveats"}),
            counted_from=list(each.told_by),
            beside=list(each.beside),
            caveats=list(each.caveats),
        )


class Figure(BaseModel):
    """A count, or how many of how many. Null is hidden: too few, or one could be worked out from another."""

    count: int | None
    of: int | None = None
    percent: float | None = None
    interval: tuple[float, float] | None = Field(None, description="95 %: of the percentage, or of the count")


class MeasureFigures(BaseModel):
    """One measure of one quarter, told apart by one thing."""

    measure: MeasureView
    total: Figure
    rows: dict[str, Figure]


class MeasuresView(BaseModel):
    """A closed quarter's measures, each with its companions."""

    quarter: date
    until: date
    by: By
    method: str
    closed_at: UtcDatetime
    sha256: str
    wards: dict[str, str]
    measures: list[MeasureFigures]
    savings: list[dict[str, Any]]
    savings_method: str = SAVINGS


class PointView(BaseModel):
    """One quarter."""

    quarter: date
    total: Figure
    rows: dict[str, Figure]


class SeriesView(BaseModel):
    """One measure through the closed quarters, with the same of each that stands beside it."""

    measure: MeasureView
    by: By
    points: list[PointView]
    beside: list["CompanionView"]


class CompanionView(BaseModel):
    """A companion through the same quarters."""

    measure: MeasureView
    points: list[PointView]


class NewPack(Body):
    """Which quarter is closed, and the name it is signed with."""

    quarter: date
    closed_as: Name


class PackView(BaseModel):
    """A closed quarter, without its figures."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    quarter: date
    sha256: str
    closed_by: str
    closed_as: str
    closed_at: UtcDatetime
    read_until: UtcDatetime

    @classmethod
    def of(cls, row: BoardPack) -> Self:
        """As the row has it."""
        names = ("id", "sha256", "closed_by", "closed_as", "closed_at", "read_until")
        return cls(quarter=row.first_day, **{name: getattr(row, name) for name in names})


class PackContent(PackView):
    """The whole pack."""

    content: dict[str, Any] = Field(description="`sha256` is of this as JSON with sorted keys, no spaces, UTF-8")


class Recounted(BaseModel):
    """Whether the pack, counted again from the log, comes to the same bytes."""

    same: bool
    sha256: str
    counted_again: str
    differ: list[str] = Field(description="The measures that came out otherwise")


class NewCost(Body):
    """What one of a measure costs."""

    measure: Code
    title: Line
    low_pence: Pence
    central_pence: Pence
    high_pence: Pence
    dated: date
    source: Line
    cash: Cash
    falls_on: Line


class CostView(BaseModel):
    """A unit cost."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    version: int
    measure: str
    title: str
    low_pence: int
    central_pence: int
    high_pence: int
    dated: date
    source: str
    cash: Cash
    falls_on: str

    @classmethod
    def of(cls, row: UnitCostRow) -> Self:
        """As the row has it."""
        return cls.model_validate(row)


class NewBaseline(Body):
    """How many there would have been, and from where that is known."""

    count: Annotated[int, Field(ge=0, le=1_000_000)]
    source: Line


class BaselineView(BaseModel):
    """A baseline."""

    model_config = ConfigDict(from_attributes=True)

    measure: str
    quarter: date
    version: int
    count: int
    source: str
    stated_by: str

    @classmethod
    def of(cls, row: BaselineRow) -> Self:
        """As the row has it."""
        names = ("measure", "version", "count", "source", "stated_by")
        return cls(quarter=row.first_day, **{name: getattr(row, name) for name in names})


class PrintBody(Body):
    """How the pack is printed."""

    large: bool = False
