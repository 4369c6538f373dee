"""The HTTP door of activities."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.activities import commands, queries
from services.housing.homelessness.activities.shapes import (
    HomelessnessActivityEnd,
    HomelessnessActivityView,
    NewHomelessnessActivity,
)

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])

_READ = "housing.homelessness_case.read"
_WORK = "housing.homelessness_case.work"
_LIST = "/homelessness-cases/{case_id}/activities"


@router.post(_LIST, status_code=201, **may(_WORK, keyed=True, refusals=(404,)))
async def begin_homelessness_activity(
    unit: Unit, response: Response, case_id: UUID, body: NewHomelessnessActivity
) -> HomelessnessActivityView:
    """Mediation, debts put in order, a small sum: beside the duty, never instead of it."""
    row = await commands.begin(unit, case_id, body)
    response.headers["Location"] = f"/v1/housing/homelessness-cases/{case_id}/activities"
    set_etag(response, row.version)
    return HomelessnessActivityView.model_validate(row)


@router.get(_LIST, **may(_READ, refusals=(404,)))
async def list_homelessness_activities(unit: Unit, paging: Paging, case_id: UUID) -> Page[HomelessnessActivityView]:
    """What was done, the oldest first, with what it cost and what came of it."""
    found = await queries.of_case(unit, case_id, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.post(f"{_LIST}/{{activity_id}}/outcome", **may(_WORK, refusals=(400, 404, 409, 412, 428)))
async def end_homelessness_activity(
    unit: Unit, response: Response, case_id: UUID, activity_id: UUID, expected: Expected, body: HomelessnessActivityEnd
) -> HomelessnessActivityView:
    """What came of it."""
    row = await commands.end(unit, case_id, activity_id, expected, body)
    set_etag(response, row.version)
    return HomelessnessActivityView.model_validate(row)
