"""The work on cases, composed: its doors and alarms, for `app.py`."""

from typing import Final

from services.casefile.approvals import api as approvals
from services.casefile.caseloads import api as caseloads
from services.casefile.cases import api as cases
from services.casefile.cases import handlers as decisions
from services.casefile.closing import api as closing
from services.casefile.steps import api as steps
from services.casefile.steps import commands as stepping
from services.casefile.steps import handlers as offers
from services.casefile.tasks import api as tasks
from services.casefile.warnings import api as warnings

ROUTERS: Final = (
    cases.router,
    closing.router,
    caseloads.router,
    approvals.router,
    steps.router,
    tasks.router,
    warnings.router,
)
HANDLERS: Final = (decisions.handlers, offers.handlers)
TIMERS: Final = {stepping.UNANSWERED: stepping.escalate}
