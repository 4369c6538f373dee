"""The HTTP door of personalised housing plans."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.plans import commands, rows
from services.housing.homelessness.plans.models import HousingPlan
from services.housing.homelessness.plans.shapes import (
    HousingPlanAgreement,
    HousingPlanCopy,
    HousingPlanReview,
    HousingPlanStepProgress,
    HousingPlanStepView,
    HousingPlanView,
    NewHousingPlan,
    NewHousingPlanStep,
)

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])

_PLAN = "/homelessness-cases/{case_id}/plan"
_READ = "housing.homelessness_case.read"
_WORK = "housing.homelessness_case.work"
_CHANGES = (400, 404, 409, 412, 428)


async def _answer(unit: Unit, response: Response, row: HousingPlan) -> HousingPlanView:
    set_etag(response, row.version)
    return await rows.shown(unit, row)


@router.post("/homelessness-cases/{case_id}/plans", status_code=201, **may(_WORK, keyed=True, refusals=(404,)))
async def make_housing_plan(unit: Unit, response: Response, case_id: UUID, body: NewHousingPlan) -> HousingPlanView:
    """A personalised housing plan: our steps, theirs that are mandatory, and recommended ones (s189A)."""
    row = await commands.make(unit, case_id, body)
    response.headers["Location"] = f"/v1/housing/homelessness-cases/{case_id}/plan"
    return await _answer(unit, response, row)


@router.get(_PLAN, **may(_READ, refusals=(404,)))
async def read_housing_plan(unit: Unit, response: Response, case_id: UUID) -> HousingPlanView:
    """The plan of a case."""
    _, row = await rows.load(unit, case_id)
    return await _answer(unit, response, row)


@router.post(f"{_PLAN}/steps", status_code=201, **may(_WORK, keyed=True, refusals=(404,)))
async def add_housing_plan_step(
    unit: Unit, response: Response, case_id: UUID, body: NewHousingPlanStep
) -> HousingPlanStepView:
    """One more step: the plan is agreed and given anew."""
    step = await commands.add_step(unit, case_id, body)
    response.headers["Location"] = f"/v1/housing/homelessness-cases/{case_id}/plan"
    set_etag(response, step.version)
    return rows.step_view(step)


@router.post(f"{_PLAN}/steps/{{step_id}}/progress", **may(_WORK, refusals=_CHANGES))
async def report_housing_plan_step(
    unit: Unit, response: Response, case_id: UUID, step_id: UUID, expected: Expected, body: HousingPlanStepProgress
) -> HousingPlanStepView:
    """How a step went."""
    step = await commands.go_on(unit, case_id, step_id, expected, body)
    set_etag(response, step.version)
    return rows.step_view(step)


@router.post(f"{_PLAN}/agreement", **may(_WORK, refusals=_CHANGES))
async def agree_housing_plan(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: HousingPlanAgreement
) -> HousingPlanView:
    """They agreed, or why not."""
    return await _answer(unit, response, await commands.agree(unit, case_id, expected, body))


@router.post(f"{_PLAN}/copy", **may(_WORK, refusals=_CHANGES))
async def give_housing_plan(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: HousingPlanCopy
) -> HousingPlanView:
    """They were given a copy in writing."""
    return await _answer(unit, response, await commands.give(unit, case_id, expected, body))


@router.post(f"{_PLAN}/review", **may(_WORK, refusals=_CHANGES))
async def review_housing_plan(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: HousingPlanReview
) -> HousingPlanView:
    """It was looked at again with them."""
    return await _answer(unit, response, await commands.review(unit, case_id, expected, body))
