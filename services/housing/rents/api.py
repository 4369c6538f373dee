"""The HTTP door of rents and affordability."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.rents import commands, queries
from services.housing.rents.models import Rent
from services.housing.rents.queries import Filters, in_full
from services.housing.rents.shapes import (
    AffordabilityAsked,
    AffordabilityView,
    End,
    NewRent,
    NewReview,
    NewRise,
    PeriodView,
    PriceAsked,
    PriceView,
    PurchaseAsked,
    PurchaseView,
    RentInFull,
    RentView,
    ReviewView,
    Setting,
    YearlyRise,
)

router = APIRouter(route_class=UnitRoute, tags=["rents"])

_CHANGE = (404, 409, 412, 428)


def _answer(response: Response, row: Rent) -> RentInFull:
    response.headers["Location"] = f"/v1/housing/rents/{row.id}"
    set_etag(response, row.version)
    return in_full(row)


@router.post("/rent-prices", **may("housing.rent_price.read", refusals=(404,)))
async def price_home(unit: Unit, body: PriceAsked) -> list[PriceView]:
    """Every way to let a home and what each costs, with every step. Keeps nothing."""
    return await queries.prices(unit, body)


@router.post("/affordability", **may("housing.affordability.read", refusals=(404,)))
async def judge_affordability(unit: Unit, body: AffordabilityAsked) -> AffordabilityView:
    """Which homes a household can afford, and why. A POST, so that income never stands in an address; keeps nothing."""
    return await queries.afford(unit, body)


@router.post("/affordability/shared-ownership", **may("housing.affordability.read"))
async def price_shared_ownership(unit: Unit, body: PurchaseAsked) -> PurchaseView:
    """What part-buying a home would cost a month. Keeps nothing."""
    return await queries.purchase(unit, body)


@router.post("/rents", status_code=201, **may("housing.rent.propose", keyed=True, refusals=(404,)))
async def propose_rent(unit: Unit, response: Response, body: NewRent) -> RentInFull:
    """Work out a rent from evidence. It sets nothing: an officer does, by name."""
    return _answer(response, await commands.propose(unit, body))


@router.get("/rents", **may("housing.rent.read"))
async def list_rents(
    unit: Unit,
    paging: Paging,
    person_id: UUID | None = None,
    home_id: UUID | None = None,
    state: Literal["proposed", "set", "ended"] | None = None,
    review_due: bool = False,
) -> Page[RentView]:
    """Rents, the oldest first: of a person, of a home, or those whose review is due."""
    filters = Filters(person_id, home_id, state, review_due)
    return paging.page(await queries.rents(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/rents/{rent_id}", **may("housing.rent.read", refusals=(404,)))
async def read_rent(unit: Unit, response: Response, rent_id: UUID) -> RentInFull:
    """One of them, with its papers and every sum."""
    shown = await queries.rent(unit, rent_id)
    set_etag(response, shown.version)
    return shown


@router.get("/rents/{rent_id}/periods", **may("housing.rent.read", refusals=(404,)))
async def list_rent_periods(unit: Unit, paging: Paging, rent_id: UUID) -> Page[PeriodView]:
    """What was charged from which day, by which rule, and who set it."""
    rows = await queries.periods(unit, rent_id, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.set_at.isoformat(), str(each.id)])


@router.post("/rents/{rent_id}/setting", **may("housing.rent.set", refusals=_CHANGE))
async def set_rent(unit: Unit, response: Response, rent_id: UUID, expected: Expected, body: Setting) -> RentInFull:
    """A named officer sets it: as proposed, or lower with the reason; never higher."""
    return _answer(response, await commands.set_rent(unit, rent_id, expected, body))


@router.post("/rents/{rent_id}/reviews", **may("housing.rent.set", refusals=_CHANGE))
async def review_rent(unit: Unit, response: Response, rent_id: UUID, expected: Expected, body: NewReview) -> ReviewView:
    """Look at the income again. Lower takes effect at once; higher is only said, with the first day it may be."""
    row, outcome = await commands.review(unit, rent_id, expected, body)
    set_etag(response, row.version)
    return await queries.reviewed(unit, row, outcome)


@router.post("/rents/{rent_id}/rise", **may("housing.rent.set", refusals=_CHANGE))
async def raise_rent(unit: Unit, response: Response, rent_id: UUID, expected: Expected, body: NewRise) -> RentInFull:
    """Raise it to what the last review proposed, where tenancy and law allow; never a social rent."""
    return _answer(response, await commands.raise_rent(unit, rent_id, expected, body))


@router.post("/rents/{rent_id}/yearly-rise", **may("housing.rent.set", refusals=_CHANGE))
async def raise_rent_yearly(
    unit: Unit, response: Response, rent_id: UUID, expected: Expected, body: YearlyRise
) -> RentInFull:
    """The yearly rise of a social rent, within the year's limit and with its notice."""
    return _answer(response, await commands.raise_yearly(unit, rent_id, expected, body))


@router.post("/rents/{rent_id}/end", **may("housing.rent.set", refusals=_CHANGE))
async def end_rent(unit: Unit, response: Response, rent_id: UUID, expected: Expected, body: End) -> RentInFull:
    """The tenancy ended on that day."""
    return _answer(response, await commands.end(unit, rent_id, expected, body.on))
