"""How someone may be reached, and who is being reached just now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class SafeContactState(EventData):
    """What someone said in one contact of how it is safe to reach them; times and words stay in triage."""

    contact_id: UUID
    person_id: UUID | None = None
    ways: tuple[Code, ...] = ()
    never: tuple[Code, ...] = ()
    told_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person alone."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When they said it."""
        return self.told_at


class CallState(EventData):
    """A worker is ringing somebody of this household: until it ends, or `until`, nothing else may reach them."""

    call_id: UUID
    person_id: UUID
    household_id: UUID
    state: Code
    started_at: UtcDatetime
    until: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it began or ended."""
        return self.changed_at


_SPECIAL, _PERSONAL = Sensitivity.SPECIAL, Sensitivity.PERSONAL

EVENTS: tuple[EventType, ...] = (
    live("triage.safe_contact.told", SafeContactState, "How it is safe to reach somebody", _SPECIAL, "casefile"),
    live("triage.call.started", CallState, "A worker is ringing a household", _PERSONAL, "gateway"),
    live("triage.call.ended", CallState, "A worker stopped ringing a household", _PERSONAL, "gateway"),
)
