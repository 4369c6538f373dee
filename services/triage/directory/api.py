"""The public door of the directory: Open Referral UK (HSDS-UK 3.0), read by anyone, and a search that keeps nothing."""

from datetime import datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from kit.contracts.codes import NeedDomain
from kit.web.routing import Unit, UnitRoute, may
from services.triage.directory import hsds, queries
from services.triage.directory.finding import LONGEST
from services.triage.directory.hsds import Envelope, envelope
from services.triage.directory.queries import Wanted

router = APIRouter(route_class=UnitRoute, prefix="/directory", tags=["directory"])

READ = "triage.directory.read"
PageNumber = Annotated[int, Query(ge=1, le=100_000, description="From 1")]
PerPage = Annotated[int, Query(ge=1, le=200, description="How many a page")]
Metres = Annotated[int | None, Query(ge=1, le=1_000_000, description="Metres from the postcode's middle")]
Postcode = Annotated[str | None, Query(max_length=12, description="To sort by distance; need not be whole")]
Age = Annotated[float | None, Query(ge=0, le=150)]


# Async, so that FastAPI doesn't send it to a thread.
async def _wanted(
    search: Annotated[str | None, Query(max_length=LONGEST, description="Words, or what somebody says")] = None,
    taxonomy_term_id: UUID | None = None,
    taxonomy_id: UUID | None = None,
    minimum_age: Age = None,
    maximum_age: Age = None,
    start_time: time | None = None,
    end_time: time | None = None,
    day: hsds.Day | None = None,
    postcode: Postcode = None,
    proximity: Metres = None,
    organization_id: UUID | None = None,
    need: NeedDomain | None = None,
    age: Annotated[float | None, Query(ge=0, le=150, description="Somebody of this age may use it")] = None,
    open_at: Annotated[datetime | None, Query(description="Open then, by its weekly hours")] = None,
    fresh: Annotated[bool | None, Query(description="Confirmed within six months, or not")] = None,
) -> Wanted:
    return Wanted(
        search=search,
        taxonomy_term_id=taxonomy_term_id,
        taxonomy_id=taxonomy_id,
        minimum_age=minimum_age,
        maximum_age=maximum_age,
        start_time=_plain(start_time),
        end_time=_plain(end_time),
        day=day,
        postcode=postcode,
        proximity=proximity,
        organization_id=organization_id,
        need=need,
        age=age,
        open_at=open_at,
        fresh=fresh,
    )


def _plain(value: time | None) -> time | None:
    """Openings are by the wall clock."""
    return value.replace(tzinfo=None) if value is not None else None


Asked = Annotated[Wanted, Depends(_wanted)]


class Search(BaseModel):
    """What somebody says, and what else counts. In the body, because addresses end up in logs."""

    model_config = ConfigDict(extra="forbid")

    said: str = Field(max_length=LONGEST, description="In their own words; not kept")
    postcode: str | None = Field(None, max_length=12)
    proximity: int | None = Field(None, ge=1, le=1_000_000, description="Metres")
    need: NeedDomain | None = None
    age: float | None = Field(None, ge=0, le=150)
    open_at: datetime | None = None
    page: int = Field(1, ge=1, le=100_000)
    per_page: int = Field(10, ge=1, le=200)


@router.get("", **may(READ))
async def about(unit: Unit) -> hsds.About:
    """Which standard this is."""
    return hsds.About(version=hsds.VERSION, profile=hsds.PROFILE, openapi_url="/openapi.json")


@router.get("/services", **may(READ), response_model_exclude_none=True)
async def list_services(
    unit: Unit, wanted: Asked, page: PageNumber = 1, per_page: PerPage = 50
) -> Envelope[hsds.ListedService]:
    """Services, the likeliest first where something is searched, else the nearest, else by name."""
    found = await queries.find(unit, wanted)
    shown = await queries.services(unit, found, page, per_page)
    return envelope(shown, len(found.ids), page, per_page, found.note)


@router.get("/services/{service_id}", **may(READ, refusals=(404,)), response_model_exclude_none=True)
async def read_service(unit: Unit, service_id: UUID) -> hsds.ShownService:
    """One service with all that belongs to it."""
    return await queries.service(unit, service_id)


@router.get("/service_at_locations", **may(READ), response_model_exclude_none=True)
async def list_service_at_locations(
    unit: Unit, wanted: Asked, page: PageNumber = 1, per_page: PerPage = 50
) -> Envelope[hsds.ListedPlace]:
    """Services at their locations, in the order of the services."""
    found = await queries.find(unit, wanted)
    shown, total = await queries.places_of(unit, found, page, per_page)
    return envelope(shown, total, page, per_page, found.note)


@router.get("/service_at_locations/{place_id}", **may(READ, refusals=(404,)), response_model_exclude_none=True)
async def read_service_at_location(unit: Unit, place_id: UUID) -> hsds.ShownPlace:
    """One service at one location, with all that belongs to it."""
    return await queries.place(unit, place_id)


@router.get("/taxonomies", **may(READ), response_model_exclude_none=True)
async def list_taxonomies(unit: Unit, page: PageNumber = 1, per_page: PerPage = 50) -> Envelope[hsds.TaxonomyView]:
    """Lists of terms: our twelve needs, and those of feeds."""
    every = await queries.taxonomies(unit)
    return envelope(list(every[(page - 1) * per_page : page * per_page]), len(every), page, per_page)


@router.get("/taxonomies/{taxonomy_id}", **may(READ, refusals=(404,)), response_model_exclude_none=True)
async def read_taxonomy(unit: Unit, taxonomy_id: UUID) -> hsds.TaxonomyView:
    """One of them."""
    return await queries.taxonomy(unit, taxonomy_id)


@router.get("/taxonomy_terms", **may(READ), response_model_exclude_none=True)
async def list_taxonomy_terms(unit: Unit, page: PageNumber = 1, per_page: PerPage = 50) -> Envelope[hsds.Term]:
    """Terms that services are described by."""
    every = await queries.terms(unit)
    return envelope(list(every[(page - 1) * per_page : page * per_page]), len(every), page, per_page)


@router.get("/taxonomy_terms/{term_id}", **may(READ, refusals=(404,)), response_model_exclude_none=True)
async def read_taxonomy_term(unit: Unit, term_id: UUID) -> hsds.Term:
    """One of them."""
    return await queries.term(unit, term_id)


@router.post("/search", **may(READ), response_model_exclude_none=True)
async def search(unit: Unit, body: Search) -> Envelope[hsds.ListedService]:
    """Find services by what somebody says. The sentence is in no address, and is neither stored nor logged."""
    wanted = Wanted(
        search=body.said,
        postcode=body.postcode,
        proximity=body.proximity,
        need=body.need,
        age=body.age,
        open_at=body.open_at,
    )
    found = await queries.find(unit, wanted)
    shown = await queries.services(unit, found, body.page, body.per_page)
    return envelope(shown, len(found.ids), body.page, body.per_page, found.note)
