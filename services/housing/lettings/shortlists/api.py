"""The HTTP door of shortlists, for officers. What anybody may read of one is in `results`."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings.shapes import Words
from services.housing.lettings.shortlists import commands, queries
from services.housing.lettings.shortlists.queries import LineView, ShortlistView
from services.housing.lettings.states import WhyPassed

router = APIRouter(route_class=UnitRoute, tags=["lettings"])


class Passing(BaseModel):
    """Why somebody who is next is passed by. They are told, and may object."""

    model_config = ConfigDict(extra="forbid")

    because: WhyPassed
    words: Words


@router.get("/adverts/{advert_id}/shortlist", **may("housing.shortlist.read", refusals=(404,)))
async def read_shortlist(unit: Unit, response: Response, advert_id: UUID) -> ShortlistView:
    """The frozen list: its hash and its draw."""
    view = await queries.shortlist(unit, advert_id)
    set_etag(response, view.version)
    return view


@router.get("/adverts/{advert_id}/shortlist/lines", **may("housing.shortlist.read"))
async def list_lines(unit: Unit, paging: Paging, advert_id: UUID) -> Page[LineView]:
    """Who is on it, in order; whoever was left out comes last, with every reason."""
    return paging.page(await queries.lines(unit, advert_id, paging.place, paging.limit + 1), queries.place_of)


@router.post(
    "/adverts/{advert_id}/shortlist/lines/{bid_id}/passing",
    status_code=201,
    **may("housing.shortlist.pass", keyed=True, refusals=(404,)),
)
async def pass_by(unit: Unit, advert_id: UUID, bid_id: UUID, body: Passing) -> LineView:
    """Pass somebody by, as a named officer, with the reason. They are told."""
    return LineView.model_validate(await commands.pass_by(unit, advert_id, bid_id, body.because, body.words))
