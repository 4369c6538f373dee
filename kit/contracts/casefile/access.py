"""Who may see a record: the team around a household, restrictions, broken glass."""

from kit.contracts.event_type import SERVICES, EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("casefile.person.restricted", "A record was restricted", Sensitivity.SPECIAL, *SERVICES),
    planned("casefile.person.unrestricted", "A restriction was lifted", Sensitivity.SPECIAL, *SERVICES),
    planned("casefile.access.granted", "A worker joined the team around a household", Sensitivity.PERSONAL, *SERVICES),
    planned("casefile.access.revoked", "A worker left the team around a household", Sensitivity.PERSONAL, *SERVICES),
    planned("casefile.access.broken_glass", "A worker broke the glass, time-boxed", Sensitivity.SPECIAL, *SERVICES),
)
