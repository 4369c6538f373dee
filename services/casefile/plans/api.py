"""The HTTP door of plans."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.plans import commands, queries, showing
from services.casefile.plans.domain import How, PlanStatus
from services.casefile.plans.models import Action, Goal, Plan
from services.casefile.plans.queries import Filters
from services.casefile.plans.shapes import (
    ActionChanges,
    ActionView,
    AgreedVersion,
    Comparison,
    Ending,
    GoalChanges,
    GoalStep,
    GoalView,
    NewActionOfPlan,
    NewAgreement,
    NewGoal,
    NewPlan,
    PlanChanges,
    PlanView,
    Progress,
    SharedPreview,
    WaitingAction,
)

router = APIRouter(route_class=UnitRoute, tags=["plans"])

_READ = "casefile.plan.read"
_WORK = "casefile.plan.work"
_CHANGES = (400, 404, 409, 412, 428)
# Bounded as the columns are.
Number = Annotated[int, Query(ge=1, le=2**31 - 1)]


async def _plan(unit: Unit, response: Response, row: Plan) -> PlanView:
    set_etag(response, row.version)
    return (await showing.shown(unit, [row]))[0]


def _goal(response: Response, row: Goal) -> GoalView:
    set_etag(response, row.version)
    return GoalView.model_validate(row)


def _action(response: Response, row: Action) -> ActionView:
    set_etag(response, row.version)
    return ActionView.model_validate(row)


@router.post("/plans", status_code=201, **may(_WORK, keyed=True, refusals=(404,)))
async def make_plan(unit: Unit, response: Response, body: NewPlan) -> PlanView:
    """Begin a plan with somebody: their goals in their own words, and who does what."""
    row = await commands.make(unit, body)
    response.headers["Location"] = f"/v1/casefile/plans/{row.id}"
    return await _plan(unit, response, row)


@router.get("/plans", **may(_READ))
async def list_plans(
    unit: Unit,
    paging: Paging,
    household_id: UUID | None = None,
    person_id: UUID | None = None,
    state: PlanStatus | None = None,
    review_by: date | None = None,
) -> Page[PlanView]:
    """Plans, the newest first: of a household, of a person, or those to be reviewed by a day."""
    filters = Filters(household_id, person_id, state, review_by)
    return paging.page(await queries.plans(unit, filters, paging.place, paging.limit), queries.place_of)


@router.get("/plan-actions", **may(_READ))
async def list_waiting_actions(
    unit: Unit, paging: Paging, worker: WorkerId | None = None, due_by: date | None = None
) -> Page[WaitingAction]:
    """What a worker promised in plans and has not done, due or overdue first; left out: you."""
    found = await queries.waiting(unit, worker or unit.cause.actor, due_by, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.due_on and each.due_on.isoformat(), str(each.id)])


@router.get("/plans/{plan_id}", **may(_READ, refusals=(404,)))
async def read_plan(unit: Unit, response: Response, plan_id: UUID) -> PlanView:
    """One plan with its goals and actions."""
    view = await queries.plan(unit, plan_id)
    set_etag(response, view.version)
    return view


@router.patch("/plans/{plan_id}", **may(_WORK, refusals=_CHANGES))
async def change_plan(unit: Unit, response: Response, plan_id: UUID, expected: Expected, body: PlanChanges) -> PlanView:
    """What matters to them, and when it is looked at again."""
    return await _plan(unit, response, await commands.change(unit, plan_id, expected, body))


@router.post("/plans/{plan_id}/goals", status_code=201, **may(_WORK, keyed=True, refusals=(404,)))
async def add_goal(unit: Unit, response: Response, plan_id: UUID, body: NewGoal) -> GoalView:
    """One more goal."""
    row = await commands.add_goal(unit, plan_id, body)
    response.headers["Location"] = f"/v1/casefile/plans/{plan_id}"
    return _goal(response, row)


@router.patch("/plans/{plan_id}/goals/{goal_id}", **may(_WORK, refusals=_CHANGES))
async def change_goal(
    unit: Unit, response: Response, plan_id: UUID, goal_id: UUID, expected: Expected, body: GoalChanges
) -> GoalView:
    """Other words, another day, another part of the file."""
    return _goal(response, await commands.change_goal(unit, plan_id, goal_id, expected, body))


@router.post("/plans/{plan_id}/goals/{goal_id}/steps", **may(_WORK, refusals=_CHANGES))
async def take_goal(
    unit: Unit, response: Response, plan_id: UUID, goal_id: UUID, expected: Expected, body: GoalStep
) -> GoalView:
    """It was reached, let go, or is open again."""
    return _goal(response, await commands.take_goal(unit, plan_id, goal_id, expected, body))


@router.post("/plans/{plan_id}/actions", status_code=201, **may(_WORK, keyed=True, refusals=(404,)))
async def add_action(unit: Unit, response: Response, plan_id: UUID, body: NewActionOfPlan) -> ActionView:
    """One more action: theirs, ours or a partner's."""
    row = await commands.add_action(unit, plan_id, body)
    response.headers["Location"] = f"/v1/casefile/plans/{plan_id}"
    return _action(response, row)


