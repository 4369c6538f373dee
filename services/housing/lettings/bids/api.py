"""The HTTP door of bids: by officers for whoever calls or comes in, by the council's web and text programs."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.errors import NotFound
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings import bidders, rows
from services.housing.lettings.adverts import queries as adverts
from services.housing.lettings.bids import commands, queries
from services.housing.lettings.bids.domain import Agreed
from services.housing.lettings.bids.queries import AutoBidView, BidView, Filters, PlaceView
from services.housing.lettings.shapes import Words
from services.housing.lettings.states import Channel

router = APIRouter(route_class=UnitRoute, tags=["lettings"])

Ward = Annotated[str, StringConstraints(pattern=r"^E05[0-9]{6}$")]


class NewBid(BaseModel):
    """Who bids for what: by id, or by the two numbers that people say and type."""

    model_config = ConfigDict(extra="forbid")

    advert_id: UUID | None = None
    advert_number: int | None = Field(default=None, ge=1, le=10**12, description="H-1001 is 1001")
    application_id: UUID | None = None
    bidding_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{7}$")] | None = None
    channel: Channel

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.advert_id is None) == (self.advert_number is None):
            raise ValueError("Name the advert by its id or by its number")
        if (self.application_id is None) == (self.bidding_number is None):
            raise ValueError("Name the application by its id or by its bidding number")
        if self.channel is Channel.AUTO:
            raise ValueError("Bids for those who cannot are placed by the system alone")
        return self


class AutoBidBody(BaseModel):
    """What was agreed with a household that cannot bid."""

    model_config = ConfigDict(extra="forbid")

    wards: list[Ward] = Field(default_factory=list, max_length=30, description="None named: anywhere")
    top_floor: int | None = Field(default=None, ge=0, le=80, description="Not above it without a lift")
    why: Words
    agreed_on: date


def _answer(response: Response, view: BidView) -> BidView:
    response.headers["Location"] = f"/v1/housing/bids/{view.id}"
    set_etag(response, view.version)
    return view


@router.post("/bids", status_code=201, **may("housing.bid.place", keyed=True, refusals=(404,)))
async def place_bid(unit: Unit, response: Response, body: NewBid) -> BidView:
    """Bid for a home. 422 with every rule that they do not meet; 409 once bidding is over."""
    advert_id = body.advert_id or await adverts.by_number(unit, body.advert_number or 0)
    application_id = body.application_id or await bidders.by_number(unit, body.bidding_number or "")
    if advert_id is None:
        raise NotFound("We know of no such advert")
    if application_id is None:
        raise NotFound("We know of no such application")
    advert = await rows.advert(unit, advert_id)
    row = await commands.place(unit, advert, application_id, body.channel)
    return _answer(response, BidView.model_validate(row))


@router.get("/bids", **may("housing.bid.read"))
async def list_bids(
    unit: Unit,
    paging: Paging,
    advert_id: UUID | None = None,
    application_id: UUID | None = None,
    person_id: UUID | None = None,
) -> Page[BidView]:
    """Bids, the oldest first."""
    filters = Filters(advert_id, application_id, person_id)
    return paging.page(await queries.bids(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/bids/{bid_id}", **may("housing.bid.read", refusals=(404,)))
async def read_bid(unit: Unit, response: Response, bid_id: UUID) -> BidView:
    """One of them."""
    view = await queries.bid(unit, bid_id)
    set_etag(response, view.version)
    return view


@router.get("/bids/{bid_id}/place", **may("housing.bid.read", refusals=(404,)))
async def read_place(unit: Unit, bid_id: UUID) -> PlaceView:
    """Where a bid stands and why, in sentences to read to them; and what proves it."""
    return await queries.where(unit, bid_id)


@router.post("/bids/{bid_id}/withdrawal", **may("housing.bid.place", refusals=(404, 409, 412, 428)))
async def withdraw_bid(unit: Unit, response: Response, bid_id: UUID, expected: Expected) -> BidView:
    """Take a bid back while bidding goes on. It counts for nothing."""
    return _answer(response, BidView.model_validate(await commands.withdraw(unit, bid_id, expected)))


@router.get("/auto-bids/{application_id}", **may("housing.auto_bid.read", refusals=(404,)))
async def read_auto_bid(unit: Unit, response: Response, application_id: UUID) -> AutoBidView:
    """What was agreed with a household for whom bids are placed."""
    view = await queries.auto_bid(unit, application_id)
    set_etag(response, view.version)
    return view


@router.put("/auto-bids/{application_id}", **may("housing.auto_bid.keep", refusals=(404, 412)))
async def keep_auto_bid(
    unit: Unit,
    response: Response,
    application_id: UUID,
    body: AutoBidBody,
    if_match: Annotated[str | None, Header()] = None,
) -> AutoBidView:
    """Agree with a household that bids are placed for it. Send If-Match to change what was agreed."""
    expected = expected_version(if_match) if if_match else None
    agreed = Agreed(tuple(body.wards), body.top_floor, body.why, body.agreed_on)
    row = await commands.keep_auto_bid(unit, application_id, expected, agreed)
    set_etag(response, row.version)
    return AutoBidView.model_validate(row)


@router.post("/auto-bids/{application_id}/end", **may("housing.auto_bid.keep", refusals=(404, 412, 428)))
async def end_auto_bid(unit: Unit, response: Response, application_id: UUID, expected: Expected) -> AutoBidView:
    """They bid themselves from now on."""
    row = await commands.end_auto_bid(unit, application_id, expected)
    set_etag(response, row.version)
    return AutoBidView.model_validate(row)
