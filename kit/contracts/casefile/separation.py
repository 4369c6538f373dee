"""Two people who must not find each other, and records nobody but a few may see."""

from kit.contracts.event_type import SERVICES, EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("casefile.people.separated", "Two people must not find each other", Sensitivity.SPECIAL, *SERVICES),
    planned("casefile.people.rejoined", "A separation was lifted by two people", Sensitivity.SPECIAL, *SERVICES),
)
