"""The HTTP door of the register."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.loads import api as loads
from services.housing.loads import commands as loading_files
from services.housing.loads.domain import LoadKind, rows_of_json
from services.housing.register import commands, queries
from services.housing.register.queries import Filters
from services.housing.register.shapes import (
    ApplicationChanges,
    ApplicationLine,
    ApplicationView,
    DecisionView,
    HandStep,
    NewApplication,
    NewDecision,
    WaitingTimes,
    WeighedView,
    Weighing,
)
from services.housing.register.states import Standing

router = APIRouter(route_class=UnitRoute, tags=["housing register"])

Number = Annotated[str | None, Query(pattern=r"^[0-9]{7}$", description="What a household bids with")]
Waits = Annotated[Literal["proposed", "confirmed", "withdrawn", "changed_on_review"] | None, Query()]


class BandStayView(BaseModel):
    """From one day on a household was in a band."""

    band: str | None
    since: date
    priority_on: date
    reasons: list[str]
    decided_by: str
    decided_at: datetime


class BandHistory(BaseModel):
    """In which bands an application has been, the first one first."""

    stays: list[BandStayView]


@router.post("/applications", status_code=201, **may("housing.application.take", keyed=True))
async def register_application(unit: Unit, response: Response, body: NewApplication) -> ApplicationView:
    """Apply for a home. Nobody is refused by this: what stands against it is weighed and decided by an officer."""
    row = await commands.register(unit, body)
    response.headers["Location"] = f"/v1/housing/applications/{row.id}"
    set_etag(response, row.version)
    return await queries.view(unit, row)


@router.post(
    "/applications/loads",
    status_code=202,
    **may("housing.application.load", keyed=True, streamed=True, refusals=(413, 415)),
)
async def load_applications(
    request: Request, response: Response, unit: Unit, content_type: Annotated[str, Header()] = ""
) -> loads.LoadAccepted:
    """Load applications from the register before ours: `application/x-ndjson`, one `NewApplication` a line.

    Rows that break a rule are left out and told by row and field. Loading the same file again changes nothing.
    """
    if content_type.partition(";")[0].strip().lower() != "application/x-ndjson":
        raise loads.UnknownForm("Send application/x-ndjson with one object a line")
    lines = rows_of_json(await loading_files.whole(loads.body(request)))
    load = await loading_files.receive(unit, LoadKind.APPLICATIONS, lines)
    response.headers["Location"] = f"/v1/housing/loads/{load.id}"
    return loads.LoadAccepted(load_id=load.id, rows=load.rows)


@router.get("/applications", **may("housing.application.read"))
async def list_applications(
    unit: Unit,
    paging: Paging,
    state: Standing | None = None,
    band: Annotated[Code | None, Query()] = None,
    household_id: UUID | None = None,
    person_id: UUID | None = None,
    renew_by: Annotated[date | None, Query(description="To be renewed by this day")] = None,
    number: Number = None,
) -> Page[ApplicationLine]:
    """Applications, in the order they were registered."""
    filters = Filters(state, band, household_id, person_id, renew_by, number)
    return paging.page(await queries.applications(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/applications/waiting-times", **may("housing.waiting_time.read"))
async def read_waiting_times(unit: Unit) -> WaitingTimes:
    """How long households wait by band and size: of everybody who waited, for anyone to read."""
    return await queries.waiting_times(unit)


@router.get("/applications/{application_id}", **may("housing.application.read", refusals=(404,)))
async def read_application(unit: Unit, response: Response, application_id: UUID) -> ApplicationView:
    """One of them, with why it stands where it stands."""
    shown = await queries.application(unit, application_id)
    set_etag(response, shown.version)
    return shown


@router.patch("/applications/{application_id}", **may("housing.application.take", refusals=(404, 409, 412, 428)))
async def change_application(
    unit: Unit, response: Response, application_id: UUID, expected: Expected, body: ApplicationChanges
) -> ApplicationView:
    """What they tell us now. What follows to their good stands at once; the rest waits for an officer."""
    row = await commands.change(unit, application_id, expected, body)
    set_etag(response, row.version)
    return await queries.view(unit, row)


@router.post("/applications/{application_id}/steps", **may("housing.application.take", refusals=(404, 409, 412, 428)))
async def take_step(
    unit: Unit, response: Response, application_id: UUID, expected: Expected, body: HandStep
) -> ApplicationView:
    """A step of the work that decides nothing. 409 names those allowed from here."""
    row = await commands.take_step(unit, application_id, expected, body.to)
    set_etag(response, row.version)
    return await queries.view(unit, row)


@router.post(
    "/applications/{application_id}/assessments",
    **may("housing.application.weigh", refusals=(404, 409, 412, 428)),
)
async def weigh_application(
    unit: Unit, response: Response, application_id: UUID, expected: Expected, body: Weighing
) -> WeighedView:
    """Ask the scheme: who qualifies, in which band, why, and what must be asked first.

    What it gives stands at once; what it takes is proposed, and stands when a named officer has confirmed it.
    """
    row, found, decision = await commands.weigh(unit, application_id, expected, body)
    set_etag(response, row.version)
    return queries.weighed_view(row, found, decision)


@router.post(
    "/applications/{application_id}/decisions",
    status_code=201,
    **may("housing.application.weigh", keyed=True, refusals=(404, 412, 428)),
)
async def propose_decision(
    unit: Unit, response: Response, application_id: UUID, expected: Expected, body: NewDecision
) -> DecisionView:
    """What an officer would do besides the scheme: suspend, restore, end, or set the need by hand."""
    decision = await commands.decide(unit, application_id, expected, body)
    response.headers["Location"] = f"/v1/housing/register-decisions/{decision.id}"
    set_etag(response, decision.version)
    return DecisionView.model_validate(decision)


@router.get("/applications/{application_id}/decisions", **may("housing.application.read", refusals=(404,)))
async def list_decisions_of(
    unit: Unit, paging: Paging, application_id: UUID, state: Waits = None
) -> Page[DecisionView]:
    """Its decisions with their letters, the oldest first."""
    rows = await queries.decisions(unit, application_id, state, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_decision)


@router.get("/applications/{application_id}/bands", **may("housing.application.read", refusals=(404,)))
async def read_bands(unit: Unit, application_id: UUID) -> BandHistory:
    """In which bands it has been, since when, and who said so."""
    found = await queries.band_history(unit, application_id)
    return BandHistory(stays=[BandStayView.model_validate(each) for each in found])


@router.post(
    "/applications/{application_id}/renewals", **may("housing.application.take", refusals=(404, 409, 412, 428))
)
async def renew_application(
    unit: Unit, response: Response, application_id: UUID, expected: Expected
) -> ApplicationView:
    """All of it is still so: it runs for another year."""
    row = await commands.renew(unit, application_id, expected)
    set_etag(response, row.version)
    return await queries.view(unit, row)
