"""The HTTP door of support plans."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.support import commands, domain, queries
from services.casefile.money.support.models import SupportPlan
from services.casefile.money.support.queries import SupportPlanView

router = APIRouter(route_class=UnitRoute, tags=["money"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class PlanStep(Body):
    """One step of theirs, ours or a partner's."""

    what: Words
    whose: domain.Whose
    due_on: date | None = None
    done_on: date | None = None


class NewSupportPlan(Body):
    """What was agreed about arrears of rent or council tax."""

    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where they belong today")
    about: domain.About
    debt_ids: list[UUID] = Field(min_length=1, max_length=20)
    steps: list[PlanStep] = Field(min_length=1, max_length=50)
    review_on: date


class SupportPlanChange(Body):
    """Its steps as they stand now, and when to look at it again; what is left out stays."""

    steps: list[PlanStep] | None = Field(None, min_length=1, max_length=50)
    review_on: date | None = None


class EvictionPrevented(Body):
    """The eviction did not happen: what threatened since when, what turned it away, and how we know."""

    on: date
    threat: domain.Threat
    how: domain.How
    evidence: domain.Evidence
    threatened_on: date


class PlanEnd(Body):
    """Completed, or ended for a reason."""

    completed: StrictBool
    reason: Words | None = Field(None, description=f"One of {', '.join(domain.END_REASONS)}")


def _answer(response: Response, row: SupportPlan) -> SupportPlanView:
    response.headers["Location"] = f"/v1/casefile/money/support-plans/{row.id}"
    set_etag(response, row.version)
    return SupportPlanView.of(row)


@router.post("/money/support-plans", status_code=201, **may("casefile.support_plan.make", keyed=True, refusals=(404,)))
async def agree_support_plan(unit: Unit, response: Response, body: NewSupportPlan) -> SupportPlanView:
    """Agree a support plan about arrears."""
    steps = [domain.Step(**each.model_dump()) for each in body.steps]
    told = commands.NewPlan(body.about, body.debt_ids, steps, body.review_on)
    return _answer(response, await commands.agree(unit, body.person_id, body.household_id, told))


@router.get("/money/support-plans", **may("casefile.support_plan.read"))
async def list_support_plans(
    unit: Unit, paging: Paging, person_id: UUID | None = None, review_due: bool = False
) -> Page[SupportPlanView]:
    """Support plans, those to be looked at again first."""
    rows = await queries.listed(unit, person_id, review_due, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/money/support-plans/{plan_id}", **may("casefile.support_plan.read", refusals=(404,)))
async def read_support_plan(unit: Unit, response: Response, plan_id: UUID) -> SupportPlanView:
    """One of them."""
    view = await queries.view(unit, plan_id)
    set_etag(response, view.version)
    return view


@router.patch("/money/support-plans/{plan_id}", **may("casefile.support_plan.make", refusals=(404, 409, 412, 428)))
async def work_support_plan(
    unit: Unit, response: Response, plan_id: UUID, expected: Expected, body: SupportPlanChange
) -> SupportPlanView:
    """Its steps as they stand now; when to look at it again."""
    steps = None if body.steps is None else [domain.Step(**each.model_dump()) for each in body.steps]
    return _answer(response, await commands.work(unit, plan_id, expected, steps, body.review_on))


@router.post(
    "/money/support-plans/{plan_id}/eviction-prevented",
    **may("casefile.support_plan.make", refusals=(404, 409, 412, 428)),
)
async def record_eviction_prevented(
    unit: Unit, response: Response, plan_id: UUID, expected: Expected, body: EvictionPrevented
) -> SupportPlanView:
    """The eviction did not happen, with its evidence: once a plan."""
    told = domain.Prevented(**body.model_dump())
    return _answer(response, await commands.prevented(unit, plan_id, expected, told))


@router.post("/money/support-plans/{plan_id}/end", **may("casefile.support_plan.make", refusals=(404, 409, 412, 428)))
async def end_support_plan(
    unit: Unit, response: Response, plan_id: UUID, expected: Expected, body: PlanEnd
) -> SupportPlanView:
    """Completed, or ended for a reason."""
    return _answer(response, await commands.end(unit, plan_id, expected, body.completed, body.reason))
