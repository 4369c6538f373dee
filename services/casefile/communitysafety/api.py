"""The HTTP door of community safety."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.communitysafety import commands, queries, reviews
from services.casefile.communitysafety.models import AsbReview, SafetyCase
from services.casefile.communitysafety.shapes import (
    ActionEnd,
    AsbReviewView,
    Closing,
    NewAction,
    NewAsbReview,
    NewAssessment,
    NewIncident,
    NewSafetyCase,
    ReviewDecision,
    ReviewResult,
    SafetyCaseChanges,
    SafetyCaseView,
)

router = APIRouter(route_class=UnitRoute, tags=["community safety"])

_ADDING = (404, 412, 428)
_CHANGING = (404, 409, 412, 428)


def _answer(response: Response, row: SafetyCase) -> SafetyCaseView:
    response.headers["Location"] = f"/v1/casefile/safety-cases/{row.id}"
    set_etag(response, row.version)
    return SafetyCaseView.of(row)


def _review(response: Response, row: AsbReview) -> AsbReviewView:
    response.headers["Location"] = f"/v1/casefile/asb-reviews/{row.id}"
    set_etag(response, row.version)
    return AsbReviewView.of(row)


@router.post("/safety-cases", status_code=201, **may("casefile.safety_case.work", keyed=True, refusals=(404,)))
async def open_safety_case(unit: Unit, response: Response, body: NewSafetyCase) -> SafetyCaseView:
    """Something harms somebody: anti-social behaviour, a hate crime, their home taken over."""
    return _answer(response, await commands.open_case(unit, body))


@router.get("/safety-cases", **may("casefile.safety_case.read"))
async def list_safety_cases(
    unit: Unit, paging: Paging, person_id: UUID | None = None, state: Literal["open", "closed"] | None = None
) -> Page[SafetyCaseView]:
    """The newest first."""
    found = await queries.listed(unit, person_id, state, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/safety-cases/{safety_case_id}", **may("casefile.safety_case.read", refusals=(404,)))
async def read_safety_case(unit: Unit, response: Response, safety_case_id: UUID) -> SafetyCaseView:
    """One of them."""
    view = await queries.view(unit, safety_case_id)
    set_etag(response, view.version)
    return view


@router.patch("/safety-cases/{safety_case_id}", **may("casefile.safety_case.work", refusals=_CHANGING))
async def change_safety_case(
    unit: Unit, response: Response, safety_case_id: UUID, expected: Expected, body: SafetyCaseChanges
) -> SafetyCaseView:
    """The harm, what would make it stop, who works on it; that it tells of crime after all."""
    return _answer(response, await commands.change(unit, safety_case_id, expected, body))


@router.post(
    "/safety-cases/{safety_case_id}/incidents",
    status_code=201,
    **may("casefile.safety_case.work", keyed=True, refusals=_ADDING),
)
async def add_safety_incident(
    unit: Unit, response: Response, safety_case_id: UUID, expected: Expected, body: NewIncident
) -> SafetyCaseView:
    """What happened on a day, and to whom it was complained of."""
    return _answer(response, await commands.add_incident(unit, safety_case_id, expected, body))


@router.post(
    "/safety-cases/{safety_case_id}/assessments",
    status_code=201,
    **may("casefile.safety_case.work", keyed=True, refusals=_ADDING),
)
async def assess_safety_risk(
    unit: Unit, response: Response, safety_case_id: UUID, expected: Expected, body: NewAssessment
) -> SafetyCaseView:
    """The risk of harm, by the form's total and by judgement."""
    return _answer(response, await commands.assess(unit, safety_case_id, expected, body))


@router.post(
    "/safety-cases/{safety_case_id}/actions",
    status_code=201,
    **may("casefile.safety_case.work", keyed=True, refusals=_ADDING),
)
async def add_safety_action(
    unit: Unit, response: Response, safety_case_id: UUID, expected: Expected, body: NewAction
) -> SafetyCaseView:
    """One more action of the plan, and whose it is."""
    return _answer(response, await commands.add_action(unit, safety_case_id, expected, body))


@router.post(
    "/safety-cases/{safety_case_id}/actions/{action_id}/end", **may("casefile.safety_case.work", refusals=_CHANGING)
)
async def end_safety_action(
    unit: Unit, response: Response, safety_case_id: UUID, action_id: UUID, expected: Expected, body: ActionEnd
) -> SafetyCaseView:
    """What came of an action."""
    return _answer(response, await commands.end_action(unit, safety_case_id, action_id, expected, body))


@router.post("/safety-cases/{safety_case_id}/close", **may("casefile.safety_case.work", refusals=_CHANGING))
async def close_safety_case(
    unit: Unit, response: Response, safety_case_id: UUID, expected: Expected, body: Closing
) -> SafetyCaseView:
    """The work ends, once nothing of it is open."""
    return _answer(response, await commands.close(unit, safety_case_id, expected, body.reason))


@router.post(
    "/safety-cases/{safety_case_id}/reviews",
    status_code=201,
    **may("casefile.asb_review.ask", keyed=True, refusals=_ADDING),
)
async def ask_asb_review(
    unit: Unit, response: Response, safety_case_id: UUID, expected: Expected, body: NewAsbReview
) -> AsbReviewView:
    """A case review (community trigger) is asked for; its clock begins."""
    return _review(response, await reviews.ask(unit, safety_case_id, expected, body))


@router.get("/asb-reviews", **may("casefile.safety_case.read"))
async def list_asb_reviews(
    unit: Unit, paging: Paging, safety_case_id: UUID | None = None, waiting: bool = False
) -> Page[AsbReviewView]:
    """Case reviews, the first due first; or those that wait."""
    found = await queries.reviews(unit, safety_case_id, waiting, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_review)


@router.get("/asb-reviews/{review_id}", **may("casefile.safety_case.read", refusals=(404,)))
async def read_asb_review(unit: Unit, response: Response, review_id: UUID) -> AsbReviewView:
    """One of them."""
    view = await queries.review(unit, review_id)
    set_etag(response, view.version)
    return view


@router.post("/asb-reviews/{review_id}/decision", **may("casefile.asb_review.decide", refusals=_CHANGING))
async def decide_asb_review(
    unit: Unit, response: Response, review_id: UUID, expected: Expected, body: ReviewDecision
) -> AsbReviewView:
    """Whether the threshold is met. By the number of complaints the review is owed."""
    return _review(response, await reviews.decide(unit, review_id, expected, body))


@router.post("/asb-reviews/{review_id}/result", **may("casefile.asb_review.decide", refusals=_CHANGING))
async def hold_asb_review(
    unit: Unit, response: Response, review_id: UUID, expected: Expected, body: ReviewResult
) -> AsbReviewView:
    """What the bodies recommend; the person is told."""
    return _review(response, await reviews.hold(unit, review_id, expected, body))
