"""The HTTP door of access."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kit.web.pages import DEFAULT_LIMIT, After, Limit, Page, decode_cursor, encode_cursor, link_next
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.access import queries
from services.casefile.access.queries import ReadView

router = APIRouter(route_class=UnitRoute, tags=["access"])


@router.get("/access/reads", **may("casefile.access.review"))
async def list_reads(
    request: Request,
    response: Response,
    unit: Unit,
    person_id: UUID,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ReadView]:
    """Who read or wrote this person's record in the case file, and for which purpose."""
    key = request.app.state.cursor_key
    found = await queries.reads(unit, person_id, decode_cursor(key, after) if after else None, limit + 1)
    cursor = encode_cursor(key, [found[limit - 1].entry]) if len(found) > limit else None
    link_next(request, response, cursor)
    return Page(items=found[:limit], next=cursor)
