"""What housing tells of homelessness: approaches, duties and how they ended, decisions, reviews, and what was done.

Findings, reasons and words stay in housing. Which duty is owed, since when and why it ended does cross: the timeline
and the picture of a household need it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class _OfCase(EventData):
    case_id: UUID
    person_id: UUID | None = None
    household_id: UUID | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """Who applied, and their household, as far as known."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class ApproachState(_OfCase):
    """An application as homeless, whole, as of this version; every clock counts from days not before `made_on`."""

    made_on: date
    source: Literal["application", "duty_to_refer", "officer"]
    application_id: UUID | None = Field(default=None, description="triage's application, if one began it")


class DutyState(_OfCase):
    """A duty, whole, as of this version."""

    duty_id: UUID
    duty: Code = Field(description="prevention, relief, interim, main, intentional, limited ...")
    section: str = Field(max_length=200)
    started_on: date
    last_day: date | None = Field(default=None, description="The last day of its clock; None: it has none")
    ended_on: date | None = None
    end_reason: Code | None = None
    family: bool = Field(default=False, description="A pregnant person or a dependent child belongs to the household")


class HomelessnessDecisionState(_OfCase):
    """A decision they were told of. What it says stays in housing."""

    decision_id: UUID
    transition: Code
    section: str = Field(max_length=200)
    made_on: date
    notified_on: date | None = None
    review_until: date | None = Field(default=None, description="The last day on which they may ask for a review")
    state: Literal["to_authorise", "to_notify", "notified", "withdrawn", "overturned"]


class HomelessnessReviewState(_OfCase):
    """A review of a decision, whole, as of this version."""

    review_id: UUID
    decision_id: UUID
    kind: Code
    asked_on: date
    due_on: date
    state: Literal["open", "decided", "withdrawn"]
    outcome: Code | None = None
    decided_on: date | None = None


class HomelessnessActivityState(_OfCase):
    """Something done to prevent or relieve homelessness, and what came of it."""

    activity_id: UUID
    kind: Code
    started_on: date
    ended_on: date | None = None
    outcome: Code | None = None
    amount_pence: int | None = Field(default=None, ge=1)


class IllegalEvictionState(_OfCase):
    """A lock-out that went to enforcement."""

    illegal_eviction_id: UUID
    happened_on: date
    acts: tuple[Code, ...] = ()
    state: Literal["reported", "taken", "ended"]
    outcome: Code | None = None


_SPECIAL = Sensitivity.SPECIAL

EVENTS: tuple[EventType, ...] = (
    live(
        "housing.approach.made",
        ApproachState,
        "A household applied as homeless or threatened with it",
        _SPECIAL,
        "risk",
        case_fact=True,
    ),
    live("housing.duty.started", DutyState, "A homelessness duty is owed", _SPECIAL, "risk", "housing", case_fact=True),
    live(
        "housing.duty.ended",
        DutyState,
        "A homelessness duty ended, with a reason",
        _SPECIAL,
        "risk",
        "housing",
        case_fact=True,
    ),
    live(
        "housing.homelessness_decision.notified",
        HomelessnessDecisionState,
        "A household was told of a decision about its application as homeless",
        _SPECIAL,
        "risk",
        case_fact=True,
    ),
    live(
        "housing.homelessness_review.asked",
        HomelessnessReviewState,
        "A household asked for a review of a homelessness decision",
        _SPECIAL,
        "risk",
        case_fact=True,
    ),
    live(
        "housing.homelessness_review.decided",
        HomelessnessReviewState,
        "A review of a homelessness decision was decided by another officer",
        _SPECIAL,
        "risk",
        case_fact=True,
    ),
    live(
        "housing.homelessness_activity.started",
        HomelessnessActivityState,
        "Something was begun to prevent or relieve homelessness",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "housing.homelessness_activity.ended",
        HomelessnessActivityState,
        "What was done against homelessness came to something, or did not",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "housing.illegal_eviction.reported",
        IllegalEvictionState,
        "A lock-out was reported to enforcement",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "housing.illegal_eviction.taken",
        IllegalEvictionState,
        "Enforcement took a lock-out on by name",
        _SPECIAL,
        case_fact=True,
    ),
    live(
        "housing.illegal_eviction.ended",
        IllegalEvictionState,
        "What came of a reported lock-out",
        _SPECIAL,
        case_fact=True,
    ),
)
