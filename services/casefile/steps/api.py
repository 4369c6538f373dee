"""The HTTP door of steps up and down."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.codes import Layer, StatutoryService, Urgency
from kit.contracts.envelope import Code, WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.steps import commands, queries
from services.casefile.steps.commands import Offer
from services.casefile.steps.domain import Aim, Direction, Resident, State
from services.casefile.steps.models import CaseStep
from services.casefile.steps.queries import Filters, StepView

router = APIRouter(route_class=UnitRoute, tags=["steps"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class NewStep(BaseModel):
    """Up to a statutory service or down from it, to somebody by name or to a team, whoever of it accepts first."""

    model_config = ConfigDict(extra="forbid")

    direction: Direction
    statutory_service: StatutoryService = Field(description="To which, or from which")
    layer: Layer = Field(description="statutory on the way up; targeted or universal on the way down")
    specialism: Code | None = Field(default=None, description="Of targeted support, on the way down")
    to_worker: WorkerId | None = None
    to_team: Code | None = None
    urgency: Urgency = Urgency.ROUTINE
    resident: Resident
    not_told_because: Words | None = None
    reason: Words


class Reason(BaseModel):
    """Why not."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


def _answer(response: Response, row: CaseStep) -> StepView:
    response.headers["Location"] = f"/v1/casefile/steps/{row.id}"
    set_etag(response, row.version)
    return StepView.model_validate(row)


@router.post(
    "/cases/{case_id}/steps", status_code=201, **may("casefile.step.offer", keyed=True, refusals=(404, 412, 428))
)
async def offer_step(unit: Unit, response: Response, case_id: UUID, expected: Expected, body: NewStep) -> StepView:
    """Offer a step up or down. You hold the case until somebody accepts by name."""
    aim = Aim(
        body.direction,
        body.layer,
        body.statutory_service,
        body.specialism,
        body.to_worker,
        body.to_team,
        body.resident,
        body.not_told_because,
    )
    return _answer(response, await commands.offer(unit, case_id, expected, Offer(aim, body.urgency, body.reason)))


@router.get("/steps", **may("casefile.step.read"))
async def list_steps(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    case_id: UUID | None = None,
    mine: bool = False,
    escalated: bool = False,
) -> Page[StepView]:
    """Steps, the oldest first: of a case, offered to you or your team, or not answered in time."""
    found = await queries.steps(unit, Filters(state, case_id, mine, escalated), paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/steps/{step_id}", **may("casefile.step.read", refusals=(404,)))
async def read_step(unit: Unit, response: Response, step_id: UUID) -> StepView:
    """One of them."""
    view = await queries.step(unit, step_id)
    set_etag(response, view.version)
    return view


# No If-Match on the three answers: the alarm may have just raised the version, and a second one is refused anyway.
@router.post("/steps/{step_id}/acceptance", status_code=201, **may("casefile.step.answer", keyed=True, refusals=(404,)))
async def accept_step(unit: Unit, response: Response, step_id: UUID) -> StepView:
    """Accept by name: from now on the case is with you. 409 when somebody else was first, or it was withdrawn."""
    return _answer(response, await commands.accept(unit, step_id))


@router.post("/steps/{step_id}/refusal", status_code=201, **may("casefile.step.answer", keyed=True, refusals=(404,)))
async def decline_step(unit: Unit, response: Response, step_id: UUID, body: Reason) -> StepView:
    """Decline: whoever holds the case holds on."""
    return _answer(response, await commands.decline(unit, step_id, body.reason))


@router.post("/steps/{step_id}/withdrawal", status_code=201, **may("casefile.step.offer", keyed=True, refusals=(404,)))
async def withdraw_step(unit: Unit, response: Response, step_id: UUID, body: Reason) -> StepView:
    """Take the offer back: whoever holds the case holds on."""
    return _answer(response, await commands.withdraw(unit, step_id, body.reason))