@router.patch("/plans/{plan_id}/actions/{action_id}", **may(_WORK, refusals=_CHANGES))
async def change_action(
    unit: Unit, response: Response, plan_id: UUID, action_id: UUID, expected: Expected, body: ActionChanges
) -> ActionView:
    """Other words, another day, somebody else."""
    return _action(response, await commands.change_action(unit, plan_id, action_id, expected, body))


@router.post("/plans/{plan_id}/actions/{action_id}/progress", **may(_WORK, refusals=_CHANGES))
async def report_progress(
    unit: Unit, response: Response, plan_id: UUID, action_id: UUID, expected: Expected, body: Progress
) -> ActionView:
    """How it goes: begun, done, let go, or not done after all."""
    return _action(response, await commands.go_on(unit, plan_id, action_id, expected, body))


# If-Match: they agreed to what both saw; a goal added in the meantime is not agreed.
@router.post("/plans/{plan_id}/agreements", status_code=201, **may(_WORK, keyed=True, refusals=(404, 412, 428)))
async def agree_plan(unit: Unit, response: Response, plan_id: UUID, expected: Expected, body: NewAgreement) -> PlanView:
    """They agreed to it with you. The version is kept as it was."""
    await commands.agree(unit, plan_id, expected, How(body.how), body.words)
    response.headers["Location"] = f"/v1/casefile/plans/{plan_id}"
    return await _plan(unit, response, await unit.session.get_one(Plan, plan_id))


@router.get("/plans/{plan_id}/agreements", **may(_READ, refusals=(404,)))
async def list_agreed_versions(unit: Unit, paging: Paging, plan_id: UUID) -> Page[AgreedVersion]:
    """Every version as it was agreed, the last one first."""
    found = await queries.versions(unit, plan_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.number])


@router.get("/plans/{plan_id}/differences", **may(_READ, refusals=(404,)))
async def compare_versions(unit: Unit, plan_id: UUID, before: Number, after: Number | None = None) -> Comparison:
    """What differs between two agreed versions; `after` left out: from what stands now."""
    return await queries.compared(unit, plan_id, before, after)


@router.get("/plans/{plan_id}/shared-copy", **may(_READ, refusals=(404,)))
async def preview_shared_copy(unit: Unit, plan_id: UUID) -> SharedPreview:
    """What the person would see by a shared link, and what is left out of it and why."""
    return await queries.preview(unit, plan_id)


@router.post("/plans/{plan_id}/end", **may(_WORK, refusals=_CHANGES))
async def end_plan(unit: Unit, response: Response, plan_id: UUID, expected: Expected, body: Ending) -> PlanView:
    """It is over; everything in it stays."""
    return await _plan(unit, response, await commands.end(unit, plan_id, expected, body.reason))
