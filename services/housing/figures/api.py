"""The HTTP door of dated tables: caps, benchmarks, Local Housing Allowance."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.figures import loading
from services.housing.figures.loading import Kind, NewTable, RentTableView

router = APIRouter(route_class=UnitRoute, tags=["rents"])

Area = Annotated[str, Path(max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]
_TABLE = "/rent-tables/{kind}/{area}/{effective_from}"


@router.put(_TABLE, **may("housing.rent_table.load", made=RentTableView, refusals=(404, 412, 428)))
async def load_rent_table(
    unit: Unit,
    response: Response,
    kind: Kind,
    area: Area,
    effective_from: date,
    body: NewTable,
    if_match: Annotated[str | None, Header()] = None,
) -> RentTableView:
    """Load a table for a day, or correct it (then with If-Match). It counts before what came with the program."""
    expected = expected_version(if_match) if if_match is not None else None
    row = await loading.load(unit, kind, area, effective_from, expected, body)
    if row.version == 1:
        response.status_code = 201
        response.headers["Location"] = f"/v1/housing/rent-tables/{kind}/{area}/{effective_from.isoformat()}"
    set_etag(response, row.version)
    return await loading.one(unit, kind, area, effective_from)


@router.get("/rent-tables", **may("housing.rent_table.read"))
async def list_rent_tables(unit: Unit, paging: Paging) -> Page[RentTableView]:
    """Every table there is, with its source, its days, and whether anybody has read it there."""
    return paging.page(await loading.listed(unit, paging.place, paging.limit + 1), loading.place_of)


@router.get(_TABLE, **may("housing.rent_table.read", refusals=(404,)))
async def read_rent_table(
    unit: Unit, response: Response, kind: Kind, area: Area, effective_from: date
) -> RentTableView:
    """One that was loaded."""
    view = await loading.one(unit, kind, area, effective_from)
    set_etag(response, view.version or 0)
    return view
