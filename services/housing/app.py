"""housing, composed."""

from kit.events import access, separation
from kit.service import Service
from services.housing.holdings import RIGHTS
from services.housing.homelessness import api as homelessness
from services.housing.homelessness import handlers as front_door
from services.housing.homes import api as homes
from services.housing.homes import loading as homes_loading
from services.housing.loads import api as loads
from services.housing.loads import commands as loading
from services.housing.loads.domain import Kind
from services.housing.placements import api as placements
from services.housing.placements import clocks as staying
from services.housing.roughsleeping import api as rough_sleeping
from services.housing.tables import Base

SERVICE = Service(
    name="housing",
    summary="From keeping a home to letting one",
    metadata=Base.metadata,
    routers=(homelessness.router, homes.router, loads.router, placements.router, rough_sleeping.router),
    handlers=(
        access.people,
        separation.handlers,
        access.households,
        access.colleagues,
        front_door.handlers,
        RIGHTS.handlers,
    ),
    timers={staying.SIX_WEEKS: staying.ring},
    jobs={loading.job_of(Kind.HOMES): loading.working_off(homes_loading.take)},
)
