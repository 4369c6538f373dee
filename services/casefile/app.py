"""casefile, composed."""

from kit.events import access as known
from kit.events import separation as known_apart
from kit.service import Service
from services.casefile import casework, journeys
from services.casefile.abuse import api as abuse
from services.casefile.access import api as access
from services.casefile.access import commands as looking_inside
from services.casefile.access import handlers as seals
from services.casefile.agreements import api as agreements
from services.casefile.agreements import commands as lapsing
from services.casefile.complaints import api as complaints
from services.casefile.complaints import commands as complaining
from services.casefile.glance import api as glance
from services.casefile.holdings import RIGHTS
from services.casefile.households import api as households
from services.casefile.imports import api as imports
from services.casefile.imports import commands as loading
from services.casefile.introductions import commands as forgetting
from services.casefile.introductions import handlers as introductions
from services.casefile.looked import api as looked
from services.casefile.messages import api as messages
from services.casefile.messages import handlers as telling
from services.casefile.money import alarms
from services.casefile.money import api as money
from services.casefile.notes import api as notes
from services.casefile.notes import breach_api as breaches
from services.casefile.notes import breach_commands as governance
from services.casefile.notes.domain import DRAFT as NOTE_DRAFT
from services.casefile.notes.moving import UNDECIDED
from services.casefile.papers import api as papers
from services.casefile.papers import surroundings
from services.casefile.papers.downtime import api as downtime
from services.casefile.papers.downtime import commands as packing
from services.casefile.papers.downtime import handlers as visits
from services.casefile.papers.letters import api as letters
from services.casefile.people import api as people
from services.casefile.people import membership
from services.casefile.plans import api as plans
from services.casefile.replies import api as replies
from services.casefile.replies import handlers as hearing
from services.casefile.rights import api as rights
from services.casefile.rights import commands as owed
from services.casefile.rights import handlers as packages
from services.casefile.rights import packages as parcels
from services.casefile.separation import api as separation
from services.casefile.separation import commands as keeping_apart
from services.casefile.separation import handlers as apart
from services.casefile.separation import sealing
from services.casefile.shares import api as shares
from services.casefile.tables import Base
from services.casefile.timeline import api as timeline
from services.casefile.timeline import handlers as story

# Whoever moves in with somebody protected is sealed with them, in the same transaction.
membership.AFTER_CHANGE.append(keeping_apart.follow_home)

SERVICE = Service(
    name="casefile",
    summary="The common case file: people, households, one timeline, one case",
    metadata=Base.metadata,
    routers=(
        people.router,
        households.router,
        glance.router,
        timeline.router,
        *casework.ROUTERS,
        notes.router,
        breaches.router,
        plans.router,
        *money.ROUTERS,
        *journeys.ROUTERS,
        access.router,
        separation.router,
        abuse.router,
        imports.router,
        messages.router,
        replies.router,
        letters.router,
        papers.router,
        downtime.router,
        looked.router,
        shares.router,
        rights.router,
        complaints.router,
        agreements.router,
    ),
    handlers=(
        known.people,
        known_apart.picture,
        known.colleagues,
        story.handlers,
        *casework.HANDLERS,
        *journeys.HANDLERS,
        seals.handlers,
        introductions.handlers,
        telling.handlers,
        hearing.handlers,
        visits.handlers,
        packages.handlers,
        RIGHTS.handlers,
        apart.handlers,
    ),
    timers={
        forgetting.EXPIRE: forgetting.expire,
        forgetting.TIDY: forgetting.tidy,
        packing.DAILY: packing.make_all,
        owed.DUE: owed.ring,
        owed.FORGET: parcels.forget,
        complaining.DUE: complaining.ring,
        lapsing.LAPSE: lapsing.lapse,
        **alarms.TIMERS,
        **casework.TIMERS,
        **journeys.TIMERS,
        sealing.EXPIRE: keeping_apart.expire,
        looking_inside.REVIEW_LATE: looking_inside.review_late,
        UNDECIDED: governance.undecided,
    },
    jobs={loading.JOB: loading.work_off, packing.JOB: packing.make},
    lasting_drafts=frozenset({NOTE_DRAFT}),
    opened=surroundings.serving,
)
