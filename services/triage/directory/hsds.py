"""Open Referral UK (HSDS-UK 3.0) as types: what a feed may tell us, what we keep, and what we publish.

Names are the standard's. What it does not know is left out on the way in; what we add stands under `newstart`.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import UtcDatetime

VERSION = "HSDS-UK-3.0"
PROFILE = "https://docs.openreferraluk.org/en/latest/"
_TAG = re.compile(r"<[^>]{0,200}>")


def _no_markup(value: Any) -> Any:
    """Feeds write HTML into their words; nobody should meet a tag, let alone a script."""
    if isinstance(value, str):
        return " ".join(_TAG.sub(" ", value).replace("\x00", "").split()) or None
    return value


Line = Annotated[str, BeforeValidator(_no_markup), StringConstraints(min_length=1, max_length=300)]
Words = Annotated[str, BeforeValidator(_no_markup), StringConstraints(max_length=10_000)]
Web = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]{3,1000}$")]
Mail = Annotated[str, StringConstraints(pattern=r"^[^\s@<>\"]{1,64}@[^\s@<>\"]{3,190}$")]
Clock = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?$")
]
Days = Annotated[
    str, StringConstraints(pattern=r"^(-?[0-9])?(MO|TU|WE|TH|FR|SA|SU)(,(-?[0-9])?(MO|TU|WE|TH|FR|SA|SU))*$")
]
Day = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


class Part(BaseModel):
    """What HSDS has and we don't is left out; null is the same as missing."""

    model_config = ConfigDict(extra="ignore")


