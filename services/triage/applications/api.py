"""The HTTP door of applications as homeless."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.applications import commands, queries
from services.triage.applications.domain import TonightQuestion
from services.triage.applications.queries import ApplicationView

router = APIRouter(route_class=UnitRoute, tags=["homelessness applications"])


# No If-Match and no body: nothing may stand between someone who asks and their application.
@router.post(
    "/contacts/{contact_id}/homelessness-application",
    status_code=201,
    **may("triage.homelessness_application.open", keyed=True, refusals=(404,)),
)
async def open_application(unit: Unit, response: Response, contact_id: UUID) -> ApplicationView:
    """They ask to apply as homeless. It opens at once, from any desk, without papers; asked again: the same one."""
    row = await commands.ask(unit, contact_id)
    response.headers["Location"] = f"/v1/triage/contacts/{contact_id}/homelessness-application"
    set_etag(response, row.version)
    return ApplicationView.model_validate(row)


@router.get(
    "/contacts/{contact_id}/homelessness-application", **may("triage.homelessness_application.read", refusals=(404,))
)
async def read_application(unit: Unit, response: Response, contact_id: UUID) -> ApplicationView:
    """The contact's application, with the question about tonight."""
    view = await queries.of_contact(unit, contact_id)
    set_etag(response, view.version)
    return view


@router.get("/homelessness-applications", **may("triage.homelessness_application.read"))
async def list_applications(
    unit: Unit, paging: Paging, made_on: date | None = None, tonight: TonightQuestion | None = None
) -> Page[ApplicationView]:
    """Applications, the latest first; `tonight=house_tonight` are those who need a roof tonight."""
    rows = await queries.applications(unit, made_on, tonight, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)
