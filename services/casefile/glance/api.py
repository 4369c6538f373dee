"""The HTTP doors of a household in brief and at a glance."""

from uuid import UUID

from fastapi import APIRouter

from kit.web.routing import Unit, UnitRoute, may
from services.casefile.glance import queries
from services.casefile.glance.queries import Brief, Glance

router = APIRouter(route_class=UnitRoute, tags=["households"])


@router.get("/households/{household_id}/in-brief", **may("casefile.household.glance", refusals=(404,)))
async def read_in_brief(unit: Unit, household_id: UUID) -> Brief:
    """A household with its people, cases and warnings: what stands on top of each of its pages."""
    return await queries.brief(unit, household_id)


@router.get("/households/{household_id}/at-a-glance", **may("casefile.household.glance", refusals=(404,)))
async def read_at_a_glance(unit: Unit, household_id: UUID) -> Glance:
    """A household with its people, cases, warnings, plans, tasks, story and notes: what its page opens with."""
    return await queries.glance(unit, household_id)
