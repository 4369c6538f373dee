"""The HTTP door of messages: what we wrote to somebody."""

from uuid import UUID

from fastapi import APIRouter

from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.messages import queries
from services.casefile.messages.queries import MessageView

router = APIRouter(route_class=UnitRoute, tags=["messages"])


@router.get("/messages", **may("casefile.message.read"))
async def list_messages(unit: Unit, paging: Paging, person_id: UUID) -> Page[MessageView]:
    """What we wrote to somebody or could not write, and why; the newest first. Never where it went."""
    rows = await queries.of_person(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)
