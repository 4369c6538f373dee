"""Pages shown to the person they are about, by a link and a word chosen face to face; what was written without us."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed


class SharedPage(EventData):
    """Sealed for the gateway: what opens a page. Of link and word only digests; never what the page shows."""

    share_id: UUID
    person_id: UUID
    version: int = Field(ge=1)
    state: Literal["open", "withdrawn"]
    token_digest: str = Field(description="SHA-256 of the address's secret, in hex")
    word_salt: str = Field(description="In hex")
    word_digest: str = Field(description="scrypt of the word, in hex: kit.chosen_word")
    until: UtcDatetime = Field(description="Business time")

    def concerns(self) -> Concerns:
        """The person alone."""
        return Concerns.of(people=(self.person_id,))


class WrittenWithoutUs(EventData):
    """Something that happened while the systems were down, written on paper and typed in since. Never the words."""

    entry_id: UUID
    person_id: UUID
    household_id: UUID | None = None
    kind: Code
    was_at: UtcDatetime = Field(description="When it happened, as the paper says")
    typed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it happened, not when it was typed."""
        return self.was_at


EVENTS: tuple[EventType, ...] = (
    live_sealed("casefile.share.changed", SharedPage, "A page of somebody's own may be opened, or no more", "gateway"),
    live(
        "casefile.paper_entry.typed",
        WrittenWithoutUs,
        "What was written on paper during an outage was typed in",
        Sensitivity.PERSONAL,
        case_fact=True,
    ),
)
