"""The HTTP door of homes."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homes import commands, loading, queries
from services.housing.homes.domain import HomeState, Landlord, RentRegime
from services.housing.homes.queries import Filters
from services.housing.homes.shapes import HomeChanges, HomeMove, HomeView, NewHome, Uprn, Ward
from services.housing.loads import api as loads
from services.housing.loads import commands as loading_files
from services.housing.loads.domain import LoadKind, rows_of_csv

router = APIRouter(route_class=UnitRoute, tags=["homes"])


@router.get("/homes", **may("housing.home.read"))
async def list_homes(
    unit: Unit,
    paging: Paging,
    state: HomeState | None = None,
    bedrooms: Annotated[int | None, Query(ge=0, le=20)] = None,
    ward: Annotated[Ward | None, Query()] = None,
    landlord: Landlord | None = None,
    rent_regime: RentRegime | None = None,
    scheme_id: UUID | None = None,
    uprn: Annotated[Uprn | None, Query()] = None,
) -> Page[HomeView]:
    """Homes, in the order they were recorded."""
    filters = Filters(state, bedrooms, ward, landlord, rent_regime, scheme_id, uprn)
    return paging.page(await queries.homes(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.post("/homes", status_code=201, **may("housing.home.keep", keyed=True))
async def record_home(unit: Unit, response: Response, body: NewHome) -> HomeView:
    """One more home. A home that can be let says so to everybody."""
    row = await commands.record(unit, body)
    response.headers["Location"] = f"/v1/housing/homes/{row.id}"
    set_etag(response, row.version)
    return queries.view(row)


@router.post(
    "/homes/loads", status_code=202, **may("housing.home.load", keyed=True, streamed=True, refusals=(413, 415))
)
async def load_homes(
    request: Request, response: Response, unit: Unit, content_type: Annotated[str, Header()] = ""
) -> loads.LoadAccepted:
    """Load homes: `text/csv` with a header row. Rows that break a rule are left out and told by row and field.

    A home is known by its UPRN: loading the same file again changes nothing.
    """
    if content_type.partition(";")[0].strip().lower() != "text/csv":
        raise loads.UnknownForm("Send text/csv with a header row")
    lines = rows_of_csv(await loading_files.whole(loads.body(request)), loading.COLUMNS, loading.REQUIRED)
    load = await loading_files.receive(unit, LoadKind.HOMES, lines)
    response.headers["Location"] = f"/v1/housing/loads/{load.id}"
    return loads.LoadAccepted(load_id=load.id, rows=load.rows)


@router.get("/homes/{home_id}", **may("housing.home.read", refusals=(404,)))
async def read_home(unit: Unit, response: Response, home_id: UUID) -> HomeView:
    """One of them."""
    shown = await queries.home(unit, home_id)
    set_etag(response, shown.version)
    return shown


@router.patch("/homes/{home_id}", **may("housing.home.keep", refusals=(404, 412, 428)))
async def change_home(unit: Unit, response: Response, home_id: UUID, expected: Expected, body: HomeChanges) -> HomeView:
    """What is known of a home now."""
    row = await commands.change(unit, home_id, expected, body)
    set_etag(response, row.version)
    return queries.view(row)


@router.post("/homes/{home_id}/moves", **may("housing.home.keep", refusals=(404, 409, 412, 428)))
async def move_home(unit: Unit, response: Response, home_id: UUID, expected: Expected, body: HomeMove) -> HomeView:
    """Its next state: empty, under works, ready to let, in use. 409 names the states allowed from here."""
    row = await commands.move(unit, home_id, body.to, on=body.on, vacancy=body.vacancy, expected=expected)
    set_etag(response, row.version)
    return queries.view(row)
