"""The HTTP door of leaving care."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.leavingcare import commands, handovers, queries
from services.casefile.leavingcare.models import AdviserHandover, CareLeaver
from services.casefile.leavingcare.queries import Filters
from services.casefile.leavingcare.shapes import (
    CareLeaverChanges,
    CareLeaverView,
    EntitlementRecord,
    EntitlementView,
    HandoverAnswer,
    HandoverView,
    NewCareLeaver,
    NewHandover,
    NewPlan,
    NewReview,
    PlanView,
    ReviewView,
)

router = APIRouter(route_class=UnitRoute, tags=["leaving care"])

_ADDING = (404, 412, 428)


def _answer(response: Response, row: CareLeaver) -> CareLeaverView:
    response.headers["Location"] = f"/v1/casefile/care-leavers/{row.id}"
    set_etag(response, row.version)
    return queries.view_of(row)


def _handover(response: Response, row: AdviserHandover) -> HandoverView:
    set_etag(response, row.version)
    return HandoverView.model_validate(row, from_attributes=True)


@router.post("/care-leavers", status_code=201, **may("casefile.care_leaver.work", keyed=True, refusals=(404,)))
async def record_care_leaver(unit: Unit, response: Response, body: NewCareLeaver) -> CareLeaverView:
    """Support for a young person leaving care begins."""
    return _answer(response, await commands.record(unit, body))


@router.get("/care-leavers", **may("casefile.care_leaver.read"))
async def list_care_leavers(
    unit: Unit,
    paging: Paging,
    person_id: UUID | None = None,
    adviser: Annotated[WorkerId | None, Query()] = None,
    review_overdue: bool | None = None,
    without_adviser: bool = False,
) -> Page[CareLeaverView]:
    """Young people by adviser, with an overdue review, or whose adviser has left."""
    filters = Filters(person_id, adviser, review_overdue, without_adviser)
    rows = await queries.listed(unit, filters, paging.place, paging.limit + 1)
    page = paging.page(rows, lambda row: [row.recorded_at.isoformat(), str(row.id)])
    return Page(items=[queries.view_of(row) for row in page.items], next=page.next)


@router.get("/care-leavers/{care_leaver_id}", **may("casefile.care_leaver.read", refusals=(404,)))
async def read_care_leaver(unit: Unit, response: Response, care_leaver_id: UUID) -> CareLeaverView:
    """One of them."""
    view = await queries.view(unit, care_leaver_id)
    set_etag(response, view.version)
    return view


@router.patch("/care-leavers/{care_leaver_id}", **may("casefile.care_leaver.work", refusals=(404, 409, 412, 428)))
async def change_care_leaver(
    unit: Unit, response: Response, care_leaver_id: UUID, expected: Expected, body: CareLeaverChanges
) -> CareLeaverView:
    """The status, whether they want support after 21, when they were told of it."""
    return _answer(response, await commands.change(unit, care_leaver_id, expected, body))


@router.post(
    "/care-leavers/{care_leaver_id}/plans",
    status_code=201,
    **may("casefile.care_leaver.work", keyed=True, refusals=_ADDING),
)
async def agree_pathway_plan(
    unit: Unit, response: Response, care_leaver_id: UUID, expected: Expected, body: NewPlan
) -> CareLeaverView:
    """A pathway plan; the ones before stay as they were."""
    return _answer(response, await commands.agree_plan(unit, care_leaver_id, expected, body))


@router.get("/care-leavers/{care_leaver_id}/plans", **may("casefile.care_leaver.read", refusals=(404,)))
async def list_pathway_plans(unit: Unit, paging: Paging, care_leaver_id: UUID) -> Page[PlanView]:
    """Every plan as it was agreed, the latest first."""
    found = await queries.plans(unit, care_leaver_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda plan: [plan.number])


@router.post(
    "/care-leavers/{care_leaver_id}/reviews",
    status_code=201,
    **may("casefile.pathway_plan.review", keyed=True, refusals=_ADDING),
)
async def review_pathway_plan(
    unit: Unit, response: Response, care_leaver_id: UUID, expected: Expected, body: NewReview
) -> CareLeaverView:
    """The plan is reviewed, by somebody else than the adviser; the next review is due six months later."""
    return _answer(response, await commands.review(unit, care_leaver_id, expected, body))


@router.get("/care-leavers/{care_leaver_id}/reviews", **may("casefile.care_leaver.read", refusals=(404,)))
async def list_pathway_reviews(unit: Unit, paging: Paging, care_leaver_id: UUID) -> Page[ReviewView]:
    """Every review, the latest first."""
    found = await queries.reviews(unit, care_leaver_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda review: [str(review.id)])


@router.get("/care-leavers/{care_leaver_id}/entitlements", **may("casefile.care_leaver.read", refusals=(404,)))
async def read_entitlements(unit: Unit, care_leaver_id: UUID) -> list[EntitlementView]:
    """What is due to them up to 25, with their own dates and the law, and what became of it."""
    return await queries.entitlements(unit, care_leaver_id)


@router.post(
    "/care-leavers/{care_leaver_id}/entitlements",
    status_code=201,
    **may("casefile.care_leaver.work", keyed=True, refusals=_ADDING),
)
async def record_entitlement(
    unit: Unit, response: Response, care_leaver_id: UUID, expected: Expected, body: EntitlementRecord
) -> CareLeaverView:
    """They were told of it, claimed it, have it, or do not want it."""
    return _answer(response, await commands.record_entitlement(unit, care_leaver_id, expected, body))


@router.post(
    "/care-leavers/{care_leaver_id}/handovers",
    status_code=201,
    **may("casefile.adviser_handover.offer", keyed=True, refusals=_ADDING),
)
async def offer_adviser_handover(
    unit: Unit, response: Response, care_leaver_id: UUID, expected: Expected, body: NewHandover
) -> HandoverView:
    """Offer to another adviser. The one there is advises until the other accepts by name."""
    row = await handovers.offer(unit, care_leaver_id, expected, body)
    response.headers["Location"] = f"/v1/casefile/adviser-handovers/{row.id}"
    return _handover(response, row)


@router.get("/adviser-handovers", **may("casefile.care_leaver.read"))
async def list_adviser_handovers(unit: Unit, paging: Paging, to_me: bool = False) -> Page[HandoverView]:
    """Handovers between advisers, the newest first; or those that wait for the caller."""
    found = await queries.handovers(unit, to_me, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_handover)


@router.post(
    "/adviser-handovers/{handover_id}/answer",
    **may("casefile.adviser_handover.answer", refusals=(404, 409, 412, 428)),
)
async def answer_adviser_handover(
    unit: Unit, response: Response, handover_id: UUID, expected: Expected, body: HandoverAnswer
) -> HandoverView:
    """Take the young person on, by name, or not."""
    return _handover(response, await handovers.answer(unit, handover_id, expected, body.accept))
