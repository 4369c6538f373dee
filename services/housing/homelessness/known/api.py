"""The HTTP door of answer once."""

from uuid import UUID

from fastapi import APIRouter

from kit.contracts.questions import KnownAnswer
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.known import queries

router = APIRouter(route_class=UnitRoute, tags=["answer once"])


@router.get("/known", **may("housing.known.read"))
async def read_known(unit: Unit, person_id: UUID) -> list[KnownAnswer]:
    """What the person told housing before, by question code: to be confirmed, not asked again."""
    return await queries.known(unit, person_id)
