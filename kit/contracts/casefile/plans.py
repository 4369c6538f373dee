"""The plan agreed with the person it is for, its goals, and what they, we and partners do.

Nothing of a compartment is told: no goal or task of one is announced or counted. What anything is about, the case file
alone knows. Nobody but the timeline reads these: that somebody reached a goal is no fact for a profile.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class _OfAPlan(EventData):
    """What belongs to one person's plan within a household."""

    plan_id: UUID
    person_id: UUID
    household_id: UUID
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Whose plan it is, and the household it is made within."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class PlanState(_OfAPlan):
    """A plan as it was agreed: how many goals and actions it has, and what they are not."""

    state: Literal["draft", "agreed", "ended"]
    agreed_number: int = Field(ge=0, description="1 for the first version agreed, one more each time")
    how: Code | None = Field(None, description="face_to_face, phone or link")
    goals: int = Field(ge=0)
    actions: int = Field(ge=0)
    review_on: date | None = None


class GoalState(_OfAPlan):
    """A goal of a plan: its words stay in the case file."""

    goal_id: UUID
    state: Literal["open", "achieved", "dropped"]
    achieved_on: date | None = None


class TaskState(_OfAPlan):
    """Something that they, we or a partner do: what it is stays in the case file."""

    task_id: UUID
    whose: Literal["theirs", "ours", "partners"]
    due_on: date | None = None
    state: Literal["to_do", "doing", "done", "dropped"]
    done_on: date | None = None


def _fact(event: str, model: type[EventData], summary: str) -> EventType:
    return live(f"casefile.{event}", model, summary, Sensitivity.PERSONAL, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _fact("plan.agreed", PlanState, "A plan was agreed with the person"),
    _fact("goal.achieved", GoalState, "A goal of the plan was reached"),
    _fact("goal.reopened", GoalState, "A goal said to be reached was not: it is open again"),
    _fact("task.completed", TaskState, "A task of the plan was done"),
    _fact("task.reopened", TaskState, "A task said to be done was not: it is open again"),
)
