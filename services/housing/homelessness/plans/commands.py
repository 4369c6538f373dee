"""Writes of personalised housing plans. Each locks the case's row first."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.plans import rows
from services.housing.homelessness.plans.models import HousingPlan, HousingPlanStep
from services.housing.homelessness.plans.shapes import (
    HousingPlanAgreement,
    HousingPlanCopy,
    HousingPlanReview,
    HousingPlanStepProgress,
    NewHousingPlan,
    NewHousingPlanStep,
)


async def make(unit: UnitOfWork, case_id: UUID, new: NewHousingPlan) -> HousingPlan:
    """The plan of a case. There is one; it is reviewed and added to, not begun again."""
    case = await cases.load(unit, case_id, for_change=True)
    _check_open(case)
    if await unit.session.scalar(select(func.count()).where(HousingPlan.case_id == case.id)):
        raise Conflict("There is a plan already: add steps to it, or review it", allowed=["steps", "review"])
    today = clock.today()
    _check_review(new.review_on)
    plan = HousingPlan(
        id=new_id(),
        version=1,
        case_id=case.id,
        made_on=today,
        made_by=unit.cause.actor,
        review_on=new.review_on,
        changed_at=clock.business_now(),
    )
    unit.session.add(plan)
    await unit.session.flush()
    for number, each in enumerate(new.steps, 1):
        _add(unit, plan, each, number)
    await unit.session.flush()
    cases.on_record(unit, case)
    return plan


async def add_step(unit: UnitOfWork, case_id: UUID, new: NewHousingPlanStep) -> HousingPlanStep:
    """One more step. What was agreed and given is another plan now: both are asked again."""
    case, plan = await rows.load(unit, case_id, for_change=True)
    _check_open(case)
    last = await unit.session.scalar(select(func.max(HousingPlanStep.number)).where(HousingPlanStep.plan_id == plan.id))
    step = _add(unit, plan, new, (last or 0) + 1)
    plan.agreed_on = plan.not_agreed_on = plan.not_agreed_why = plan.given_on = None
    _new_version(plan)
    await unit.session.flush()
    return step


async def agree(unit: UnitOfWork, case_id: UUID, expected: int, said: HousingPlanAgreement) -> HousingPlan:
    """They agreed to the plan as you both see it, or it is put down why not."""
    case, plan = await rows.load(unit, case_id, for_change=True)
    check_version(plan.version, expected)
    _check_open(case)
    today = clock.today()
    plan.agreed_on = today if said.agreed else None
    plan.not_agreed_on, plan.not_agreed_why = (None, None) if said.agreed else (today, said.why_not)
    _new_version(plan)
    return plan


async def give(unit: UnitOfWork, case_id: UUID, expected: int, given: HousingPlanCopy) -> HousingPlan:
    """They were given it in writing."""
    _case, plan = await rows.load(unit, case_id, for_change=True)
    check_version(plan.version, expected)
    if plan.agreed_on is None and plan.not_agreed_on is None:
        raise Conflict("Put down first that they agreed, or why not (s189A(4) to (6))", allowed=["agreement"])
    on = given.given_on or clock.today()
    if not plan.made_on <= on <= clock.today():
        detail = f"From {plan.made_on.isoformat()}, when it was made, to today (Housing Act 1996 s189A(8))."
        raise invalid("/given_on", detail, "given-after-made")
    plan.given_on = on
    _new_version(plan)
    return plan


async def review(unit: UnitOfWork, case_id: UUID, expected: int, done: HousingPlanReview) -> HousingPlan:
    """It was looked at again (s189A(9))."""
    case, plan = await rows.load(unit, case_id, for_change=True)
    check_version(plan.version, expected)
    _check_open(case)
    _check_review(done.review_on)
    plan.reviewed_on, plan.review_on = clock.today(), done.review_on
    _new_version(plan)
    return plan


async def go_on(
    unit: UnitOfWork, case_id: UUID, step_id: UUID, expected: int, progress: HousingPlanStepProgress
) -> HousingPlanStep:
    """How a step went. That it was not done is a fact, and no breach: a breach has its own decision and warning."""
    _case, plan = await rows.load(unit, case_id, for_change=True)
    query = select(HousingPlanStep).where(HousingPlanStep.id == step_id, HousingPlanStep.plan_id == plan.id)
    step = (await unit.session.scalars(query)).one_or_none()
    if step is None:
        raise NotFound("This plan has no such step")
    check_version(step.version, expected)
    if progress.state in ("not_done", "dropped") and progress.words is None:
        raise invalid("/words", "Say why.", "reason")
    on = progress.on or clock.today()
    if not plan.made_on <= on <= clock.today():
        raise invalid("/on", f"From {plan.made_on.isoformat()} to today.", "dates-in-order")
    step.state, step.settled_words = progress.state, progress.words
    step.settled_on = None if progress.state == "open" else on
    step.version, step.changed_at = step.version + 1, clock.business_now()
    return step


def _add(unit: UnitOfWork, plan: HousingPlan, new: NewHousingPlanStep, number: int) -> HousingPlanStep:
    step = HousingPlanStep(
        id=new_id(),
        version=1,
        plan_id=plan.id,
        number=number,
        whose=new.whose,
        weight=new.weight,
        words=new.words,
        due_on=new.due_on,
        state="open",
        set_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    unit.session.add(step)
    return step


def _check_open(case: HomelessnessCase) -> None:
    if case.closed_on is not None or not case.applied:
        raise Conflict("There is no application under way to plan for", position=case.position, allowed=[])


def _check_review(on: date) -> None:
    if on <= clock.today():
        raise invalid("/review_on", "A day to come (Housing Act 1996 s189A(9)).", "review-to-come")


def _new_version(plan: HousingPlan) -> None:
    plan.version, plan.changed_at = plan.version + 1, clock.business_now()
