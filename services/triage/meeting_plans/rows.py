"""How plans are loaded, and whose are shown."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import check_not_blind, shown, true
from services.triage.meeting_plans.models import MeetingPlan
from services.triage.objections.queries import whole_person


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which plan."""
    return shown(cause, MeetingPlan.person_id.expression, MeetingPlan.blind_by.expression)


async def load(unit: UnitOfWork, plan_id: UUID) -> MeetingPlan:
    """The plan, locked; `NotFound` also when it may not be shown."""
    query = select(MeetingPlan).where(MeetingPlan.id == plan_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update(of=MeetingPlan))).one_or_none()
    if row is None:
        raise NotFound("We know of no such plan")
    check_not_blind(unit, row.blind_by)
    return row


async def standing(unit: UnitOfWork, person_id: UUID) -> Sequence[MeetingPlan]:
    """The plans that stand for somebody, under every id of theirs."""
    people = await whole_person(unit, person_id)
    query = select(MeetingPlan).where(
        MeetingPlan.person_id.in_(people),
        MeetingPlan.state == "standing",
        true(unit.cause, MeetingPlan.person_id.expression, MeetingPlan.blind_by.expression),
    )
    return (await unit.session.scalars(query.order_by(MeetingPlan.written_at, MeetingPlan.id))).all()
