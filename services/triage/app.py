"""triage, composed."""

from kit.events import access
from kit.service import Service
from services.triage.contacts import api as contacts
from services.triage.safeguarding import api as safeguarding
from services.triage.safeguarding import commands as alarms
from services.triage.tables import Base

SERVICE = Service(
    name="triage",
    summary="The front door: contacts, needs, decisions and safeguarding concerns",
    metadata=Base.metadata,
    routers=(contacts.router, safeguarding.router),
    handlers=(access.people, access.colleagues),
    timers={alarms.RING: alarms.ring, alarms.ESCALATE: alarms.escalate},
)
