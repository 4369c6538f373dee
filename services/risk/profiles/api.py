"""The HTTP door of profiles."""

from uuid import UUID

from fastapi import APIRouter

from kit.store import access
from kit.store.access import KnownPerson
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, tags=["profiles"])


@router.get("/people/{person_id}", **may("risk.person.read", refusals=(404,)))
async def read_person(unit: Unit, person_id: UUID) -> KnownPerson:
    """Which households risk has heard that a person belongs to."""
    return await access.person(unit, person_id)
