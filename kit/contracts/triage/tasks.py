"""Everyday tasks at the front door: a bill, a claim, a repair."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class EverydayTaskState(EventData):
    """An everyday task, whole, as of this version; the owning team's reference and all words stay in triage."""

    everyday_task_id: UUID
    contact_id: UUID
    need_id: UUID | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    kind: Code
    owner: Code
    state: Literal["booked", "to_chase", "done", "not_done"]
    chase_on: date | None = None
    chased: int = Field(default=0, ge=0)
    held_by: WorkerId
    opened_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whose task it is."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


def _task(event: str, summary: str) -> EventType:
    return live(f"triage.everyday_task.{event}", EverydayTaskState, summary, Sensitivity.PERSONAL, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _task("booked", "An everyday task was booked with the team that does it"),
    _task("changed", "Whose everyday task it is was found"),
    _task("done", "An everyday task was done"),
    _task("due", "An everyday task was not done by its chase date: somebody asks"),
    _task("chased", "The owning team was asked again, with a new chase date"),
    _task("not_done", "An everyday task ended undone, with a reason"),
)
