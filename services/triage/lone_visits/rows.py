"""How visits and plans are loaded, and whose are shown."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.lone_visits.models import LoneVisit, MeetingPlan
from services.triage.objections.queries import whole_person


def kept_back(cause: Cause) -> ColumnElement[bool]:
    """Whether this caller may not know who is visited. The visit itself is shown: a worker may be in danger."""
    return access.kept_back(cause, LoneVisit.person_id.expression)


async def load(unit: UnitOfWork, visit_id: UUID, *, for_change: bool = False) -> LoneVisit:
    """The visit, locked if it is to change."""
    query = select(LoneVisit).where(LoneVisit.id == visit_id)
    if for_change:
        query = query.with_for_update(of=LoneVisit)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such visit")
    return row


def plan_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which plan."""
    return ~access.kept_back(cause, MeetingPlan.person_id.expression)


async def load_plan(unit: UnitOfWork, plan_id: UUID) -> MeetingPlan:
    """The plan, locked; `NotFound` also when it may not be shown."""
    query = select(MeetingPlan).where(MeetingPlan.id == plan_id, plan_visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update(of=MeetingPlan))).one_or_none()
    if row is None:
        raise NotFound("We know of no such plan")
    return row


async def standing_plans(unit: UnitOfWork, person_id: UUID) -> Sequence[MeetingPlan]:
    """The plans that stand for somebody, under every id of theirs."""
    people = await whole_person(unit, person_id)
    query = select(MeetingPlan).where(
        MeetingPlan.person_id.in_(people), MeetingPlan.state == "standing", plan_visible_to(unit.cause)
    )
    return (await unit.session.scalars(query.order_by(MeetingPlan.written_at, MeetingPlan.id))).all()
