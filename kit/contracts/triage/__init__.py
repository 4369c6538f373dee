"""What triage tells the others, a module for each capability."""

from kit.contracts.access import owed_by_every_service
from kit.contracts.event_type import EventType
from kit.contracts.triage import (
    applications,
    contacts,
    directory,
    duty_to_refer,
    handovers,
    hubs,
    outreach,
    partners,
    queue,
    reaching,
    referrals,
    safeguarding,
    speakers,
    tasks,
    volunteers,
)

EVENTS: tuple[EventType, ...] = (
    *contacts.EVENTS,
    *safeguarding.EVENTS,
    *applications.EVENTS,
    *handovers.EVENTS,
    *speakers.EVENTS,
    *tasks.EVENTS,
    *duty_to_refer.EVENTS,
    *queue.EVENTS,
    *referrals.EVENTS,
    *partners.EVENTS,
    *outreach.EVENTS,
    *reaching.EVENTS,
    *hubs.EVENTS,
    *directory.EVENTS,
    *volunteers.EVENTS,
    *owed_by_every_service("triage"),
)
