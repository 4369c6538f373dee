"""What people may ask of those who hold their data."""

from kit.contracts.event_type import SERVICES, EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("casefile.rights.access_requested", "A person asked for their data", Sensitivity.PERSONAL, *SERVICES),
    planned("casefile.rights.erasure_requested", "A person's data must be erased", Sensitivity.PERSONAL, *SERVICES),
)
