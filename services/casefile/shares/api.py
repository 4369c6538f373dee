"""The HTTP door of shares: for whoever makes one, and for the gateway that shows its page once."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.shares import commands, domain, queries, rows
from services.casefile.shares.domain import Shows
from services.casefile.shares.queries import PageView
from services.casefile.shares.rows import ShareView

router = APIRouter(route_class=UnitRoute, tags=["shares"])


class NewShare(BaseModel):
    """A page of somebody's own, with the word they chose while they were with you."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    shows: Annotated[list[Shows], Field(min_length=1, max_length=2)]
    plan_id: UUID | None = None
    word: SecretStr = Field(
        max_length=200,
        description="Chosen face to face. Never a date of birth, postcode, phone number, name or row of digits",
    )
    chosen: Literal["face_to_face"] = Field(description="On the phone nobody knows who listens")
    days: int = Field(7, ge=1, le=domain.MOST_DAYS, description="How long it may wait to be opened")
    send: bool = Field(True, description="To a phone or mailbox that is theirs alone; else show them the address")


class ShareAddress(BaseModel):
    """A share with its address, shown this once."""

    share: ShareView
    path: str = Field(description="Of our own door, to copy into their own device now; it is kept nowhere")


@router.post("/shares", status_code=201, **may("casefile.share.make", keyed=True, refusals=(404,)))
async def make_share(unit: Unit, response: Response, share: NewShare) -> ShareView:
    """Share somebody's plan, or who looked, with them alone: by a link and their word, opened once, on one device."""
    row = await commands.make(
        unit,
        share.person_id,
        share.shows,
        share.plan_id,
        share.word.get_secret_value(),
        share.days,
        send=share.send,
    )
    response.headers["Location"] = f"/v1/casefile/shares/{row.id}"
    set_etag(response, row.version)
    return rows.shown(row)


@router.get("/shares", **may("casefile.share.read"))
async def list_shares(unit: Unit, paging: Paging, person_id: UUID) -> Page[ShareView]:
    """What was shared with somebody, the newest first."""
    return paging.page(await queries.of_person(unit, person_id, paging.place, paging.limit + 1), queries.place_of)


@router.get("/shares/{share_id}", **may("casefile.share.read", refusals=(404,)))
async def read_share(unit: Unit, response: Response, share_id: UUID) -> ShareView:
    """One of them: whether it was opened. Never its address or word."""
    view = await queries.view(unit, share_id)
    set_etag(response, view.version)
    return view


@router.post("/shares/{share_id}/address", **may("casefile.share.make", refusals=(404, 409, 412, 428)))
async def show_share_address(unit: Unit, response: Response, share_id: UUID, expected: Expected) -> ShareAddress:
    """A new address for it, to copy into their own device while they are with you; any earlier one stops working."""
    row, path = await commands.address(unit, share_id, expected)
    set_etag(response, row.version)
    return ShareAddress(share=rows.shown(row), path=path)


@router.post("/shares/{share_id}/withdraw", **may("casefile.share.make", refusals=(404, 409, 412, 428)))
async def withdraw_share(unit: Unit, response: Response, share_id: UUID, expected: Expected) -> ShareView:
    """It opens nothing any more, at once."""
    row = await commands.withdraw(unit, share_id, expected)
    set_etag(response, row.version)
    return rows.shown(row)


@router.post("/shares/{share_id}/page", **may("casefile.share.open", refusals=(404,)))
async def open_share(unit: Unit, share_id: UUID) -> PageView:
    """What the page shows: asked by the gateway alone, once link and word were right."""
    return await queries.page(unit, await commands.open_once(unit, share_id))
