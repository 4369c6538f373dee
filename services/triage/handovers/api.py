"""The HTTP door of handovers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from kit.contracts.envelope import Code, WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.handovers import commands, queries
from services.triage.handovers.domain import Resident, State
from services.triage.handovers.models import Handover
from services.triage.handovers.queries import Filters, HandoverView, HeldContact, HouseholdCount, Published

router = APIRouter(route_class=UnitRoute, tags=["handovers"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Month = Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="A whole month that is over")]


class NewHandover(BaseModel):
    """To somebody by name, or to a team, whoever of it accepts first. The resident is there or was told."""

    model_config = ConfigDict(extra="forbid")

    to_worker: WorkerId | None = None
    to_team: Code | None = None
    resident: Resident = Field(description="present: they are with you; told: they know who is next")
    reason: Words


class Acceptance(BaseModel):
    """The receiver takes it on, by name."""

    model_config = ConfigDict(extra="forbid")

    retold: StrictBool = Field(description="Did they have to tell again what was told before? It is counted")


class Reason(BaseModel):
    """Why not."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


def _answer(response: Response, row: Handover) -> HandoverView:
    response.headers["Location"] = f"/v1/triage/handovers/{row.id}"
    set_etag(response, row.version)
    return HandoverView.model_validate(row)


@router.post(
    "/contacts/{contact_id}/handovers",
    status_code=201,
    **may("triage.handover.offer", keyed=True, refusals=(404, 412, 428)),
)
async def offer_handover(
    unit: Unit, response: Response, contact_id: UUID, expected: Expected, body: NewHandover
) -> HandoverView:
    """Offer a contact to somebody. You hold it until they accept: offered is not handed over."""
    made = commands.Offer(body.to_worker, body.to_team, body.resident, body.reason)
    return _answer(response, await commands.offer(unit, contact_id, expected, made))


@router.get("/handovers", **may("triage.handover.read"))
async def list_handovers(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    to_worker: Annotated[WorkerId | None, Query()] = None,
    to_team: Annotated[Code | None, Query()] = None,
    contact_id: UUID | None = None,
) -> Page[HandoverView]:
    """Handovers, the oldest first."""
    filters = Filters(state, to_worker, to_team, contact_id)
    rows = await queries.handovers(unit, filters, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/handovers/published", **may("triage.handover_count.read"))
async def read_published_handovers(unit: Unit, month: Month = None) -> Published:
    """Handovers and retellings of a month, of no one household. Groups of fewer than ten are hidden."""
    return await queries.published(unit, month)


@router.get("/handovers/stranded", **may("triage.handover.supervise"))
async def list_stranded_contacts(unit: Unit, paging: Paging) -> Page[HeldContact]:
    """Open contacts whose holder is suspended or has left: a manager hands them over."""
    rows = await queries.stranded(unit, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_held)


@router.get("/handovers/{handover_id}", **may("triage.handover.read", refusals=(404,)))
async def read_handover(unit: Unit, response: Response, handover_id: UUID) -> HandoverView:
    """One of them."""
    view = await queries.handover(unit, handover_id)
    set_etag(response, view.version)
    return view


# No If-Match on the three answers: the alarm may have just raised the version, and a second one is refused anyway.
@router.post(
    "/handovers/{handover_id}/acceptance",
    status_code=201,
    **may("triage.handover.answer", keyed=True, refusals=(404,)),
)
async def accept_handover(unit: Unit, response: Response, handover_id: UUID, body: Acceptance) -> HandoverView:
    """Accept by name: from now on you hold it. 409 when somebody else was first, or it was withdrawn."""
    return _answer(response, await commands.accept(unit, handover_id, body.retold))


@router.post(
    "/handovers/{handover_id}/refusal",
    status_code=201,
    **may("triage.handover.answer", keyed=True, refusals=(404,)),
)
async def decline_handover(unit: Unit, response: Response, handover_id: UUID, body: Reason) -> HandoverView:
    """Decline: the sender holds on."""
    return _answer(response, await commands.decline(unit, handover_id, body.reason))


@router.post(
    "/handovers/{handover_id}/withdrawal",
    status_code=201,
    **may("triage.handover.offer", keyed=True, refusals=(404,)),
)
async def withdraw_handover(unit: Unit, response: Response, handover_id: UUID, body: Reason) -> HandoverView:
    """Take the offer back: the sender holds on."""
    return _answer(response, await commands.withdraw(unit, handover_id, body.reason))


@router.get("/households/{household_id}/handovers", **may("triage.handover.read"))
async def count_handovers(unit: Unit, household_id: UUID) -> HouseholdCount:
    """How often a household was passed on, and how often it had to tell its story again."""
    return await queries.of_household(unit, household_id)
