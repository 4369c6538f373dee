"""What goes in and out of the HTTP door of rough sleeping. Nothing here takes a name."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from kit.contracts.envelope import Code, UtcDatetime, WorkerId
from services.housing.roughsleeping import domain
from services.housing.roughsleeping.domain import BedState, ForWhom, OffTo, SightingState, Sign, StayState
from services.housing.roughsleeping.models import BedOffer, NightBed, NightCount, SevereWeather, Sighting, StreetStay

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Moment = Annotated[AwareDatetime, Field(ge="2000-01-01T00:00:00Z", le="2100-01-01T00:00:00Z")]
Number = Annotated[int, Field(ge=0, le=10_000)]


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


# Sightings -------------------------------------------------------------------------------------------------------


class NewSighting(Body):
    """Somebody was seen sleeping rough. Where, when, what helps to find them: no name, no likeness."""

    seen_at: Moment
    told_by: Literal["public", "outreach", "police", "partner", "council"]
    ward: Code
    place: Line = Field(description="Where to look, e.g. behind the library, by the bins")
    people: int = Field(1, ge=1, le=50)
    signs: list[Sign] = Field(default=[], max_length=9)


class Look(Body):
    """Somebody went and looked. Found: whom, as one of those we know on the street, or somebody new."""

    outcome: Literal["found", "not_found", "duplicate", "not_sleeping_rough"]
    stay_ids: list[UUID] = Field(default=[], max_length=50, description="Those of them whom we know")
    new_people: int = Field(0, ge=0, le=50, description="How many whom nobody knows yet")

    @model_validator(mode="after")
    def _found(self) -> Self:
        if (self.outcome == "found") != bool(self.stay_ids or self.new_people):
            raise ValueError("found says whom: people we know, or how many new ones; other answers say nobody")
        return self


class SightingView(BaseModel):
    """A sighting."""

    id: UUID
    version: int
    seen_at: UtcDatetime
    told_by: str
    ward: str
    place: str
    people: int
    signs: list[Sign]
    look_by: UtcDatetime
    late: bool
    state: SightingState
    looked_by: WorkerId | None
    looked_at: UtcDatetime | None
    found: list[UUID] = Field(default=[], description="The stays that a look made, on the answer to it")

    @classmethod
    def of(cls, row: Sighting, now: UtcDatetime, found: list[UUID] | None = None) -> Self:
        """The sighting as it is shown."""
        same = {name: getattr(row, name) for name in cls.model_fields if name not in ("late", "found")}
        late = (row.looked_at or now) > row.look_by and row.state != SightingState.DUPLICATE
        return cls(**same, late=late, found=found or [])


# People on the street ----------------------------------------------------------------------------------------------


class NewStay(Body):
    """Somebody whom outreach met on the street. `person_id` only once they agreed to be known."""

    met_at: Moment
    ward: Code
    person_id: UUID | None = None
    said: Words | None = None


class Step(Body):
    """They were met again, left the street, came back to it, agreed to be known, or nobody is in touch any more."""

    step: Literal["met", "moved_off", "returned", "known", "closed"]
    at: Moment
    ward: Code
    off_to: OffTo | None = None
    person_id: UUID | None = Field(None, description="Known: they agreed, and casefile knows them")
    said: Words | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.step == "moved_off") != (self.off_to is not None):
            raise ValueError("moved off says where to, and only that")
        if (self.step == "known") != (self.person_id is not None):
            raise ValueError("known says who, and only that")
        return self


class NightView(BaseModel):
    """A night on which they were met."""

    model_config = ConfigDict(from_attributes=True)

    night: date
    ward: str
    outcome: str
    said: str | None
    worker: WorkerId


class StayView(BaseModel):
    """One person on the street, or off it again."""

    id: UUID
    version: int
    person_id: UUID | None
    state: StayState
    first_seen_on: date
    last_seen_on: date
    state_since: date
    off_on: date | None
    off_to: OffTo | None
    months_off: int
    returns: int
    worker: WorkerId | None
    nights: list[NightView] = []

    @classmethod
    def of(cls, row: StreetStay, today: date, nights: list[NightView] | None = None) -> Self:
        """The person's way as it is shown."""
        same = {name: getattr(row, name) for name in cls.model_fields if name not in ("months_off", "nights")}
        return cls(**same, months_off=domain.months_off(row.off_on, today), nights=nights or [])


