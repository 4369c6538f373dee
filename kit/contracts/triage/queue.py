"""The queue: who waits, in which place, and by which version of the rules."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import QueueKind, Urgency
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class QueueEntryState(EventData):
    """An entry of the queue, whole, as of this version: codes and moments, never why in anyone's words."""

    entry_id: UUID
    kind: QueueKind
    subject_id: UUID = Field(description="The contact, the concern or the referral that waits")
    person_ids: tuple[UUID, ...] = ()
    household_id: UUID | None = None
    team: Code | None = None
    hub: Code | None = None
    urgency: Urgency
    state: Literal["waiting", "removed"]
    reason: Code | None = Field(default=None, description="Why it was moved or removed")
    band: Code
    stands_since: UtcDatetime = Field(description="When it would have come had it no head start")
    arrived_at: UtcDatetime
    due_at: UtcDatetime | None = Field(default=None, description="When the first of its clocks runs out")
    rules_version: int = Field(ge=1)
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whom it is about, as far as known."""
        return Concerns.of(people=self.person_ids, households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class QueueRulesState(EventData):
    """A version of the queue's rules: where it stands; what it says is at triage's open address."""

    version: int = Field(ge=1)
    state: Literal["draft", "published", "superseded"]
    by: WorkerId
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


_SPECIAL = Sensitivity.SPECIAL


def _entry(event: str, summary: str) -> EventType:
    return live(f"triage.queue_entry.{event}", QueueEntryState, summary, _SPECIAL, "gateway")


EVENTS: tuple[EventType, ...] = (
    _entry("added", "A contact, a concern or a referral that came back joined the queue"),
    _entry("moved", "An entry of the queue changed its place"),
    _entry("changed", "What is known of an entry of the queue changed, not its place"),
    _entry("removed", "An entry left the queue"),
    live(
        "triage.queue_rules.changed",
        QueueRulesState,
        "A version of the queue's rules was drafted, published or superseded",
        Sensitivity.OPEN,
        "gateway",
    ),
)
