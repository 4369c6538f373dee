"""The register's doors, alarms, loads and ears in one place, for `services/housing/app.py`."""

from services.housing.bedroomneed import api as bedrooms
from services.housing.loads import commands as loading
from services.housing.loads.domain import LoadKind
from services.housing.medical import api as medical
from services.housing.register import api, following, handlers
from services.housing.register import loading as applications
from services.housing.register.decisions import api as decisions
from services.housing.register.decisions import commands as deciding
from services.housing.register.decisions import reviews

ROUTERS = (bedrooms.router, api.router, decisions.router, medical.router)
HANDLERS = handlers.handlers
TIMERS = {
    deciding.RECHECK: following.recheck,
    deciding.RENEW: following.renewal,
    deciding.SUSPENDED: following.suspension_over,
    reviews.REVIEW_DUE: reviews.due,
}
JOBS = {loading.job_of(LoadKind.APPLICATIONS): loading.working_off(applications.take)}
