"""The HTTP door of cases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.cases import commands, queries
from services.casefile.cases.queries import CaseView, Filters, State

router = APIRouter(route_class=UnitRoute, tags=["cases"])

Worker = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class Allocation(BaseModel):
    """Who takes the case; one left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    account_manager: Worker | None = None
    lead: Worker | None = None


class Closing(BaseModel):
    """Why the case is closed."""

    model_config = ConfigDict(extra="forbid")

    reason: str
    note: Annotated[str, StringConstraints(max_length=4000)] = ""


@router.get("/cases", **may("casefile.case.read"))
async def list_cases(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    worker: Worker | None = None,
    household_id: UUID | None = None,
    unallocated: bool = False,
) -> Page[CaseView]:
    """Cases, the newest first: by state, worker, household, or those nobody has yet."""
    filters = Filters(state, worker, household_id, unallocated)
    found = await queries.listed(unit, filters, paging.place, paging.limit)
    return paging.page(found, lambda case: [case.opened_at.isoformat(), str(case.id)])


@router.get("/cases/{case_id}", **may("casefile.case.read", refusals=(404,)))
async def read_case(unit: Unit, response: Response, case_id: UUID) -> CaseView:
    """One case."""
    view = await queries.view(unit, case_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/cases/{case_id}/allocations",
    status_code=201,
    **may("casefile.case.allocate", keyed=True, refusals=(404, 409, 412, 428)),
)
async def allocate_case(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: Allocation
) -> CaseView:
    """Give the case to a worker."""
    case = await commands.allocate(unit, case_id, expected, body.account_manager, body.lead)
    response.headers["Location"] = f"/v1/casefile/cases/{case.id}"
    set_etag(response, case.version)
    return await queries.view(unit, case_id)


@router.post("/cases/{case_id}/close", **may("casefile.case.close", refusals=(404, 409, 412, 428)))
async def close_case(unit: Unit, response: Response, case_id: UUID, expected: Expected, body: Closing) -> CaseView:
    """Close the case with its reason."""
    case = await commands.close(unit, case_id, expected, body.reason, body.note)
    set_etag(response, case.version)
    return await queries.view(unit, case_id)


@router.post("/cases/{case_id}/reopen", **may("casefile.case.reopen", refusals=(404, 409, 412, 428)))
async def reopen_case(unit: Unit, response: Response, case_id: UUID, expected: Expected) -> CaseView:
    """Open a closed case again; the earlier episode stays."""
    case = await commands.reopen(unit, case_id, expected)
    set_etag(response, case.version)
    return await queries.view(unit, case_id)
