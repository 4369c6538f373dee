"""The HTTP door of medical assessments. Officers of the register send forms and see outcomes; assessors read them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.medical import commands, queries
from services.housing.medical.shapes import AssessmentView, Finding, NewForm, Receipt

router = APIRouter(route_class=UnitRoute, tags=["medical assessments"])


class Receipts(BaseModel):
    """What was sent for an application."""

    items: list[Receipt]


@router.post(
    "/applications/{application_id}/medical-forms",
    status_code=201,
    **may("housing.medical_form.send", keyed=True, refusals=(404,)),
)
async def send_form(unit: Unit, response: Response, application_id: UUID, body: NewForm) -> Receipt:
    """Send a medical form. The answer does not repeat what is in it."""
    row = await commands.send(unit, application_id, body)
    response.headers["Location"] = f"/v1/housing/medical-assessments/{row.id}"
    set_etag(response, row.version)
    return queries.receipt(row)


@router.get("/applications/{application_id}/medical-forms", **may("housing.medical_form.send", refusals=(404,)))
async def list_forms(unit: Unit, application_id: UUID) -> Receipts:
    """What was sent for an application, and what came of it."""
    return Receipts(items=await queries.of_application(unit, application_id))


@router.get("/medical-assessments", **may("housing.medical.assess"))
async def list_assessments(
    unit: Unit, paging: Paging, state: Annotated[Literal["received", "assessed"], Query()] = "received"
) -> Page[Receipt]:
    """Forms that wait for an assessor, the one received first on top."""
    return paging.page(await queries.waiting(unit, state, paging.place, paging.limit + 1), queries.place_of)


@router.get("/medical-assessments/{assessment_id}", **may("housing.medical.assess", refusals=(404,)))
async def read_assessment(unit: Unit, response: Response, assessment_id: UUID) -> AssessmentView:
    """One of them, whole."""
    shown = await queries.assessment(unit, assessment_id)
    set_etag(response, shown.version)
    return shown


@router.post(
    "/medical-assessments/{assessment_id}/outcome",
    **may("housing.medical.assess", refusals=(404, 409, 412, 428)),
)
async def assess(
    unit: Unit, response: Response, assessment_id: UUID, expected: Expected, body: Finding
) -> AssessmentView:
    """The outcome. The application is weighed again with it at once."""
    row = await commands.assess(unit, assessment_id, expected, body)
    set_etag(response, row.version)
    return AssessmentView.model_validate(row)