# Beds --------------------------------------------------------------------------------------------------------------


class BedSaid(Body):
    """A place with beds for a night."""

    title: Line
    for_whom: ForWhom = ForWhom.ANYONE
    places: int = Field(ge=0, le=500)
    dogs: StrictBool = False
    step_free: StrictBool = False
    severe_weather_only: StrictBool = False
    since: Day
    until: Day | None = Field(None, description="The first night on which it is closed")
    how_to_get_in: Words


class BedView(BaseModel):
    """A place with beds, and how many are free on the night asked for."""

    id: UUID
    version: int
    title: str
    for_whom: ForWhom
    places: int
    free: int
    night: date
    dogs: bool
    step_free: bool
    severe_weather_only: bool
    since: date
    until: date | None
    how_to_get_in: str

    @classmethod
    def of(cls, row: NightBed, night: date, held: int) -> Self:
        """The place as it is shown."""
        same = {name: getattr(row, name) for name in cls.model_fields if name not in ("night", "free")}
        return cls(**same, night=night, free=max(0, row.places - held))


class NewBedOffer(Body):
    """A bed is held for somebody tonight, or on the night said."""

    stay_id: UUID
    night: Day | None = None


class BedAnswer(Body):
    """What became of it."""

    state: Literal["taken", "refused", "did_not_come"]
    why: Words | None = Field(None, description="Why they did not want it: the next one may fit")


class OfferView(BaseModel):
    """A bed for somebody on a night."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    bed_id: UUID
    stay_id: UUID
    night: date
    state: BedState
    why: str | None
    offered_by: WorkerId
    offered_at: UtcDatetime

    @classmethod
    def of(cls, row: BedOffer) -> Self:
        """The offer as it is shown."""
        return cls.model_validate(row)


# Severe weather and counts -------------------------------------------------------------------------------------------


class Declaration(Body):
    """The severe weather protocol stands from now: a bed for everybody who wants one, whoever they are."""

    cause: Literal["cold", "heat", "wind", "snow", "flood"]
    forecast: Line = Field(description="What was forecast, and by whom")


class WeatherView(BaseModel):
    """When the protocol stood."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    cause: str
    forecast: str
    declared_at: UtcDatetime
    declared_by: WorkerId
    ended_at: UtcDatetime | None
    ended_by: WorkerId | None

    @classmethod
    def of(cls, row: SevereWeather) -> Self:
        """As it is shown."""
        return cls.model_validate(row)


class WardFound(Body):
    """A ward's part of a count."""

    ward: Code
    found: Number


class NewCount(Body):
    """How many were found on one night."""

    night: Day
    method: Literal["count", "estimate"]
    found: Number
    women: Number = 0
    under_25: Number = 0
    wards: list[WardFound] = Field(max_length=60)

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({each.ward for each in self.wards}) != len(self.wards):
            raise ValueError("a ward is counted once")
        return self


class CountView(BaseModel):
    """A night's count; it stands once somebody else has verified it."""

    id: UUID
    version: int
    night: date
    method: str
    found: int
    women: int | None = Field(description="Null for those who oversee and do not work on it: so few tell who")
    under_25: int | None
    wards: list[WardFound]
    counted_by: WorkerId
    verified_by: WorkerId | None
    verified_at: UtcDatetime | None

    @classmethod
    def of(cls, row: NightCount, wards: list[WardFound], *, whole: bool = True) -> Self:
        """As it is shown: its parts only to those who work on it."""
        same = {name: getattr(row, name) for name in cls.model_fields if name != "wards"}
        if not whole:
            same |= {"women": None, "under_25": None}
        return cls(**same, wards=wards if whole else [])


class OffFor(BaseModel):
    """How many have stayed off the street for so many months."""

    months: int
    people: int | None


class FiguresView(BaseModel):
    """A month on the street, and off it. For those who oversee and do not work on it, fewer than ten are null."""

    since: date
    until: date
    people: int | None = Field(description="Met on the street in this month, each once")
    new: int | None = Field(description="Never met before")
    returning: int | None = Field(description="Not met for six months before")
    long_term: int | None = Field(description="Met in twelve or more months of the last two years")
    off_for: list[OffFor]
    sightings: int
    sightings_looked_at_in_time: int
    beds_taken: int
    beds_refused: int
    highest_verified_count: int | None
