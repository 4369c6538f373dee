"""triage, composed."""

from kit.events import access
from kit.service import Service
from services.triage.capacity import api as capacity
from services.triage.capacity import commands as asking
from services.triage.contacts import api as contacts
from services.triage.contacts import commands as telling
from services.triage.discharges import api as discharges
from services.triage.discharges import commands as coming_home
from services.triage.landlords import api as landlords
from services.triage.organisations import api as organisations
from services.triage.outreach import api as outreach
from services.triage.outreach import handlers as signals
from services.triage.queue import api as queue
from services.triage.queue import commands as queueing
from services.triage.reaching import commands as reaching
from services.triage.reaching import handlers as news
from services.triage.recovery_holds import api as recovery_holds
from services.triage.recovery_holds import commands as waiting
from services.triage.referrals import api as referrals
from services.triage.referrals import commands as referring
from services.triage.referrals import handlers as management
from services.triage.safeguarding import api as safeguarding
from services.triage.safeguarding import commands as alarms
from services.triage.safeguarding import handlers as lines
from services.triage.tables import Base

telling.AFTER_CHANGE.append(queueing.follow_contact)
telling.AFTER_CHANGE.append(reaching.tell_safe_ways)

SERVICE = Service(
    name="triage",
    summary="The front door: contacts, needs, decisions, safeguarding concerns and offers of help",
    metadata=Base.metadata,
    routers=(
        contacts.router,
        safeguarding.router,
        outreach.router,
        recovery_holds.router,
        organisations.router,
        queue.router,
        referrals.router,
        capacity.router,
        discharges.router,
        landlords.router,
    ),
    handlers=(access.people, access.colleagues, signals.handlers, news.handlers, lines.handlers, management.handlers),
    timers={
        alarms.RING: alarms.ring,
        alarms.ESCALATE: alarms.escalate,
        waiting.UNANSWERED: waiting.escalate,
        referring.CHASE: referring.chase,
        referring.ESCALATE: referring.escalate,
        asking.UNANSWERED: asking.give_up,
        coming_home.HOME: coming_home.home_not_ready,
        coming_home.CALL: coming_home.not_called,
        queueing.STEP: queueing.step,
    },
)
