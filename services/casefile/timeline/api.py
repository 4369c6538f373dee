"""The HTTP door of the timeline."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from kit.web.pages import DEFAULT_LIMIT, After, Limit, Page, decode_cursor, encode_cursor, link_next
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.timeline import queries
from services.casefile.timeline.queries import EntryView, Order

router = APIRouter(route_class=UnitRoute, tags=["timeline"])

Word = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")]


@router.get("/households/{household_id}/timeline", **may("casefile.timeline.read", refusals=(404,)))
async def read_timeline(
    request: Request,
    response: Response,
    unit: Unit,
    household_id: UUID,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
    service: Word = None,
    kind: Word = None,
    order: Order = "newest",
) -> Page[EntryView]:
    """A household's story across all services, with who did what for which purpose."""
    key = request.app.state.cursor_key
    place = decode_cursor(key, after) if after else None
    found = await queries.page(
        unit, household_id, order=order, service=service, kind=kind, after=place, limit=limit + 1
    )
    cursor = None
    if len(found) > limit:
        last = found[limit - 1]
        cursor = encode_cursor(key, [last.occurred_at.isoformat(), str(last.event_id)])
    link_next(request, response, cursor)
    return Page(items=found[:limit], next=cursor)
