"""Who may speak about a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class SpeakerState(EventData):
    """Somebody who may speak about a person, whole, as of this version. Names and words stay in triage."""

    speaker_id: UUID
    person_id: UUID
    capacity: Code
    scope: tuple[Code, ...] = ()
    proof: Code | None = None
    expires_on: date | None = None
    state: Literal["standing", "ended"]
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person: it is their own, not the household's."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


def _speaker(event: str, summary: str) -> EventType:
    return live(f"triage.speaker.{event}", SpeakerState, summary, Sensitivity.PERSONAL)


# On nobody's timeline: who somebody trusts to speak for them is read where it is asked, by whoever needs it.
EVENTS: tuple[EventType, ...] = (
    _speaker("recorded", "Somebody may speak about a person"),
    _speaker("changed", "What somebody may speak about, or its proof or end, changed"),
    _speaker("ended", "Somebody may no longer speak about a person"),
)
