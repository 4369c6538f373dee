"""Two people who must not find each other, and who is told nothing of the one by anybody's account."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.casefile.people import PersonState
from kit.contracts.envelope import Concerns, EventData, UtcDatetime
from kit.contracts.event_type import SERVICES, EventType, Sensitivity, live

ORGANISATION = "organisation:"
"""Before the id of an organisation among `barred_workers`: everybody who signs in for it is barred."""


class SealedPerson(PersonState):
    """Somebody a separation is about, whole, at their version: what keeps them back from whom."""

    sequence: int = Field(ge=1, description="The person's version with this state")


class SeparationState(EventData):
    """A separation: who is protected from whom, and the people it seals as they are kept back now.

    It carries their whole states, so that a service hides them with this one event, whatever else is late.
    """

    separation_id: UUID
    protected_person_id: UUID
    separated_person_id: UUID
    state: Literal["standing", "lifted"]
    people: tuple[SealedPerson, ...]
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Nobody: a list that changed for them is not told of it."""
        return Concerns.of()

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


def _about_two(event: str, summary: str) -> EventType:
    return live(f"casefile.people.{event}", SeparationState, summary, Sensitivity.SPECIAL, *SERVICES, "gateway")


EVENTS: tuple[EventType, ...] = (
    _about_two("separated", "Two people must not find each other, or more must be kept back for it"),
    _about_two("rejoined", "A separation was lifted by two people"),
)
