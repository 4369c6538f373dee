"""The HTTP door of decisions."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.decisions import commands, queries, rows
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.decisions.shapes import (
    DecisionState,
    HomelessnessDecisionView,
    HomelessnessNotification,
    NewHomelessnessDecision,
)

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])

_READ = "housing.homelessness_finding.read"
_DECIDE = "housing.homelessness_decision.make"
_ONE = "/homelessness-decisions/{decision_id}"
_CHANGES = (400, 404, 409, 412, 428)


def _answer(response: Response, row: HomelessnessDecision) -> HomelessnessDecisionView:
    set_etag(response, row.version)
    return rows.view(row)


@router.post(
    "/homelessness-cases/{case_id}/decisions",
    status_code=201,
    **may(_DECIDE, keyed=True, refusals=(404, 412, 428)),
)
async def decide_on_homelessness(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: NewHomelessnessDecision
) -> HomelessnessDecisionView:
    """A decision by a named officer, with its letter. 409 names what may follow from here, 422 what is missing."""
    row = await commands.decide(unit, case_id, expected, body)
    response.headers["Location"] = f"/v1/housing/homelessness-decisions/{row.id}"
    return _answer(response, row)


@router.get("/homelessness-cases/{case_id}/decisions", **may(_READ, refusals=(404,)))
async def list_decisions_of_homelessness_case(
    unit: Unit, paging: Paging, case_id: UUID
) -> Page[HomelessnessDecisionView]:
    """The decisions of a case, the oldest first."""
    found = await queries.listed(unit, case_id, None, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/homelessness-decisions", **may(_READ))
async def list_homelessness_decisions(
    unit: Unit, paging: Paging, state: DecisionState | None = None
) -> Page[HomelessnessDecisionView]:
    """Decisions, the oldest first: those to be told, those that wait for a second officer."""
    return paging.page(await queries.listed(unit, None, state, paging.place, paging.limit + 1), queries.place_of)


@router.get(_ONE, **may(_READ, refusals=(404,)))
async def read_homelessness_decision(unit: Unit, response: Response, decision_id: UUID) -> HomelessnessDecisionView:
    """One decision with the words of its letter."""
    view = await queries.decision(unit, decision_id)
    set_etag(response, view.version)
    return view


@router.post(f"{_ONE}/authorisation", **may("housing.homelessness_decision.authorise", refusals=_CHANGES))
async def authorise_homelessness_decision(
    unit: Unit, response: Response, decision_id: UUID, expected: Expected
) -> HomelessnessDecisionView:
    """Another officer agrees; 403 for whoever made it."""
    return _answer(response, await commands.authorise(unit, decision_id, expected))


@router.post(f"{_ONE}/notification", **may(_DECIDE, refusals=_CHANGES))
async def notify_homelessness_decision(
    unit: Unit, response: Response, decision_id: UUID, expected: Expected, body: HomelessnessNotification
) -> HomelessnessDecisionView:
    """They were told in writing: what ends a duty holds from now, and the time for a review begins."""
    return _answer(response, await commands.notify(unit, decision_id, expected, body))


@router.post(f"{_ONE}/withdrawal", **may(_DECIDE, refusals=_CHANGES))
async def withdraw_homelessness_decision(
    unit: Unit, response: Response, decision_id: UUID, expected: Expected
) -> HomelessnessDecisionView:
    """Take back a decision that does not hold yet."""
    return _answer(response, await commands.withdraw(unit, decision_id, expected))
