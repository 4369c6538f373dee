"""The HTTP door of reviews."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.reviews import commands, queries, rows
from services.housing.homelessness.reviews.models import HomelessnessReview
from services.housing.homelessness.reviews.shapes import (
    HomelessnessReviewChanges,
    HomelessnessReviewDecision,
    HomelessnessReviewView,
    HomelessnessReviewWithdrawal,
    NewHomelessnessReview,
    ReviewState,
)

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])

_READ = "housing.homelessness_finding.read"
_ASK = "housing.homelessness_review.ask"
_DECIDE = "housing.homelessness_review.decide"
_ONE = "/homelessness-reviews/{review_id}"
_CHANGES = (400, 404, 409, 412, 428)


def _answer(response: Response, row: HomelessnessReview, restored: bool | None = None) -> HomelessnessReviewView:
    set_etag(response, row.version)
    return rows.view(row, restored)


@router.post("/homelessness-decisions/{decision_id}/reviews", status_code=201, **may(_ASK, keyed=True, refusals=(404,)))
async def ask_for_homelessness_review(
    unit: Unit, response: Response, decision_id: UUID, body: NewHomelessnessReview
) -> HomelessnessReviewView:
    """They ask for a review (s202): within 21 days, or later for a reason. The answer says by when it is decided."""
    row = await commands.ask(unit, decision_id, body)
    response.headers["Location"] = f"/v1/housing/homelessness-reviews/{row.id}"
    return _answer(response, row)


@router.get("/homelessness-reviews", **may(_READ))
async def list_homelessness_reviews(
    unit: Unit, paging: Paging, state: ReviewState | None = None, case_id: UUID | None = None
) -> Page[HomelessnessReviewView]:
    """Reviews, those due first."""
    found = await queries.listed(unit, case_id, state, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get(_ONE, **may(_READ, refusals=(404,)))
async def read_homelessness_review(unit: Unit, response: Response, review_id: UUID) -> HomelessnessReviewView:
    """One review."""
    view = await queries.review(unit, review_id)
    set_etag(response, view.version)
    return view


@router.patch(_ONE, **may(_DECIDE, refusals=_CHANGES))
async def add_to_homelessness_review(
    unit: Unit, response: Response, review_id: UUID, expected: Expected, body: HomelessnessReviewChanges
) -> HomelessnessReviewView:
    """Representations, a longer time agreed in writing, or a notice of a fault."""
    return _answer(response, await commands.add(unit, review_id, expected, body))


@router.post(f"{_ONE}/decision", **may(_DECIDE, refusals=_CHANGES))
async def decide_homelessness_review(
    unit: Unit, response: Response, review_id: UUID, expected: Expected, body: HomelessnessReviewDecision
) -> HomelessnessReviewView:
    """A senior officer who had no part in it decides; 403 for anyone who had."""
    row, restored = await commands.decide(unit, review_id, expected, body)
    return _answer(response, row, restored)


@router.post(f"{_ONE}/withdrawal", **may(_ASK, refusals=_CHANGES))
async def withdraw_homelessness_review(
    unit: Unit, response: Response, review_id: UUID, expected: Expected, body: HomelessnessReviewWithdrawal
) -> HomelessnessReviewView:
    """They no longer want it."""
    return _answer(response, await commands.withdraw(unit, review_id, expected, body.reason))
