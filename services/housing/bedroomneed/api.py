"""The HTTP door of bedroom need: ages in, rooms out; nothing is kept and nobody is named."""

from fastapi import APIRouter

from kit.web.routing import Unit, UnitRoute, may
from services.housing.bedroomneed.shapes import NeedAnswer, NeedAsked, answer

router = APIRouter(route_class=UnitRoute, tags=["bedroom need"])


@router.post("/bedroom-need", **may("housing.bedroom_need.ask"))
async def ask_bedroom_need(unit: Unit, body: NeedAsked) -> NeedAnswer:
    """How many bedrooms this household needs, by each rule set, who shares with whom, and why."""
    return answer(body)
