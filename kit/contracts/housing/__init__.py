"""What housing tells the others, a module for each part."""

from kit.contracts.access import owed_by_every_service
from kit.contracts.event_type import EventType
from kit.contracts.housing import estates, homelessness, lettings, placements, register

EVENTS: tuple[EventType, ...] = (
    *homelessness.EVENTS,
    *placements.EVENTS,
    *register.EVENTS,
    *lettings.EVENTS,
    *estates.EVENTS,
    *owed_by_every_service("housing"),
)
