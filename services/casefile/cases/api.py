"""The HTTP door of cases. Closing and reopening: `services.casefile.closing.api`."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code, WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.cases import commands, queries
from services.casefile.cases.domain import Rag
from services.casefile.cases.models import Case
from services.casefile.cases.queries import CaseView, Filters, MemberView, ReviewView, State

router = APIRouter(route_class=UnitRoute, tags=["cases"])

Worker = Annotated[WorkerId, Query()]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
_MADE = (404, 409, 412, 428)


class Allocation(BaseModel):
    """Who takes the case; one left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    account_manager: WorkerId | None = None
    lead: WorkerId | None = None


class NewMember(BaseModel):
    """Who joins the team around the household, and as what."""

    model_config = ConfigDict(extra="forbid")

    worker: WorkerId
    role: Code = Field(description="What they do for the household, e.g. housing, school, co_worker")


class Rating(BaseModel):
    """How urgent the case is; red says why."""

    model_config = ConfigDict(extra="forbid")

    rag: Rag
    reason: Words | None = None


class NewReview(BaseModel):
    """What the review found, and when the next one is."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    rag: Rag | None = Field(default=None, description="Left out: as it was")
    next_review_on: date


async def _answer(unit: Unit, response: Response, case: Case) -> CaseView:
    response.headers["Location"] = f"/v1/casefile/cases/{case.id}"
    set_etag(response, case.version)
    return await queries.view(unit, case.id)


@router.get("/cases", **may("casefile.case.read"))
async def list_cases(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    worker: Worker | None = None,
    household_id: UUID | None = None,
    unallocated: bool = False,
    rag: Rag | None = None,
    review_overdue: bool = False,
) -> Page[CaseView]:
    """Cases, the newest first: by state, worker, household, rating, those overdue, or those nobody has yet."""
    filters = Filters(state, worker, household_id, unallocated, rag, review_overdue)
    found = await queries.listed(unit, filters, paging.place, paging.limit)
    return paging.page(found, lambda case: [case.opened_at.isoformat(), str(case.id)])


@router.get("/cases/{case_id}", **may("casefile.case.read", refusals=(404,)))
async def read_case(unit: Unit, response: Response, case_id: UUID) -> CaseView:
    """One case."""
    view = await queries.view(unit, case_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/cases/{case_id}/allocations", status_code=201, **may("casefile.case.allocate", keyed=True, refusals=_MADE)
)
async def allocate_case(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: Allocation
) -> CaseView:
    """Give the case to a worker, or take it over yourself."""
    case = await commands.allocate(unit, case_id, expected, body.account_manager, body.lead)
    return await _answer(unit, response, case)


@router.get("/cases/{case_id}/members", **may("casefile.case.read", refusals=(404,)))
async def list_members(unit: Unit, paging: Paging, case_id: UUID) -> Page[MemberView]:
    """The team around the household, with those who have left it, the newest first."""
    found = await queries.team(unit, case_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.since.isoformat(), str(each.id)])


@router.post("/cases/{case_id}/members", status_code=201, **may("casefile.case.work", keyed=True, refusals=_MADE))
async def add_member(unit: Unit, response: Response, case_id: UUID, expected: Expected, body: NewMember) -> CaseView:
    """Somebody joins the team around the household."""
    case = await commands.add_member(unit, case_id, expected, body.worker, body.role)
    return await _answer(unit, response, case)


@router.post("/cases/{case_id}/members/{member_id}/end", **may("casefile.case.work", refusals=_MADE))
async def end_member(unit: Unit, response: Response, case_id: UUID, member_id: UUID, expected: Expected) -> CaseView:
    """Somebody leaves the team; that they were of it stays."""
    return await _answer(unit, response, await commands.end_member(unit, case_id, member_id, expected))


@router.post("/cases/{case_id}/rating", **may("casefile.case.work", refusals=_MADE))
async def rate_case(unit: Unit, response: Response, case_id: UUID, expected: Expected, body: Rating) -> CaseView:
    """Say how urgent the case is: red, amber or green."""
    return await _answer(unit, response, await commands.rate(unit, case_id, expected, body.rag, body.reason))


@router.get("/cases/{case_id}/reviews", **may("casefile.case.read", refusals=(404,)))
async def list_reviews(unit: Unit, paging: Paging, case_id: UUID) -> Page[ReviewView]:
    """The case's reviews in all its episodes, the newest first."""
    found = await queries.reviews(unit, case_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.at.isoformat(), str(each.id)])


@router.post("/cases/{case_id}/reviews", status_code=201, **may("casefile.case.work", keyed=True, refusals=_MADE))
async def review_case(unit: Unit, response: Response, case_id: UUID, expected: Expected, body: NewReview) -> CaseView:
    """Keep a review; the next one is within twelve weeks."""
    case = await commands.review(unit, case_id, expected, body.words, body.rag, body.next_review_on)
    return await _answer(unit, response, case)
