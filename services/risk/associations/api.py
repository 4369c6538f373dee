"""The HTTP door of associations."""

from fastapi import APIRouter

from kit.web.routing import Unit, UnitRoute, may
from services.risk.associations import commands
from services.risk.associations.shapes import AssociationQuestion, AssociationView

router = APIRouter(route_class=UnitRoute, tags=["associations"])


@router.post("/associations", **may("risk.association.ask"))
async def ask_association(unit: Unit, body: AssociationQuestion) -> AssociationView:
    """How much more often an outcome is seen where something else is: relative risk, odds ratio, crude and adjusted."""
    return await commands.associate(unit, body)
