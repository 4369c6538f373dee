"""What grants tells the others, a module for each part.

Only a hardship payment is a household's case fact: how residents take part is nobody's case.
"""

from kit.contracts.access import owed_by_every_service
from kit.contracts.event_type import EventType
from kit.contracts.grants import awards, ballots, funds, hardship, panels, proposals

EVENTS: tuple[EventType, ...] = (
    *funds.EVENTS,
    *awards.EVENTS,
    *panels.EVENTS,
    *ballots.EVENTS,
    *proposals.EVENTS,
    *hardship.EVENTS,
    *owed_by_every_service("grants"),
)
