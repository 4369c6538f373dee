"""The HTTP door of the timeline."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.timeline import queries
from services.casefile.timeline.queries import EntryView, Filters, Order

router = APIRouter(route_class=UnitRoute, tags=["timeline"])

Word = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")]


@router.get("/households/{household_id}/timeline", **may("casefile.timeline.read", refusals=(404,)))
async def read_timeline(
    unit: Unit,
    paging: Paging,
    household_id: UUID,
    service: Word = None,
    kind: Word = None,
    order: Order = "newest",
) -> Page[EntryView]:
    """A household's story across all services, with who did what for which purpose."""
    filters = Filters(order, service, kind)
    found = await queries.page(unit, household_id, filters, paging.place, paging.limit + 1)
    return paging.page(found, lambda entry: [entry.occurred_at.isoformat(), str(entry.event_id)])
