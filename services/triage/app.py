"""triage, composed."""

from kit.events import access, separation
from kit.service import Service
from services.triage.applications import api as applications
from services.triage.applications import commands as applying
from services.triage.appointments import api as appointments
from services.triage.appointments import commands as meeting
from services.triage.appointments import handlers as apart
from services.triage.capacity import api as capacity
from services.triage.capacity import commands as asking
from services.triage.community import api as community
from services.triage.community import commands as lending
from services.triage.contacts import api as contacts
from services.triage.contacts import commands as telling
from services.triage.directory import api as directory
from services.triage.directory import feeds, keeping_api
from services.triage.discharges import api as discharges
from services.triage.discharges import commands as coming_home
from services.triage.duty_to_refer import api as duty_to_refer
from services.triage.duty_to_refer import commands as referred
from services.triage.handovers import api as handovers
from services.triage.handovers import commands as handing_over
from services.triage.handovers import handlers as suspensions
from services.triage.holdings import RIGHTS
from services.triage.hubs import api as hubs
from services.triage.immigration import api as immigration
from services.triage.interpreters import api as interpreters
from services.triage.interpreters import commands as interpreting
from services.triage.known import api as known
from services.triage.landlords import api as landlords
from services.triage.lone_visits import api as lone_visits
from services.triage.lone_visits import commands as going
from services.triage.meeting_plans import api as meeting_plans
from services.triage.objections import handlers as rights
from services.triage.organisations import api as organisations
from services.triage.outreach import api as outreach
from services.triage.outreach import handlers as signals
from services.triage.queue import api as queue
from services.triage.queue import commands as queueing
from services.triage.queue import following
from services.triage.reaching import commands as reaching
from services.triage.reaching import handlers as news
from services.triage.recipients import api as recipients
from services.triage.recipients import handlers as putting_right
from services.triage.recovery_holds import api as recovery_holds
from services.triage.recovery_holds import commands as waiting
from services.triage.referrals import api as referrals
from services.triage.referrals import commands as referring
from services.triage.referrals import handlers as management
from services.triage.safeguarding import api as safeguarding
from services.triage.safeguarding import commands as alarms
from services.triage.speakers import api as speakers
from services.triage.speakers import handlers as words
from services.triage.tables import Base
from services.triage.tasks import api as tasks
from services.triage.tasks import commands as chasing
from services.triage.tickets import api as tickets
from services.triage.volunteers import api as volunteers

# First: nothing that may be homelessness is written without its application, whatever is told in whatever order.
telling.AFTER_CHANGE.append(applying.follow)
telling.AFTER_CHANGE.append(handing_over.follow)
telling.AFTER_CHANGE.append(referred.follow)
telling.AFTER_CHANGE.append(chasing.follow)
telling.AFTER_CHANGE.append(following.follow_contact)
telling.AFTER_CHANGE.append(reaching.tell_safe_ways)
referring.AFTER_CHANGE.append(following.follow_referral)

SERVICE = Service(
    name="triage",
    summary="The front door: contacts, needs, decisions, safeguarding concerns and offers of help",
    metadata=Base.metadata,
    routers=(
        contacts.router,
        known.router,
        applications.router,
        handovers.router,
        duty_to_refer.router,
        speakers.router,
        immigration.router,
        tasks.router,
        safeguarding.router,
        outreach.router,
        recovery_holds.router,
        organisations.router,
        directory.router,
        keeping_api.router,
        queue.router,
        referrals.router,
        recipients.router,
        capacity.router,
        discharges.router,
        landlords.router,
        hubs.router,
        tickets.router,
        appointments.router,
        interpreters.router,
        lone_visits.router,
        meeting_plans.router,
        volunteers.router,
        community.router,
    ),
    handlers=(
        access.people,
        separation.handlers,
        access.colleagues,
        signals.handlers,
        news.handlers,
        suspensions.handlers,
        management.handlers,
        apart.handlers,
        words.handlers,
        # Before what is held here is erased: the record of disclosure says who has a copy.
        putting_right.handlers,
        RIGHTS.handlers,
        rights.handlers,
    ),
    timers={
        handing_over.UNANSWERED: handing_over.escalate,
        chasing.CHASE: chasing.due,
        alarms.RING: alarms.ring,
        alarms.ESCALATE: alarms.escalate,
        waiting.UNANSWERED: waiting.escalate,
        referring.CHASE: referring.chase,
        referring.ESCALATE: referring.escalate,
        asking.UNANSWERED: asking.give_up,
        coming_home.HOME: coming_home.home_not_ready,
        coming_home.CALL: coming_home.not_called,
        queueing.STEP: queueing.step,
        alarms.CHANGED: following.follow_concern,
        meeting.REMIND: meeting.remind,
        meeting.FOLLOW_UP: meeting.nobody_followed_up,
        meeting.GIVE_WAY: meeting.gave_way,
        interpreting.RING: interpreting.ring,
        going.RING: going.ring,
        going.ESCALATE: going.escalate,
        lending.REMIND: lending.remind,
    },
    jobs={feeds.JOB: feeds.take_in},
)
