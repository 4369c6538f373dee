"""The HTTP door of safeguarding."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from kit.contracts.codes import ConcernStatus
from kit.settings import Settings
from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.safeguarding import commands, domain, queries, reading
from services.triage.safeguarding.shapes import (
    RAISED_BODY,
    Acknowledgement,
    ConcernSummary,
    ConcernView,
    PoliceReport,
    Received,
)

router = APIRouter(route_class=UnitRoute, tags=["safeguarding"])

_RAISING = may("triage.safeguarding.raise")
_RAISING["openapi_extra"]["requestBody"] = RAISED_BODY


# No key, no purpose, no shape of the body: nothing may stand between someone who is worried and the team. So the
# body is read here as bytes, where FastAPI would refuse what it can't read.
@router.post("/safeguarding-concerns", status_code=201, **_RAISING)
async def raise_concern(unit: Unit, request: Request, response: Response) -> Received:
    """Raise a concern about a child or an adult, from anywhere, with whatever is known.

    Received is not delivered: until `delivered` is true, phone the numbers given.
    """
    settings: Settings = request.app.state.settings
    told = settings.safeguarding_clocks
    clocks = domain.Clocks.of(
        told.red_hours, told.amber_hours, told.green_hours, told.ring_minutes, told.escalate_minutes
    )
    phone_now = await queries.alarm_may_be_late(unit)
    concern, report = await commands.raise_concern(unit, await request.body(), clocks)
    response.headers["Location"] = f"/v1/triage/safeguarding-concerns/{concern.id}"
    return Received.of(concern, reading.advice(report), settings.duty_numbers, phone_now=phone_now)


@router.get("/safeguarding-concerns/{concern_id}/receipt", **may("triage.safeguarding.raise", refusals=(404,)))
async def read_receipt(unit: Unit, request: Request, concern_id: UUID) -> Received:
    """Whether somebody has the concern that you raised. Only your own; until it is delivered, whom to phone."""
    concern = await queries.own(unit, concern_id)
    phone_now = await queries.alarm_may_be_late(unit)
    return Received.of(concern, [], request.app.state.settings.duty_numbers, phone_now=phone_now)


# Nothing holds up who reports a crime against a child: no key either, for a second report only says the same.
@router.post(
    "/safeguarding-concerns/{concern_id}/police-report",
    status_code=204,
    **may("triage.safeguarding.raise", refusals=(404, 409)),
)
async def record_police_report(unit: Unit, concern_id: UUID, body: PoliceReport) -> Response:
    """FGM under 18 was reported to the police: by the raiser, or by the team. 409 where no report is asked for."""
    await commands.report_to_police(unit, concern_id, body.reference, body.reported_at)
    return Response(status_code=204)


@router.get("/safeguarding-concerns", **may("triage.safeguarding.read"))
async def list_concerns(unit: Unit, paging: Paging, state: ConcernStatus | None = None) -> Page[ConcernSummary]:
    """Concerns that nobody has taken yet (or those in `state`), red first, then by what is due soonest."""
    return paging.page(await queries.concerns(unit, state, paging.place, paging.limit + 1), queries.place_of)


@router.get("/safeguarding-concerns/{concern_id}", **may("triage.safeguarding.read", refusals=(404,)))
async def read_concern(unit: Unit, response: Response, concern_id: UUID) -> ConcernView:
    """One concern, whole."""
    view = await queries.concern(unit, concern_id)
    set_etag(response, view.version)
    return view


# No If-Match: seconds count, an alarm may have just raised the version, and a second acknowledgement is refused anyway.
@router.post(
    "/safeguarding-concerns/{concern_id}/acknowledgements",
    status_code=201,
    **may("triage.safeguarding.acknowledge", keyed=True, refusals=(404,)),
)
async def acknowledge_concern(
    unit: Unit, response: Response, concern_id: UUID, body: Acknowledgement | None = None
) -> ConcernView:
    """I have it: the concern is delivered. 409 when somebody else has it."""
    concern = await commands.acknowledge(unit, concern_id, body.note if body else None)
    response.headers["Location"] = f"/v1/triage/safeguarding-concerns/{concern.id}"
    set_etag(response, concern.version)
    return ConcernView.of(concern)
