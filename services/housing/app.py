"""housing, composed."""

from kit.events import access, separation
from kit.service import Service
from services.housing.holdings import RIGHTS
from services.housing.homelessness import api as homelessness
from services.housing.homelessness import handlers as front_door
from services.housing.tables import Base

SERVICE = Service(
    name="housing",
    summary="From keeping a home to letting one",
    metadata=Base.metadata,
    routers=(homelessness.router,),
    handlers=(
        access.people,
        separation.handlers,
        access.households,
        access.colleagues,
        front_door.handlers,
        RIGHTS.handlers,
    ),
)
