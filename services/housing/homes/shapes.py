"""What is said of a home, and what is answered."""

import re
from datetime import date
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import UtcDatetime
from services.housing.homes.domain import (
    Access,
    Building,
    HomeKind,
    HomeState,
    Landlord,
    Needs,
    RentRegime,
    Vacancy,
)

_POSTCODE: Final = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$")


def _postcode(value: str) -> str:
    squeezed = re.sub(r"\s+", "", value).upper()
    spaced = f"{squeezed[:-3]} {squeezed[-3:]}"
    if not _POSTCODE.fullmatch(spaced):
        raise ValueError("This is not a postcode, e.g. RM10 8XX")
    return spaced


Uprn = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]
Postcode = Annotated[str, StringConstraints(max_length=12), AfterValidator(_postcode)]
Ward = Annotated[str, StringConstraints(pattern=r"^E05[0-9]{6}$")]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")
]
Pence = Annotated[int, Field(ge=0, le=10_000_000)]
Value = Annotated[int, Field(ge=0, le=10_000_000_000)]
_RATING = Annotated[str, StringConstraints(pattern=r"^[A-G]$")]


class HomeDetails(BaseModel):
    """What a home is."""

    model_config = ConfigDict(extra="forbid")

    uprn: Uprn
    address: Line
    postcode: Postcode
    ward: Ward | None = None
    kind: HomeKind
    building: Building = Building.PURPOSE_BUILT
    bedrooms: int = Field(ge=0, le=20)
    bed_spaces: int | None = Field(default=None, ge=1, le=40, description="Left out: two for each bedroom")
    floor: int | None = Field(default=None, ge=-2, le=80, description="0 is the ground floor")
    lift: bool = False
    access: Access = Access.GENERAL
    energy_rating: _RATING | None = None
    landlord: Landlord
    landlord_name: Line | None = None
    rent_regime: RentRegime
    needs: Needs = Needs.GENERAL
    min_age: int | None = Field(default=None, ge=16, le=100)
    built_on: date | None = None
    market_rent_week_pence: Pence | None = None
    service_charge_week_pence: Pence = 0
    value_1999_pence: Value | None = Field(default=None, description="January 1999, for the formula rent")

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.kind is HomeKind.BEDSIT and self.bedrooms > 1:
            raise ValueError("A bedsit has no bedroom of its own, or one")
        if self.bed_spaces is not None and self.bed_spaces < self.bedrooms:
            raise ValueError("Each bedroom is for at least one person")
        return self


DETAILS: Final = tuple(HomeDetails.model_fields)


class NewHome(HomeDetails):
    """A home and the state it comes in."""

    state: HomeState = HomeState.VOID
    void_since: date | None = Field(default=None, description="Asked for unless it is let or in use")
    vacancy: Vacancy | None = Field(default=None, description="Asked for with `void_since`")
    let_on: date | None = Field(default=None, description="When the present letting began, if it is let")

    @model_validator(mode="after")
    def _stands(self) -> Self:
        if self.state is HomeState.DEMOLISHED:
            raise ValueError("A home that is gone is not recorded")
        waiting = self.state in {HomeState.VOID, HomeState.WORKS, HomeState.AVAILABLE}
        if waiting and (self.void_since is None or self.vacancy is None):
            raise ValueError("An empty home needs void_since and vacancy: since when, and why")
        return self


class HomeChanges(BaseModel):
    """What changes; what is left out stays. The UPRN says which home it is, and stays."""

    model_config = ConfigDict(extra="forbid")

    address: Line | None = None
    postcode: Postcode | None = None
    ward: Ward | None = None
    kind: HomeKind | None = None
    building: Building | None = None
    bedrooms: int | None = Field(default=None, ge=0, le=20)
    bed_spaces: int | None = Field(default=None, ge=1, le=40)
    floor: int | None = Field(default=None, ge=-2, le=80)
    lift: bool | None = None
    access: Access | None = None
    energy_rating: _RATING | None = None
    landlord: Landlord | None = None
    landlord_name: Line | None = None
    rent_regime: RentRegime | None = None
    needs: Needs | None = None
    min_age: int | None = Field(default=None, ge=16, le=100)
    built_on: date | None = None
    market_rent_week_pence: Pence | None = None
    service_charge_week_pence: Pence | None = None
    value_1999_pence: Value | None = None


class HomeMove(BaseModel):
    """The home's next state, and since when. Only a letting lets a home."""

    model_config = ConfigDict(extra="forbid")

    to: HomeState
    on: date | None = Field(default=None, description="Left out: today")
    vacancy: Vacancy | None = Field(default=None, description="Asked for when a tenancy has ended")


class HomeView(BaseModel):
    """A home."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    uprn: str
    address: str
    postcode: str
    ward: str | None
    kind: HomeKind
    building: Building
    bedrooms: int
    bed_spaces: int
    floor: int | None
    lift: bool
    access: Access
    energy_rating: str | None
    landlord: Landlord
    landlord_name: str | None
    rent_regime: RentRegime
    needs: Needs
    min_age: int | None
    built_on: date | None
    market_rent_week_pence: int | None
    service_charge_week_pence: int
    value_1999_pence: int | None
    scheme_id: UUID | None
    state: HomeState
    void_since: date | None
    vacancy: Vacancy | None
    works_done_on: date | None
    available_on: date | None
    let_on: date | None
    days_void: int | None = Field(default=None, description="Days it has stood empty, today included")
    allowed: list[str] = Field(default_factory=list, description="States an officer may put it in from here")
    recorded_at: UtcDatetime
    changed_at: UtcDatetime


def columns(details: HomeDetails) -> dict[str, Any]:
    """The details as the columns that hold them."""
    found = details.model_dump(include=set(DETAILS))
    found["bed_spaces"] = details.bed_spaces or max(1, 2 * details.bedrooms)
    return found
