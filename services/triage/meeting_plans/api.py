"""The HTTP door of plans for meeting somebody."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit import clock
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.meeting_plans import commands, queries
from services.triage.meeting_plans.models import MeetingPlan
from services.triage.meeting_plans.shapes import NewPlan, PlanEntry, PlanView

router = APIRouter(route_class=UnitRoute, tags=["meeting plans"])


def _plan(response: Response, row: MeetingPlan, *, made: bool = False) -> PlanView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/triage/meeting-plans?person_id={row.person_id}"
    return PlanView.of(row, clock.today())


@router.get("/meeting-plans", **may("triage.meeting_plan.read"))
async def list_plans(unit: Unit, person_id: UUID) -> list[PlanView]:
    """How to meet somebody safely: what to do, read before the meeting."""
    return await queries.plans(unit, person_id)


@router.post("/meeting-plans", status_code=201, **may("triage.meeting_plan.keep", keyed=True))
async def write_plan(unit: Unit, response: Response, body: NewPlan) -> PlanView:
    """Write one. What to do, never what they are; the person is told, or it says why not."""
    return _plan(response, await commands.write(unit, body), made=True)


@router.put("/meeting-plans/{plan_id}", **may("triage.meeting_plan.keep", refusals=(404, 409, 412, 428)))
async def change_plan(unit: Unit, response: Response, plan_id: UUID, expected: Expected, body: PlanEntry) -> PlanView:
    """Change it: whoever goes must read it again."""
    return _plan(response, await commands.change(unit, plan_id, expected, body))


@router.delete("/meeting-plans/{plan_id}", **may("triage.meeting_plan.keep", refusals=(404, 409, 412, 428)))
async def end_plan(unit: Unit, response: Response, plan_id: UUID, expected: Expected) -> PlanView:
    """It is not needed any more. It stays on record."""
    return _plan(response, await commands.end(unit, plan_id, expected))
