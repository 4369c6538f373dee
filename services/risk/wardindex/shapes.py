"""What goes in and out of the doors of the ward index."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code, UtcDatetime
from services.risk.wardindex.domain import Beside, Good, Weighting
from services.risk.wardindex.models import IndexEdition

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^E0[59][0-9]{6}$")]
Year = Annotated[int, Field(ge=2000, le=2100)]
Number = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]

METHOD = (
    "Each indicator becomes a score from 0 at its worst case to 100 at its best; where a low value is good, the scale "
    "is turned round. Scores become a component by weights: given ones, or the first principal component of the areas' "
    "scores. A dimension is the mean of its components, the index the mean of its dimensions. The scales and the "
    "weights stay as they are from year to year, so that years can be set beside one another."
)


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class IndicatorBody(Body):
    """One thing that is measured."""

    code: Code
    title: Title
    unit: Title
    source: Line
    good: Good
    worst: Number
    best: Number
    weight: Number | None = None
    lasts_years: int = Field(0, ge=0, le=20)
    counted: Literal["owing", "domestic_abuse", "excluded"] | None = Field(
        None, description="Worked out from the council's own facts, by this rule"
    )


class ComponentBody(Body):
    """A few indicators of one thing."""

    code: Code
    title: Title
    weighting: Weighting = Weighting.FIRST_COMPONENT
    indicators: list[IndicatorBody] = Field(min_length=1, max_length=20)


class DimensionBody(Body):
    """A part of the index."""

    code: Code
    title: Title
    components: list[ComponentBody] = Field(min_length=1, max_length=12)


class NewFramework(Body):
    """A version of what is measured."""

    title: Title
    dimensions: list[DimensionBody] = Field(min_length=1, max_length=6)
    yardstick: Code | None = Field(None, description="The indicator by which the areas most like one are found")
    why: Line


class FrameworkView(BaseModel):
    """The framework with its weights, the method in words, and how well indicators belong together."""

    number: int
    title: str
    yardstick: str | None
    method: str = METHOD
    missing: str = Field(description="What is done where a value is missing")
    dimensions: list[dict[str, Any]]
    weights: dict[str, Any] | None = Field(description="By component; null until the first edition")
    sha256: str
    why: str
    made_by: str
    made_at: UtcDatetime


class AreaBody(Body):
    """A ward or another borough, and its tile: columns from the west, rows from the north."""

    code: AreaCode
    name: Title
    kind: Literal["ward", "borough"]
    column: int | None = Field(None, ge=0, le=40)
    row: int | None = Field(None, ge=0, le=40)


class Areas(Body):
    """Areas, each in the place of what was said of it before."""

    areas: list[AreaBody] = Field(min_length=1, max_length=400)


class ValueBody(Body):
    """One value."""

    indicator: Code
    area: AreaCode
    year: Year
    value: Number


class Values(Body):
    """What one source says."""

    source: Line
    licence: Line
    dated: date
    values: list[ValueBody] = Field(min_length=1, max_length=10_000)


class Taken(BaseModel):
    """How many were taken."""

    taken: int


class NewEdition(Body):
    """The index of which year; the framework left out: the newest."""

    year: Year
    framework: int | None = Field(None, ge=1)


class EditionView(BaseModel):
    """One edition, without its figures."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    year: int
    framework: int
    state: str
    sha256: str
    made_by: str
    made_at: UtcDatetime
    published_by: str | None
    published_at: UtcDatetime | None

    @classmethod
    def of(cls, row: IndexEdition) -> Self:
        """As the row has it."""
        return cls.model_validate(row)


class AreaFigures(BaseModel):
    """One area's figures in an edition. Null is not given: too much of it is missing."""

    area: str
    name: str
    kind: str
    column: int
    row: int
    index: float | None
    rank: int | None
    dimensions: dict[str, float | None]
    components: dict[str, float | None]
    missing: list[str]
    carried: dict[str, int]
    beyond: list[str]


class WardsView(BaseModel):
    """The index, area by area, with each area's tile: there is no outline of wards that we may give on, so the map is
    of tiles, and the same figures stand in a table.
    """

    year: int
    edition: UUID
    framework: int
    state: str
    published_at: UtcDatetime | None
    method: str = METHOD
    titles: dict[str, str]
    average: dict[str, float | None]
    areas: list[AreaFigures]
    notes: list[str]


class IndicatorFigure(BaseModel):
    """One indicator of one area."""

    code: str
    title: str
    unit: str
    source: str
    good: Good
    worst: float
    best: float
    value: float | None
    of_year: int | None
    score: float | None
    beside: Beside | None = Field(description="Beside the areas most like it")


class ComponentFigure(BaseModel):
    """One component of one area."""

    code: str
    title: str
    dimension: str
    score: float | None
    average: float | None
    beside: Beside | None
    indicators: list[IndicatorFigure]


class AreaView(BaseModel):
    """One area in full: every indicator with its source, beside the areas most like it."""

    year: int
    edition: UUID
    figures: AreaFigures
    alike: list[str] = Field(description="The areas most like it by income, with which it is compared")
    components: list[ComponentFigure]
    through_time: list["YearFigures"]


class YearFigures(BaseModel):
    """One year's figures, on the same scales."""

    year: int
    framework: int
    index: float | None
    dimensions: dict[str, float | None]
    components: dict[str, float | None]


class HistoryView(BaseModel):
    """Published editions through time: by area, one figure a year. Years of another framework are told apart."""

    of: str = Field(description="index, or the code of a dimension or component")
    title: str
    years: list[int]
    frameworks: dict[int, int]
    areas: dict[str, dict[int, float | None]]
    names: dict[str, str]
