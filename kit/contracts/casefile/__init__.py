"""What casefile tells the others, a module for each capability."""

from kit.contracts.access import owed_by_every_service
from kit.contracts.casefile import (
    access,
    agreements,
    cases,
    casework,
    community_safety,
    complaints,
    leaving_care,
    messages,
    money,
    outcomes,
    papers,
    people,
    plans,
    registers,
    rights,
    separation,
    wardneeds,
    work,
)
from kit.contracts.event_type import EventType

EVENTS: tuple[EventType, ...] = (
    *people.EVENTS,
    *cases.EVENTS,
    *casework.EVENTS,
    *plans.EVENTS,
    *outcomes.EVENTS,
    *work.EVENTS,
    *leaving_care.EVENTS,
    *community_safety.EVENTS,
    *money.EVENTS,
    *access.EVENTS,
    *separation.EVENTS,
    *rights.EVENTS,
    *complaints.EVENTS,
    *agreements.EVENTS,
    *messages.EVENTS,
    *papers.EVENTS,
    *registers.EVENTS,
    *wardneeds.EVENTS,
    *owed_by_every_service("casefile"),
)
