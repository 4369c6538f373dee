"""The HTTP door of links, for our own people."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from gateway.links import commands, queries
from gateway.links.queries import LinkView
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, prefix="/v1/links", tags=["links"])


class RenewedLink(BaseModel):
    """A new address in place of the old one."""

    link: LinkView
    address: str = Field(description="Hand it over now: it is shown this once. The old one has stopped working")


@router.get("", **may("gateway.link.read"))
async def list_links(
    unit: Unit,
    paging: Paging,
    target_id: Annotated[UUID | None, Query(description="Of the referral or capacity question")] = None,
) -> Page[LinkView]:
    """One-time links, the latest first: sent, answered, expired."""
    rows = await queries.links(unit, target_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/{link_id}", **may("gateway.link.read", refusals=(404,)))
async def read_link(unit: Unit, response: Response, link_id: UUID) -> LinkView:
    """One of them, without its address."""
    view = await queries.view(unit, link_id)
    set_etag(response, view.version)
    return view


@router.post("/{link_id}/renew", **may("gateway.link.keep", refusals=(400, 404, 409, 412, 428)))
async def renew_link(
    unit: Unit, request: Request, response: Response, link_id: UUID, expected: Expected
) -> RenewedLink:
    """A new address, for a partner who has lost the mail and is on the phone. The old one stops working."""
    row, address = await commands.renew(unit, link_id, expected, str(request.app.state.settings.public_url))
    set_etag(response, row.version)
    return RenewedLink(link=queries.shown(row, None), address=address)


@router.post("/{link_id}/revoke", **may("gateway.link.keep", refusals=(400, 404, 409, 412, 428)))
async def revoke_link(unit: Unit, response: Response, link_id: UUID, expected: Expected) -> LinkView:
    """Make a link useless at once: it went to the wrong mailbox."""
    row = await commands.revoke(unit, link_id, expected)
    set_etag(response, row.version)
    return queries.shown(row, None)
