"""The HTTP door of those who bid themselves: published, for nobody is signed in; the code or the pass says whose.

A pass stands in the body, never in an address: addresses are kept by browsers and logs.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings.own import commands, queries
from services.housing.lettings.own.queries import OwnPage

router = APIRouter(route_class=UnitRoute, tags=["lettings"])

Number = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{7}$")]
Code = Annotated[str, StringConstraints(min_length=16, max_length=40, pattern=r"^[0-9A-Za-z \-]+$")]
Pass = Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[0-9A-Za-z_\-]+$")]


class CodeView(BaseModel):
    """A code, shown this once: for their letter, or to be read to them."""

    bidding_number: str
    code: str
    until: date


class NumberAndCode(BaseModel):
    """Who they are."""

    model_config = ConfigDict(extra="forbid")

    bidding_number: Number
    code: Code


class PassView(BaseModel):
    """Lets them see what is theirs and bid, for an hour. Shown this once."""

    model_config = ConfigDict(populate_by_name=True)

    pass_: str = Field(serialization_alias="pass")
    until: UtcDatetime


class ByPass(BaseModel):
    """Somebody who gave number and code."""

    model_config = ConfigDict(extra="forbid")

    pass_: Pass = Field(alias="pass")


class BidByPass(ByPass):
    """Which home they bid for."""

    number: int = Field(ge=1, le=10**12, description="H1001 is 1001")


class BackByPass(ByPass):
    """Which bid they take back, as they saw it."""

    bid_id: UUID
    seen_version: int = Field(ge=1, le=2**31, description="The bid's, as they saw it")


# Neither code nor pass is asked for under an Idempotency-Key: answers under one are kept, and these must not be.
@router.put("/applications/{application_id}/bidding-code", **may("housing.bidding_code.issue", refusals=(404,)))
async def issue_bidding_code(unit: Unit, application_id: UUID) -> CodeView:
    """A code with which a household bids itself. The one before opens nothing any more."""
    number, code, until = await commands.issue(unit, application_id)
    return CodeView(bidding_number=number, code=code, until=until)


@router.delete(
    "/applications/{application_id}/bidding-code",
    status_code=204,
    **may("housing.bidding_code.issue", refusals=(404,)),
)
async def end_bidding_code(unit: Unit, application_id: UUID) -> None:
    """Their code opens nothing any more, at once."""
    await commands.end(unit, application_id)


@router.post("/own-bidding/passes", **may("housing.own_bid.by_code"))
async def change_code_into_bidding_pass(unit: Unit, body: NumberAndCode) -> PassView:
    """A pass for an hour. 403 for every number and code that do not belong together, whichever is wrong."""
    secret, until = await commands.sign_in(unit, body.bidding_number, body.code)
    return PassView(pass_=secret, until=until)


@router.post("/own-bidding/page", **may("housing.own_bid.by_code"))
async def read_own_bidding(unit: Unit, body: ByPass) -> OwnPage:
    """Their application, the open homes with why or why not, their bids, and their place once bidding is over."""
    return await queries.page(unit, await commands.whose(unit, body.pass_))


@router.post("/own-bidding/bids", status_code=201, **may("housing.own_bid.by_code", keyed=True, refusals=(404,)))
async def place_own_bid(unit: Unit, body: BidByPass) -> OwnPage:
    """Bid. 422 with every rule that they do not meet; 409 once bidding is over."""
    bid = await commands.bid(unit, body.pass_, body.number)
    return await queries.page(unit, bid.application_id)


@router.post("/own-bidding/withdrawals", **may("housing.own_bid.by_code", refusals=(404, 409, 412)))
async def withdraw_own_bid(unit: Unit, body: BackByPass) -> OwnPage:
    """Take a bid back while bidding goes on."""
    bid = await commands.take_back(unit, body.pass_, body.bid_id, body.seen_version)
    return await queries.page(unit, bid.application_id)


@router.post("/own-bidding/sign-outs", status_code=204, **may("housing.own_bid.by_code"))
async def sign_out_of_bidding(unit: Unit, body: ByPass) -> None:
    """The pass opens nothing any more."""
    await commands.sign_out(unit, body.pass_)
