"""The HTTP door of homelessness."""

from uuid import UUID

from fastapi import APIRouter

from kit.store import access
from kit.store.access import KnownHousehold
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.law.showing import HomelessnessLawView, law_view

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])


@router.get("/households/{household_id}", **may("housing.household.read", refusals=(404,)))
async def read_household(unit: Unit, household_id: UUID) -> KnownHousehold:
    """Who housing has heard belongs to a household."""
    return await access.household(unit, household_id)


@router.get("/homelessness-law", **may("housing.homelessness_law.read"))
async def read_homelessness_law(unit: Unit) -> HomelessnessLawView:
    """The duties as we hold them: every step, its section, its conditions and its clocks, for anyone to check."""
    return law_view()
