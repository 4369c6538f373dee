"""What was agreed and what came of it, as far as a close asks: the goals of the household's plans, outcomes kept."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part
from services.casefile.cases.models import Case
from services.casefile.outcomes.models import Outcome
from services.casefile.plans.models import Goal, Plan


@dataclass(frozen=True, slots=True)
class Agreed:
    """Goals of plans that go on, and how many outcomes this episode has brought already."""

    goals: tuple[UUID, ...]
    outcomes: int


async def of_case(unit: UnitOfWork, case: Case) -> Agreed:
    """Of the case's own part of the file alone: a sealed goal says nothing at the close of what is in the open."""
    part = case.compartment or Part.INSIDE.value
    goals = (
        select(Goal.id)
        .join(Plan, Plan.id == Goal.plan_id)
        .where(Plan.household_id == case.household_id, Plan.state == "agreed", Goal.part == part)
        .where(Goal.state != "dropped")
        .order_by(Goal.set_at, Goal.id)
    )
    kept = select(func.count(Outcome.id)).where(
        Outcome.household_id == case.household_id, Outcome.state != "struck", Outcome.recorded_at >= case.opened_at
    )
    return Agreed(tuple(await unit.session.scalars(goals)), await unit.session.scalar(kept) or 0)
