"""Messages to residents, once the safe way is known."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from kit.contracts.envelope import Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed
from kit.contracts.messages import Addressed, MessageOutcome


class ReplyState(EventData):
    """What somebody texted back: that they did. Their words stay in the case file."""

    reply_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    state: Literal["waiting", "read"]
    received_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person, and the household they lived in then."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,) if self.household_id else ())

    def happened_at(self) -> datetime:
        """When it came, or when it was read."""
        return self.received_at if self.state == "waiting" else self.changed_at


EVENTS: tuple[EventType, ...] = (
    live_sealed("casefile.message.addressed", Addressed, "A message with its safe address", "gateway"),
    live(
        "casefile.message.failed",
        MessageOutcome,
        "A message could reach nobody safely",
        Sensitivity.PERSONAL,
        "triage",
    ),
    live(
        "casefile.reply.received", ReplyState, "Somebody answered by text message", Sensitivity.PERSONAL, case_fact=True
    ),
    live("casefile.reply.read", ReplyState, "A worker read what somebody texted back", Sensitivity.PERSONAL),
)
