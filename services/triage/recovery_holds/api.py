"""The HTTP door of recovery holds."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.recovery_holds import commands, domain, queries
from services.triage.recovery_holds.queries import Filters, RecoveryHoldView

router = APIRouter(route_class=UnitRoute, tags=["recovery holds"])

Reason = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$", max_length=64)]


class NewHold(BaseModel):
    """One creditor of the council to be asked to wait 30 days."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where we know them to live")
    creditor: domain.Creditor


class NewAnswer(BaseModel):
    """What the creditor says."""

    model_config = ConfigDict(extra="forbid")

    answer: domain.Answer
    until: date | None = Field(None, description="The last day; left out: 30 days from today")
    reason: Reason | None = Field(None, description="Of a refusal: " + ", ".join(domain.RefusalReason))


@router.post("/recovery-holds", status_code=201, **may("triage.recovery_hold.request", keyed=True))
async def request_hold(unit: Unit, response: Response, body: NewHold) -> RecoveryHoldView:
    """Ask a creditor to hold recovery. 409 when it was asked and has not answered, or waits already."""
    row = await commands.ask(unit, body.person_id, body.household_id, body.creditor, None)
    response.headers["Location"] = f"/v1/triage/recovery-holds/{row.id}"
    set_etag(response, row.version)
    return RecoveryHoldView.model_validate(row)


@router.get("/recovery-holds", **may("triage.recovery_hold.read"))
async def list_holds(
    unit: Unit, paging: Paging, state: domain.State | None = None, creditor: domain.Creditor | None = None
) -> Page[RecoveryHoldView]:
    """Holds that wait for an answer (or those in `state`), the oldest first."""
    rows = await queries.holds(unit, Filters(state, creditor), paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/recovery-holds/{hold_id}", **may("triage.recovery_hold.read", refusals=(404,)))
async def read_hold(unit: Unit, response: Response, hold_id: UUID) -> RecoveryHoldView:
    """One of them."""
    view = await queries.hold(unit, hold_id)
    set_etag(response, view.version)
    return view


# No If-Match: the alarm may have just raised the version, and a second answer is refused anyway.
@router.post(
    "/recovery-holds/{hold_id}/answers",
    status_code=201,
    **may("triage.recovery_hold.answer", keyed=True, refusals=(404,)),
)
async def answer_hold(unit: Unit, response: Response, hold_id: UUID, body: NewAnswer) -> RecoveryHoldView:
    """The creditor's answer: granted until a day, or refused for a reason."""
    row = await commands.answer(unit, hold_id, body.answer, body.until, body.reason)
    response.headers["Location"] = f"/v1/triage/recovery-holds/{row.id}"
    set_etag(response, row.version)
    return RecoveryHoldView.model_validate(row)
