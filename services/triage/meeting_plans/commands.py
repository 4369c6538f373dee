"""Writes of plans for meeting somebody."""

from uuid import UUID

from kit import clock
from kit.errors import Conflict
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.known.knowing import blind_by
from services.triage.meeting_plans import domain
from services.triage.meeting_plans.models import MeetingPlan
from services.triage.meeting_plans.rows import load, standing
from services.triage.meeting_plans.shapes import NewPlan, PlanEntry


async def write(unit: UnitOfWork, new: NewPlan) -> MeetingPlan:
    """How to meet somebody; `Conflict` when a plan stands: change that one."""
    now = clock.business_now()
    _check(new)
    if await standing(unit, new.person_id):
        raise Conflict("A plan stands for this person: change that one", allowed=["read", "change"])
    row = MeetingPlan(
        id=new_id(),
        version=1,
        person_id=new.person_id,
        blind_by=await blind_by(unit, new.person_id),
        state="standing",
        written_by=unit.cause.actor,
        written_at=now,
        changed_at=now,
    )
    _fill(row, new)
    unit.session.add(row)
    unit.accessed(f"meeting_plan/{row.id}", [row.person_id])
    return row


async def change(unit: UnitOfWork, plan_id: UUID, expected: int, entry: PlanEntry) -> MeetingPlan:
    """The plan as it is from now on: whoever goes must read it again."""
    row = await load(unit, plan_id)
    check_version(row.version, expected)
    _check_standing(row)
    _check(entry)
    _fill(row, entry)
    row.written_by, row.written_at = unit.cause.actor, clock.business_now()
    return _plan_changed(unit, row)


async def end(unit: UnitOfWork, plan_id: UUID, expected: int) -> MeetingPlan:
    """It is not needed any more."""
    row = await load(unit, plan_id)
    check_version(row.version, expected)
    _check_standing(row)
    row.state = "ended"
    return _plan_changed(unit, row)


def _check(entry: PlanEntry) -> None:
    domain.check_plan(
        entry.steps, entry.words, entry.person_told, entry.not_told_because, entry.review_on, clock.today()
    )


def _check_standing(row: MeetingPlan) -> None:
    if row.state != "standing":
        raise Conflict("This plan has ended: write another one", allowed=[])


def _fill(row: MeetingPlan, entry: PlanEntry) -> None:
    row.steps, row.words, row.review_on = list(dict.fromkeys(entry.steps)), entry.words, entry.review_on
    row.person_told, row.not_told_because = entry.person_told, entry.not_told_because


def _plan_changed(unit: UnitOfWork, row: MeetingPlan) -> MeetingPlan:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"meeting_plan/{row.id}", [row.person_id])
    return row
