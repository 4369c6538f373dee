"""The HTTP door of needs by ward."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from kit.contracts.envelope import UtcDatetime
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.wardneeds import commands, queries

router = APIRouter(route_class=UnitRoute, tags=["outcomes"])


class WardNeedsView(BaseModel):
    """Households with a need over a year, by ward and domain of need; `any` counts each household once."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    month: str = Field(description="YYYY-MM in which they were published")
    since: date
    until: date = Field(description="The last day counted")
    wards: dict[str, dict[str, int | None]] = Field(description="Rounded to five; null: too few, or hidden with them")
    published_by: str
    published_at: UtcDatetime


@router.post("/ward-needs", status_code=201, **may("casefile.ward_need.publish", keyed=True, refusals=(409,)))
async def publish_ward_needs(unit: Unit, response: Response) -> WardNeedsView:
    """Count what the front door heard in the year to today, and publish it for evidence packs. Once a month."""
    made = await commands.publish(unit)
    response.headers["Location"] = "/v1/casefile/ward-needs"
    return WardNeedsView.model_validate(made)


@router.get("/ward-needs", **may("casefile.ward_need.read"))
async def list_ward_needs(unit: Unit) -> list[WardNeedsView]:
    """The last two years' counts, the newest first."""
    unit.accessed("ward-needs")
    return [WardNeedsView.model_validate(row) for row in await queries.published(unit)]
