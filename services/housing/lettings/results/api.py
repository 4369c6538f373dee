"""The public door of lettings: nobody signs in, nobody is named."""

from typing import Annotated

from fastapi import APIRouter, Path

from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings.results import queries
from services.housing.lettings.results.queries import HomeToBidFor, PastTheList, PublishedList, Result

router = APIRouter(route_class=UnitRoute, tags=["lettings"])

READ = "housing.letting_result.read"
Number = Annotated[int, Path(ge=1, le=10**12)]


@router.get("/homes-to-bid-for", **may(READ))
async def list_homes_to_bid_for(unit: Unit, paging: Paging) -> Page[HomeToBidFor]:
    """Homes that are open for bids, with their rules, whichever closes first before the others."""
    rows = await queries.open_now(unit, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_home)


@router.get("/letting-results", **may(READ))
async def list_results(unit: Unit, paging: Paging) -> Page[Result]:
    """How advertised homes went, the newest first."""
    return paging.page(await queries.results(unit, paging.place, paging.limit + 1), queries.place_of)


@router.get("/letting-results/past-the-list", **may(READ))
async def list_past_the_list(unit: Unit) -> list[PastTheList]:
    """How many homes were let without an advert, month by month."""
    return await queries.past_the_list(unit)


@router.get("/letting-results/{number}/shortlist", **may(READ, refusals=(404,)))
async def read_published_list(unit: Unit, number: Number) -> PublishedList:
    """A frozen list with its draw, to be checked by anybody."""
    return await queries.published(unit, number)
