"""The work on a case: steps up and down, approvals, tasks, warnings, and whose caseload changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.contracts.codes import Layer, Urgency
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class StepState(EventData):
    """A step up to a statutory team, or down from one, whole. Offered is not done: only accepted by name is."""

    step_id: UUID
    case_id: UUID
    household_id: UUID
    compartment: Code | None = None
    direction: Literal["up", "down"]
    layer: Layer
    statutory_service: Code
    specialism: Code | None = None
    from_worker: WorkerId
    to_worker: WorkerId | None = None
    to_team: Code | None = None
    urgency: Urgency
    resident: Literal["present", "told", "not_told"]
    state: Literal["offered", "accepted", "declined", "withdrawn", "lapsed"]
    accepted_by: WorkerId | None = None
    due_at: UtcDatetime
    escalated_at: UtcDatetime | None = None
    offered_at: UtcDatetime
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class ApprovalState(EventData):
    """What a manager is asked to approve, whole; what was said stays in the case file."""

    approval_id: UUID
    case_id: UUID
    household_id: UUID
    kind: Code
    state: Literal["asked", "returned", "approved", "withdrawn"]
    asked_by: WorkerId
    decided_by: WorkerId | None = None
    remarks: int
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class CaseTaskState(EventData):
    """A task of a worker on a case, whole; what is to be done stays in the case file."""

    case_task_id: UUID
    case_id: UUID
    household_id: UUID
    owner: WorkerId
    due_on: date
    state: Literal["open", "done", "dropped"]
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class WarningState(EventData):
    """A warning about meeting somebody, whole; what happened and how to meet them stays in the case file."""

    warning_id: UUID
    person_id: UUID
    kind: Code
    state: Literal["proposed", "standing", "refused", "removed"]
    incident_on: date
    told: bool | None = None
    review_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class CaseloadChanged(EventData):
    """Something changed on what a worker holds (null: on what nobody holds yet). Which case, it does not say."""

    worker_id: WorkerId | None = None
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it changed."""
        return self.changed_at


class ReallocationState(EventData):
    """A worker's cases went to others in one act: how many, not which."""

    reallocation_id: UUID
    from_worker: WorkerId
    to_workers: tuple[WorkerId, ...]
    reason: Code
    cover_until: date | None = None
    cases: int
    state: Literal["done", "given_back"]
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


_PERSONAL, _SPECIAL = Sensitivity.PERSONAL, Sensitivity.SPECIAL


def _step(event: str, summary: str) -> EventType:
    return live(f"casefile.step.{event}", StepState, summary, _SPECIAL, case_fact=True)


def _approval(event: str, summary: str) -> EventType:
    return live(f"casefile.approval.{event}", ApprovalState, summary, _SPECIAL)


def _task(event: str, summary: str) -> EventType:
    # `casefile.task.completed` is of a plan; these are promises of workers among themselves.
    return live(f"casefile.case_task.{event}", CaseTaskState, summary, _PERSONAL)


def _warning(event: str, summary: str) -> EventType:
    return live(f"casefile.warning.{event}", WarningState, summary, _SPECIAL)


EVENTS: tuple[EventType, ...] = (
    _step("offered", "A step up to a statutory team, or down from one, was offered"),
    _step("accepted", "Somebody accepted a step up or down by name"),
    _step("declined", "A step up or down was declined: the sender holds on"),
    _step("withdrawn", "A step up or down was withdrawn: the sender holds on"),
    _step("lapsed", "A step up or down can no longer be accepted"),
    _step("escalated", "Nobody answered a step up or down in time: a manager sees it"),
    _approval("asked", "A manager was asked to approve something of a case"),
    _approval("returned", "A manager returned it with a comment"),
    _approval("approved", "A manager approved it"),
    _approval("withdrawn", "Who asked took it back"),
    _task("made", "A worker is to do something on a case"),
    _task("changed", "A task's day or owner changed"),
    _task("done", "A task was done"),
    _task("dropped", "A task was dropped, with a reason"),
    _warning("proposed", "A warning about meeting somebody was proposed"),
    _warning("decided", "A senior decided on a warning"),
    _warning("told", "The person was told of a warning, or why not"),
    _warning("reviewed", "A warning was reviewed and stands"),
    _warning("removed", "A warning was removed"),
    live("casefile.reallocation.made", ReallocationState, "A worker's cases went to others in one act", _PERSONAL),
    live("casefile.reallocation.given_back", ReallocationState, "After an absence the cases went back", _PERSONAL),
    live(
        "casefile.caseload.changed",
        CaseloadChanged,
        "What a worker holds changed, or what nobody holds yet",
        _PERSONAL,
        "gateway",
    ),
)
