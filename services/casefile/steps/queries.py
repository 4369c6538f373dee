"""Reads of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select, tuple_

from kit.contracts.codes import Layer, Urgency
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.cases import rows as case_rows
from services.casefile.steps import rows
from services.casefile.steps.domain import Direction, Resident, State
from services.casefile.steps.models import CaseStep


class StepView(BaseModel):
    """A step up or down with its reason in words."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    case_id: UUID
    direction: Direction
    layer: Layer
    statutory_service: str
    specialism: str | None
    from_worker: str = Field(description="Holds the case until somebody accepts")
    offered_by: str
    to_worker: str | None
    to_team: str | None
    urgency: Urgency
    resident: Resident
    not_told_because: str | None
    reason: str
    state: State
    offered_at: UtcDatetime
    due_at: UtcDatetime
    escalated_at: UtcDatetime | None
    accepted_by: str | None
    ended_at: UtcDatetime | None
    ended_reason: str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which steps; None does not narrow it. `mine`: offered to the caller, by name or by team."""

    state: State | None = None
    case_id: UUID | None = None
    mine: bool = False
    escalated: bool = False


async def step(unit: UnitOfWork, step_id: UUID) -> StepView:
    """One of them."""
    teams = await rows.teams_of(unit, unit.cause.actor)
    query = select(CaseStep).where(CaseStep.id == step_id, await rows.visible_to(unit, teams))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such step")
    unit.accessed(f"step/{row.id}", (await case_rows.members_of(unit, [row.case_id]))[row.case_id])
    return StepView.model_validate(row)


async def steps(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> Sequence[StepView]:
    """Up to `most` after `place`, the oldest first."""
    teams = await rows.teams_of(unit, unit.cause.actor)
    query = select(CaseStep).where(await rows.visible_to(unit, teams))
    if filters.state is not None:
        query = query.where(CaseStep.state == filters.state)
    if filters.case_id is not None:
        query = query.where(CaseStep.case_id == filters.case_id)
    if filters.mine:
        query = query.where(or_(CaseStep.to_worker == unit.cause.actor, CaseStep.to_team.in_(teams)))
    if filters.escalated:
        query = query.where(CaseStep.escalated_at.is_not(None))
    order = (CaseStep.offered_at, CaseStep.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    members = await case_rows.members_of(unit, {row.case_id for row in found})
    unit.accessed("steps", {person for each in members.values() for person in each})
    return [StepView.model_validate(row) for row in found]


def place_of(shown: StepView) -> list[Any]:
    """Where a step stands in the list."""
    return [shown.offered_at.isoformat(), str(shown.id)]
