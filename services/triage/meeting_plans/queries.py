"""Reads of plans for meeting somebody. Every one goes on record."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from kit import clock
from kit.store.tables import known_person
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import true
from services.triage.meeting_plans import rows
from services.triage.meeting_plans.models import MeetingPlan
from services.triage.meeting_plans.rows import standing
from services.triage.meeting_plans.shapes import PlanView

__all__ = ["plans", "standing", "to_read"]


async def plans(unit: UnitOfWork, person_id: UUID) -> list[PlanView]:
    """How to meet somebody: what to do. None for a stranger, and for somebody who may not be shown."""
    found = await rows.standing(unit, person_id)
    unit.accessed("meeting_plans", [person_id])
    return [PlanView.of(row, clock.today()) for row in found]


def to_read(cause: Cause, person: ColumnElement[Any]) -> ColumnElement[bool]:
    """A condition: a plan stands for the person of that column, also under the id they were merged into or from.

    Of somebody whom the caller may not know: one that they took themselves.
    """
    merged = select(known_person.c.id).where(known_person.c.merged_into == person)
    survivor = select(known_person.c.merged_into).where(known_person.c.id == person)
    whose = MeetingPlan.person_id
    return exists(
        select(1).where(
            MeetingPlan.state == "standing",
            or_(whose == person, whose.in_(merged), whose.in_(survivor)),
            true(cause, MeetingPlan.person_id.expression, MeetingPlan.blind_by.expression),
        )
    )
