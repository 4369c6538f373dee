"""The HTTP door of access."""

from uuid import UUID

from fastapi import APIRouter

from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.access import queries
from services.casefile.access.queries import ReadView

router = APIRouter(route_class=UnitRoute, tags=["access"])


@router.get("/access/reads", **may("casefile.access.review"))
async def list_reads(unit: Unit, paging: Paging, person_id: UUID) -> Page[ReadView]:
    """Who read or wrote this person's record in the case file, and for which purpose."""
    found = await queries.reads(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda read: [read.entry])
