"""grants, composed."""

from kit.events import access
from kit.service import Service
from services.grants.hardship import api as hardship
from services.grants.tables import Base

SERVICE = Service(
    name="grants",
    summary="Neighbourhood money decided by residents",
    metadata=Base.metadata,
    routers=(hardship.router,),
    handlers=(access.people, access.households, access.colleagues),
)
