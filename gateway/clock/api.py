"""The HTTP door of the business clock."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gateway.clock import commands
from kit import clock
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, tags=["demo"])


def _in_reach(to: datetime) -> datetime:
    if not 2000 <= to.year <= 2099:
        raise ValueError("the demo's clock goes from the year 2000 to 2099")
    return to


class ClockMove(BaseModel):
    """Where to move the clock."""

    model_config = ConfigDict(extra="forbid")

    to: Annotated[datetime, AfterValidator(_in_reach)] = Field(
        description="Business time; without an offset it is London time"
    )


class ClockView(BaseModel):
    """Where the clock stands."""

    business_time: datetime
    offset_seconds: int


@router.post("/demo/clock", **may("gateway.clock.move"))
async def move_clock(request: Request, unit: Unit, move: ClockMove) -> ClockView:
    """Move the business clock of the whole platform. Demo only."""
    offset = await commands.move_clock(unit, move.to, environment=request.app.state.settings.environment)
    stands = (datetime.now(UTC) + offset).astimezone(clock.LONDON)
    return ClockView(business_time=stands, offset_seconds=int(offset.total_seconds()))
