"""housing, composed."""

from kit.events import access, separation
from kit.service import Service
from services.housing.decants import api as decants
from services.housing.figures import api as figures
from services.housing.holdings import RIGHTS
from services.housing.homelessness import api as homelessness
from services.housing.homelessness import handlers as front_door
from services.housing.homelessness.activities import api as activities
from services.housing.homelessness.cases import api as cases
from services.housing.homelessness.counting import api as homelessness_counts
from services.housing.homelessness.decisions import api as decisions
from services.housing.homelessness.decisions import commands as deciding
from services.housing.homelessness.duties import commands as duties
from services.housing.homelessness.evictions import api as evictions
from services.housing.homelessness.evictions import commands as enforcing
from services.housing.homelessness.known import api as known
from services.housing.homelessness.plans import api as plans
from services.housing.homelessness.reviews import api as reviews
from services.housing.homes import api as homes
from services.housing.homes import loading as homes_loading
from services.housing.lettings import together as lettings
from services.housing.loads import api as loads
from services.housing.loads import commands as loading
from services.housing.loads.domain import LoadKind
from services.housing.placements import api as placements
from services.housing.placements import clocks as staying
from services.housing.placements import commands as placing
from services.housing.recipients import handlers as putting_right
from services.housing.register import together as register
from services.housing.rents import api as rents
from services.housing.returns.hclic import api as h_clic
from services.housing.roughsleeping import api as rough_sleeping
from services.housing.schemes import api as schemes
from services.housing.tables import Base

SERVICE = Service(
    name="housing",
    summary="From keeping a home to letting one",
    metadata=Base.metadata,
    routers=(
        homelessness.router,
        cases.router,
        decisions.router,
        plans.router,
        reviews.router,
        activities.router,
        evictions.router,
        homelessness_counts.router,
        known.router,
        homes.router,
        loads.router,
        placements.router,
        rough_sleeping.router,
        h_clic.router,
        rents.router,
        figures.router,
        schemes.router,
        decants.router,
        *register.ROUTERS,
        *lettings.ROUTERS,
    ),
    handlers=(
        access.people,
        separation.handlers,
        access.households,
        access.colleagues,
        front_door.handlers,
        register.HANDLERS,
        # Before what is held here is erased: the notices say who has a copy.
        putting_right.handlers,
        RIGHTS.handlers,
    ),
    timers={
        duties.CLOCK: deciding.ran_out,
        enforcing.UNTAKEN: enforcing.untaken,
        staying.SIX_WEEKS: placing.ring,
        **register.TIMERS,
        **lettings.TIMERS,
    },
    jobs={loading.job_of(LoadKind.HOMES): loading.working_off(homes_loading.take), **register.JOBS},
)
