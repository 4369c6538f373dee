"""grants, composed."""

from kit.events import access, separation
from kit.service import Service
from services.grants.funds import api as funds
from services.grants.hardship import api as hardship
from services.grants.holdings import RIGHTS
from services.grants.tables import Base

SERVICE = Service(
    name="grants",
    summary="Neighbourhood money decided by residents",
    metadata=Base.metadata,
    routers=(hardship.router, funds.router),
    handlers=(access.people, separation.handlers, access.households, access.colleagues, RIGHTS.handlers),
)
