"""What goes in and out of the HTTP door of illegal evictions."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import UtcDatetime
from services.housing.homelessness.cases.shapes import Body, Shown, Words

Act = Literal[
    "locks_changed", "put_out", "belongings_removed", "services_cut_off", "threats", "entered_without_leave", "other"
]
Outcome = Literal["let_back_in", "left_for_good", "cautioned", "prosecuted", "not_an_offence"]
EvictionState = Literal["reported", "taken", "ended"]


class NewIllegalEviction(Body):
    """Somebody was put out, or is being driven out, without a court."""

    happened_on: date | None = Field(None, description="Left out: today")
    acts: Annotated[list[Act], Field(min_length=1, max_length=7)]
    words: Words | None = None


class IllegalEvictionEnd(Body):
    """What came of it."""

    outcome: Outcome
    words: Words | None = None


class IllegalEvictionView(Shown):
    """A lock-out with enforcement."""

    id: UUID
    version: int
    case_id: UUID
    happened_on: date
    acts: list[Act]
    words: str | None
    reported_by: str
    reported_at: UtcDatetime
    due_at: UtcDatetime = Field(description="By when enforcement takes it; then a manager hears")
    overdue: bool
    state: EvictionState
    escalated_at: UtcDatetime | None
    taken_by: str | None
    taken_at: UtcDatetime | None
    outcome: Outcome | None
    outcome_words: str | None
    ended_at: UtcDatetime | None
    changed_at: UtcDatetime