class Status(StrEnum):
    """Of a service."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DEFUNCT = "defunct"
    TEMPORARILY_CLOSED = "temporarily closed"


class Organization(Part):
    """Who gives a service."""

    id: UUID
    name: Line
    description: Words
    email: Mail | None = None
    website: Web | None = None
    uri: Web | None = None


class Schedule(Part):
    """When a service is open (RFC 5545 words)."""

    id: UUID
    service_id: UUID | None = None
    service_at_location_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    freq: Literal["WEEKLY", "MONTHLY"] | None = None
    interval: int | None = Field(None, ge=1, le=60)
    byday: Days | None = None
    bymonthday: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,2}(,-?[0-9]{1,2})*$")] | None = None
    description: Words | None = None
    opens_at: Clock | None = None
    closes_at: Clock | None = None
    schedule_link: Web | None = None
    notes: Words | None = None


class ServiceArea(Part):
    """The area it serves."""

    id: UUID
    service_id: UUID | None = None
    name: Line | None = None
    uri: Web | None = None


class Address(Part):
    """Of a location."""

    id: UUID
    location_id: UUID | None = None
    address_1: Line
    city: Line
    region: Line | None = None
    state_province: Line
    postal_code: Line
    country: Line
    address_type: Literal["physical", "postal", "virtual"] | None = None


class Accessibility(Part):
    """How one gets in."""

    id: UUID
    location_id: UUID | None = None
    description: Words | None = None
    details: Words | None = None
    url: Web | None = None


class LocationInList(Part):
    """A location without what it has many of."""

    id: UUID
    location_type: Literal["physical", "postal", "virtual"]
    name: Line | None = None
    description: Words | None = None
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)


class Location(LocationInList):
    """A location, whole."""

    addresses: Annotated[list[Address], Field(max_length=20)] = []
    accessibility: Annotated[list[Accessibility], Field(max_length=20)] = []


class ServiceAtLocation(Part):
    """A service at one of its locations, inside the service."""

    id: UUID
    service_id: UUID | None = None
    location_id: UUID | None = None
    description: Words | None = None
    location: Location | None = None


class Language(Part):
    """A language spoken there."""

    id: UUID
    service_id: UUID | None = None
    name: Line | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None


class Phone(Part):
    """A telephone number of the service."""

    id: UUID
    service_id: UUID | None = None
    number: Annotated[str, StringConstraints(pattern=r"^[+0-9][0-9 ()-]{1,30}$")]
    description: Words | None = None


class CostOption(Part):
    """What it costs."""

    id: UUID
    service_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    option: Line | None = None
    amount: float | None = Field(None, ge=0, le=1_000_000)
    amount_description: Words | None = None


class Term(Part):
    """A term of a taxonomy."""

    id: UUID
    name: Line
    description: Words
    parent_id: UUID | None = None
    taxonomy: Line | None = None
    taxonomy_id: UUID | None = None
    term_uri: Web | None = None
    term: Line | None = None


class Attribute(Part):
    """A term said of a service."""

    id: UUID
    link_id: UUID | None = None
    taxonomy_term_id: UUID | None = None
    link_type: Line | None = None
    taxonomy_term: Term | None = None


class ServiceInList(Part):
    """A service without what it has many of."""

    id: UUID
    organization_id: UUID | None = None
    name: Line
    description: Words | None = None
    url: Web | None = None
    email: Mail | None = None
    status: Status
    fees: Words | None = None
    accreditations: Words | None = None
    eligibility_description: Words | None = None
    application_process: Words | None = None
    minimum_age: float | None = Field(None, ge=0, le=150)
    maximum_age: float | None = Field(None, ge=0, le=150)
    assured_date: date | None = None
    assurer_email: Mail | None = None
    alert: Words | None = None
    last_modified: UtcDatetime | None = None


class Service(ServiceInList):
    """A service, whole: what a feed tells, and what is kept."""

    schedules: Annotated[list[Schedule], Field(max_length=100)] = []
    service_areas: Annotated[list[ServiceArea], Field(max_length=100)] = []
    service_at_locations: Annotated[list[ServiceAtLocation], Field(max_length=100)] = []
    languages: Annotated[list[Language], Field(max_length=100)] = []
    phones: Annotated[list[Phone], Field(max_length=20)] = []
    cost_options: Annotated[list[CostOption], Field(max_length=50)] = []
    attributes: Annotated[list[Attribute], Field(max_length=100)] = []
    organization: Organization | None = None


# Out -------------------------------------------------------------------------------------------------------


class Ours(Part):
    """What we add to the standard: freshness, distance, needs, free places."""

    needs: list[NeedDomain]
    confirmed_on: date | None = Field(None, description="When somebody last said that all this is right")
    confirmed_by: Literal["provider", "council"] | None = None
    fresh: bool = Field(description="Confirmed within the last six months")
    metres: int | None = Field(None, description="From the postcode to the nearest place, as the crow flies")
    places_free: int | None = Field(None, description="When last asked; left out: not known")
    places_on: date | None = None


class ListedService(ServiceInList):
    """A service in a list."""

    organization: Organization
    newstart: Ours


class ShownService(Service):
    """A service, whole, as published."""

    organization: Organization
    newstart: Ours


class ListedPlace(Part):
    """A service at a location, in a list."""

    id: UUID
    service_id: UUID
    location_id: UUID
    location: LocationInList
    service: ListedService


class ShownPlace(Part):
    """A service at a location, whole."""

    id: UUID
    service_id: UUID
    location_id: UUID
    location: Location
    service: ShownService


class TaxonomyView(Part):
    """A list of terms."""

    id: UUID
    name: str
    description: str
    uri: str | None = None
    version: str | None = None


class About(BaseModel):
    """Of this API."""

    version: str
    profile: str
    openapi_url: str


Item = TypeVar("Item")


class Envelope(BaseModel, Generic[Item]):
    """A page of the standard's kind. `note` is ours: what a searcher should know, e.g. that a postcode is unknown."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    note: str | None = None
    contents: list[Item]


def envelope(contents: list[Item], total: int, page: int, per_page: int, note: str | None = None) -> Envelope[Item]:
    """The page `page` (from 1) of `total` things, `per_page` at a time; an empty list has one page."""
    pages = max(1, -(-total // per_page))
    return Envelope(
        total_items=total,
        total_pages=pages,
        page_number=page,
        size=len(contents),
        first_page=page == 1,
        last_page=page >= pages,
        empty=not contents,
        note=note,
        contents=contents,
    )


def modified(value: datetime) -> str:
    """A moment as HSDS writes it, to the millisecond."""
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
