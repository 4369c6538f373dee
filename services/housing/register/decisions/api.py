"""The HTTP door of decisions on applications and of their reviews."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.register import queries
from services.housing.register.decisions import commands, reviews
from services.housing.register.shapes import DecisionView, NewRegisterReview, RegisterReviewView, ReviewOutcome

router = APIRouter(route_class=UnitRoute, tags=["housing register"])

DecisionStates = Literal["proposed", "confirmed", "withdrawn", "changed_on_review"]
ReviewStates = Literal["asked", "upheld", "changed"]


@router.get("/register-decisions", **may("housing.application.read"))
async def list_decisions(
    unit: Unit, paging: Paging, state: Annotated[DecisionStates, Query()] = "proposed"
) -> Page[DecisionView]:
    """Decisions that wait for a named officer, the oldest first."""
    rows = await queries.decisions(unit, None, state, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_decision)


@router.get("/register-decisions/{decision_id}", **may("housing.application.read", refusals=(404,)))
async def read_decision(unit: Unit, response: Response, decision_id: UUID) -> DecisionView:
    """One of them, with its letter."""
    shown = await queries.decision(unit, decision_id)
    set_etag(response, shown.version)
    return shown


@router.post(
    "/register-decisions/{decision_id}/confirmation",
    **may("housing.application.weigh", refusals=(404, 409, 412, 428)),
)
async def confirm_decision(unit: Unit, response: Response, decision_id: UUID, expected: Expected) -> DecisionView:
    """Confirm by name: from now on it stands. The letter gives facts, reasons and how to have it reviewed."""
    row = await commands.confirm(unit, decision_id, expected)
    set_etag(response, row.version)
    return DecisionView.model_validate(row)


@router.post(
    "/register-decisions/{decision_id}/withdrawal",
    **may("housing.application.weigh", refusals=(404, 409, 412, 428)),
)
async def withdraw_decision(unit: Unit, response: Response, decision_id: UUID, expected: Expected) -> DecisionView:
    """It will not be decided so."""
    row = await commands.withdraw(unit, decision_id, expected)
    set_etag(response, row.version)
    return DecisionView.model_validate(row)


@router.post(
    "/register-decisions/{decision_id}/reviews",
    status_code=201,
    **may("housing.register_review.ask", keyed=True, refusals=(404,)),
)
async def ask_for_review(
    unit: Unit, response: Response, decision_id: UUID, body: NewRegisterReview
) -> RegisterReviewView:
    """They think that it is wrong: another officer looks at it again."""
    row = await reviews.ask(unit, decision_id, body)
    response.headers["Location"] = f"/v1/housing/register-reviews/{row.id}"
    set_etag(response, row.version)
    return queries.review_view(row)


@router.get("/register-reviews", **may("housing.register_review.read"))
async def list_reviews(
    unit: Unit, paging: Paging, state: Annotated[ReviewStates, Query()] = "asked"
) -> Page[RegisterReviewView]:
    """Reviews, the one to be decided first on top."""
    rows = await queries.reviews(unit, state, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_review)


@router.post(
    "/register-reviews/{review_id}/outcome",
    **may("housing.register_review.decide", refusals=(404, 409, 412, 428)),
)
async def decide_review(
    unit: Unit, response: Response, review_id: UUID, expected: Expected, body: ReviewOutcome
) -> RegisterReviewView:
    """Upheld, or changed back. 403 for whoever had a part in the decision."""
    row = await reviews.decide(unit, review_id, expected, body)
    set_etag(response, row.version)
    return queries.review_view(row)
