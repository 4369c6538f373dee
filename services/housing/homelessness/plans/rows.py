"""How plans are loaded and shown."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.law.clocks import days_left
from services.housing.homelessness.plans.models import HousingPlan, HousingPlanStep
from services.housing.homelessness.plans.shapes import HousingPlanStepView, HousingPlanView


async def load(unit: UnitOfWork, case_id: UUID, *, for_change: bool = False) -> tuple[HomelessnessCase, HousingPlan]:
    """The case, locked for a change, and its plan."""
    case = await cases.load(unit, case_id, for_change=for_change)
    row = (await unit.session.scalars(select(HousingPlan).where(HousingPlan.case_id == case_id))).one_or_none()
    if row is None:
        raise NotFound("There is no housing plan yet")
    cases.on_record(unit, case)
    return case, row


async def steps(unit: UnitOfWork, plan_id: UUID) -> Sequence[HousingPlanStep]:
    """Its steps in order."""
    query = select(HousingPlanStep).where(HousingPlanStep.plan_id == plan_id).order_by(HousingPlanStep.number)
    return (await unit.session.scalars(query)).all()


async def shown(unit: UnitOfWork, row: HousingPlan) -> HousingPlanView:
    """A plan as it stands today."""
    today = clock.today()
    found = await steps(unit, row.id)
    counts: dict[str, int] = {}
    for each in found:
        if each.state != "dropped":
            counts[each.whose] = counts.get(each.whose, 0) + 1
            counts[f"{each.whose}_done"] = counts.get(f"{each.whose}_done", 0) + (each.state == "done")
    own = {"days_left", "counts", "steps"}
    return HousingPlanView(
        **{name: getattr(row, name) for name in HousingPlanView.model_fields if name not in own},
        days_left=days_left(row.review_on, today),
        counts=counts,
        steps=[step_view(each) for each in found],
    )


def step_view(row: HousingPlanStep) -> HousingPlanStepView:
    """A step with its days left."""
    left = days_left(row.due_on, clock.today()) if row.due_on is not None and row.state == "open" else None
    return HousingPlanStepView(
        **{name: getattr(row, name) for name in HousingPlanStepView.model_fields if name != "days_left"}, days_left=left
    )
