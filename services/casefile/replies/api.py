"""The HTTP door of replies."""

from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.replies import commands, queries
from services.casefile.replies.domain import State
from services.casefile.replies.models import Reply
from services.casefile.replies.queries import Filters, ReplyView, UnknownReplyView

router = APIRouter(route_class=UnitRoute, tags=["messages"])

_REFUSALS = (404, 409, 412, 428)


class Sender(BaseModel):
    """Whose message it is."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID


@router.get("/replies", **may("casefile.reply.read"))
async def list_replies(
    unit: Unit, paging: Paging, person_id: UUID | None = None, plan_id: UUID | None = None, state: State | None = None
) -> Page[ReplyView]:
    """What people texted back, the newest first: of those with whom you work. `state=waiting`: still to be read."""
    found = await queries.replies(unit, Filters(person_id, plan_id, state), paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/replies/{reply_id}", **may("casefile.reply.read", refusals=(404,)))
async def read_reply(unit: Unit, response: Response, reply_id: UUID) -> ReplyView:
    """One of them."""
    found = await queries.reply(unit, reply_id)
    set_etag(response, found.version)
    return found


@router.post("/replies/{reply_id}/reading", **may("casefile.reply.settle", refusals=_REFUSALS))
async def have_read_reply(unit: Unit, response: Response, reply_id: UUID, expected: Expected) -> ReplyView:
    """You have read it, and see to what it asks."""
    return await _answer(unit, response, await commands.have_read(unit, reply_id, expected))


@router.get("/unknown-replies", **may("casefile.unknown_reply.read"))
async def list_unknown_replies(unit: Unit, paging: Paging) -> Page[UnknownReplyView]:
    """Messages from numbers that are nobody's, or several people's: the front door finds out whose they are."""
    found = await queries.unknown(unit, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.post("/unknown-replies/{reply_id}/sender", **may("casefile.unknown_reply.match", refusals=_REFUSALS))
async def say_whose_reply(
    unit: Unit, response: Response, reply_id: UUID, expected: Expected, body: Sender
) -> UnknownReplyView:
    """You found out whose it is: it goes to whoever works with them."""
    row = await commands.match(unit, reply_id, expected, body.person_id)
    set_etag(response, row.version)
    return UnknownReplyView.model_validate(row)


async def _answer(unit: Unit, response: Response, row: Reply) -> ReplyView:
    set_etag(response, row.version)
    return await queries.reply(unit, row.id)
