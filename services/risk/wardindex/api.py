"""The HTTP door of the ward index."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.wardindex import commands, queries
from services.risk.wardindex.models import IndexEdition
from services.risk.wardindex.shapes import (
    AreaCode,
    Areas,
    AreaView,
    EditionView,
    FrameworkView,
    HistoryView,
    NewEdition,
    NewFramework,
    Taken,
    Values,
    WardsView,
)

router = APIRouter(route_class=UnitRoute, tags=["ward index"])

Year = Annotated[int | None, Query(ge=2000, le=2100, description="Left out: the newest")]


@router.get("/index/wards", **may("risk.index.read", refusals=(404,)))
async def read_ward_index(unit: Unit, year: Year = None) -> WardsView:
    """The published index: every ward (and other borough) with its tile, dimensions, components and what is missing."""
    row = await queries.published(unit, year)
    unit.accessed(f"index_edition/{row.id}")
    return queries.wards_view(row)


@router.get("/index/wards/{area}", **may("risk.index.read", refusals=(404,)))
async def read_ward(unit: Unit, area: AreaCode, year: Year = None) -> AreaView:
    """One area in full: indicators with sources, beside the areas most like it, and through time."""
    view = await queries.area_view(unit, area, year)
    unit.accessed(f"index_edition/{view.edition}")
    return view


@router.get("/index/history", **may("risk.index.read", refusals=(404,)))
async def read_index_history(
    unit: Unit, of: Annotated[str, Query(max_length=64, pattern=r"^[a-z][a-z0-9_]*$")] = "index"
) -> HistoryView:
    """The index, a dimension or a component of every area through the published years, on the same scales."""
    return await queries.history(unit, of)


@router.get("/index/framework", **may("risk.index.read", refusals=(404,)))
async def read_framework(unit: Unit, number: Annotated[int | None, Query(ge=1)] = None) -> FrameworkView:
    """What is measured, the method in words, the weights and how well the indicators belong together."""
    return await queries.framework(unit, number)


@router.post("/index/frameworks", status_code=201, **may("risk.index.keep", keyed=True))
async def write_framework(unit: Unit, response: Response, body: NewFramework) -> FrameworkView:
    """A new version of the framework; those before it stay, with the editions made by them."""
    row = await commands.write_framework(unit, body)
    response.headers["Location"] = f"/v1/risk/index/framework?number={row.number}"
    return queries.framework_view(row)


@router.put("/index/areas", **may("risk.index.keep"))
async def keep_areas(unit: Unit, body: Areas) -> Taken:
    """Which areas there are, and where their tiles stand on the map."""
    return Taken(taken=await commands.keep_areas(unit, body))


@router.put("/index/values", **may("risk.index.keep"))
async def keep_values(unit: Unit, body: Values) -> Taken:
    """Values of indicators as a source gives them, with its date and its licence."""
    return Taken(taken=await commands.keep_values(unit, body))


@router.post("/index/editions", status_code=201, **may("risk.index.keep", keyed=True, refusals=(404,)))
async def make_edition(unit: Unit, response: Response, body: NewEdition) -> EditionView:
    """Work the index of a year out, as a draft to look at."""
    return _answer(response, await commands.make_edition(unit, body))


@router.get("/index/editions", **may("risk.index.read"))
async def list_editions(unit: Unit, paging: Paging) -> Page[EditionView]:
    """All editions, the newest year first."""
    rows = await queries.editions(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [row.year, str(row.id)])


@router.get("/index/editions/{edition_id}", **may("risk.index.read", refusals=(404,)))
async def read_edition(unit: Unit, response: Response, edition_id: UUID) -> WardsView:
    """One edition with its figures, also a draft."""
    row = await queries.edition(unit, edition_id)
    set_etag(response, row.version)
    unit.accessed(f"index_edition/{row.id}")
    return queries.wards_view(row)


@router.post(
    "/index/editions/{edition_id}/publication",
    status_code=201,
    **may("risk.index.publish", keyed=True, refusals=(404, 412, 428)),
)
async def publish_edition(unit: Unit, response: Response, edition_id: UUID, expected: Expected) -> EditionView:
    """Publish a draft; it takes the place of the year's index before it."""
    return _answer(response, await commands.publish(unit, edition_id, expected))


def _answer(response: Response, row: IndexEdition) -> EditionView:
    response.headers["Location"] = f"/v1/risk/index/editions/{row.id}"
    set_etag(response, row.version)
    return EditionView.of(row)
