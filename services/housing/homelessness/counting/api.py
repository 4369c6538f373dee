"""The HTTP door of counts."""

from typing import Annotated

from fastapi import APIRouter, Query

from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.counting import queries
from services.housing.homelessness.counting.queries import HomelessnessCountsView

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])


@router.get("/homelessness-counts", **may("housing.homelessness_count.read"))
async def read_homelessness_counts(
    unit: Unit,
    quarter: Annotated[str | None, Query(pattern=r"^20\d\d-Q[1-4]$", description="Left out: the last one over")] = None,
) -> HomelessnessCountsView:
    """A quarter in counts: who came, what was owed, how it ended, what was done about it. Nobody is in it by name."""
    return await queries.counts(unit, quarter)
