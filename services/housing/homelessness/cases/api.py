"""The HTTP door of cases."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from kit import clock
from kit.contracts.envelope import Code, WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.cases import commands, queries
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.cases.queries import Filters
from services.housing.homelessness.cases.shapes import (
    CaseHolder,
    HomelessHousehold,
    HomelessnessAssessmentView,
    HomelessnessCaseLine,
    HomelessnessCaseView,
    HomelessnessDutyView,
    LocalConnection,
    NewHomelessnessAssessment,
    NewHomelessnessCase,
    Residence,
)
from services.housing.homelessness.domain import Lived, local_by_residence

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])

_READ = "housing.homelessness_case.read"
_FINDING = "housing.homelessness_finding.read"
_WORK = "housing.homelessness_case.work"
_CHANGES = (400, 404, 409, 412, 428)
# The Act's clocks are counted in these years.
DueBy = Annotated[date, Field(ge=date(2018, 7, 1), le=date(2199, 12, 31))]
_NOT_COUNTED = ("prison", "hospital", "forces")


async def _answer(unit: Unit, response: Response, row: HomelessnessCase) -> HomelessnessCaseView:
    set_etag(response, row.version)
    return await queries.shown(unit, row)


@router.post("/homelessness-cases", status_code=201, **may("housing.homelessness_case.open", keyed=True))
async def open_homelessness_case(unit: Unit, response: Response, body: NewHomelessnessCase) -> HomelessnessCaseView:
    """Somebody applies as homeless, or threatened with it, to housing itself."""
    row = await commands.open_case(unit, body)
    response.headers["Location"] = f"/v1/housing/homelessness-cases/{row.id}"
    return await _answer(unit, response, row)


@router.get("/homelessness-cases", **may(_READ))
async def list_homelessness_cases(
    unit: Unit,
    paging: Paging,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
    position: Annotated[Code | None, Query()] = None,
    officer: Annotated[WorkerId | None, Query()] = None,
    open: Annotated[bool | None, Query(description="true: not closed")] = None,
    due_by: Annotated[DueBy | None, Query(description="Something of it is due by that day, or overdue")] = None,
) -> Page[HomelessnessCaseLine]:
    """Cases, the oldest application first, each with its nearest day and the days left to it."""
    filters = Filters(person_id, household_id, position, officer, open, due_by)
    return paging.page(await queries.listed(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/homelessness-cases/{case_id}", **may(_READ, refusals=(404,)))
async def read_homelessness_case(unit: Unit, response: Response, case_id: UUID) -> HomelessnessCaseView:
    """One case: who, what was found, which duties are owed, how many days are left, and what may follow."""
    view = await queries.view(unit, case_id)
    set_etag(response, view.version)
    return view


@router.put("/homelessness-cases/{case_id}/household", **may(_WORK, refusals=_CHANGES))
async def set_homeless_household(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: HomelessHousehold
) -> HomelessnessCaseView:
    """Who belongs to the household, whole."""
    return await _answer(unit, response, await commands.set_household(unit, case_id, expected, body))


@router.put("/homelessness-cases/{case_id}/holder", **may(_WORK, refusals=_CHANGES))
async def set_homelessness_holder(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: CaseHolder
) -> HomelessnessCaseView:
    """Who holds the case."""
    return await _answer(unit, response, await commands.hold(unit, case_id, expected, body.officer))


@router.post(
    "/homelessness-cases/{case_id}/assessments",
    status_code=201,
    **may(_WORK, keyed=True, refusals=(404, 412, 428)),
)
async def assess_homelessness(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: NewHomelessnessAssessment
) -> HomelessnessAssessmentView:
    """What was found on a day. 422 names the field, the rule and its section."""
    found = await commands.assess(unit, case_id, expected, body)
    response.headers["Location"] = f"/v1/housing/homelessness-cases/{case_id}"
    row = await unit.session.get_one(HomelessnessCase, case_id)
    set_etag(response, row.version)
    return HomelessnessAssessmentView.model_validate(found)


@router.get("/homelessness-cases/{case_id}/assessments", **may(_FINDING, refusals=(404,)))
async def list_homelessness_assessments(unit: Unit, paging: Paging, case_id: UUID) -> Page[HomelessnessAssessmentView]:
    """Every assessment, the last one first."""
    found = await queries.assessments(unit, case_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.number])


@router.get("/homelessness-cases/{case_id}/duties", **may(_READ, refusals=(404,)))
async def list_homelessness_duties(unit: Unit, case_id: UUID) -> list[HomelessnessDutyView]:
    """Every duty that is or was owed, with its section, its days and how it ended."""
    return await queries.duties(unit, case_id)


@router.post("/local-connection", **may("housing.local_connection.try"))
async def try_local_connection(unit: Unit, body: Residence) -> LocalConnection:
    """Whether these spells of living here make a local connection by residence. Nothing is kept."""
    on = body.on or clock.today()
    spells = [Lived(each.since, each.until, each.kind not in _NOT_COUNTED) for each in body.spells]
    return LocalConnection(by_residence=local_by_residence(spells, on), on=on)
