"""The journeys of casefile, composed: work, leaving care, community safety, and what came of it."""

from collections.abc import Mapping
from typing import Final

from kit.store.timers import TimerHandler
from services.casefile.communitysafety import api as community_safety
from services.casefile.communitysafety import reviews
from services.casefile.equality import api as equality
from services.casefile.leavingcare import api as leaving_care
from services.casefile.leavingcare import commands as care
from services.casefile.leavingcare import handlers as advisers
from services.casefile.outcomes import api as outcomes
from services.casefile.outcomes import commands as lasting
from services.casefile.wardneeds import api as ward_needs
from services.casefile.work import api as work
from services.casefile.work import handlers as appointments
from services.casefile.work import jobs, vacancies, vacancies_api

ROUTERS: Final = (
    work.router,
    vacancies_api.router,
    leaving_care.router,
    community_safety.router,
    outcomes.router,
    ward_needs.router,
    equality.router,
)
HANDLERS: Final = (appointments.handlers, advisers.handlers)
TIMERS: Final[Mapping[str, TimerHandler]] = {
    jobs.UNANSWERED: jobs.give_up,
    vacancies.LAPSE: vacancies.lapse,
    care.REVIEW: care.mark_overdue,
    care.BIRTHDAY: care.have_birthday,
    reviews.OVERDUE: reviews.mark_overdue,
    lasting.UNANSWERED: lasting.give_up,
}
