"""The HTTP door of organisations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.organisations import commands, queries
from services.triage.organisations.domain import Kind, Status
from services.triage.organisations.queries import Filters
from services.triage.organisations.shapes import OrganisationEntry, OrganisationView

router = APIRouter(route_class=UnitRoute, tags=["organisations"])


@router.get("/organisations", **may("triage.organisation.read"))
async def list_organisations(
    unit: Unit, paging: Paging, kind: Kind | None = None, status: Status | None = None
) -> Page[OrganisationView]:
    """Partner organisations, landlords and whoever runs a service, by name."""
    rows = await queries.listed(unit, Filters(kind, status), paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/organisations/{organisation_id}", **may("triage.organisation.read", refusals=(404,)))
async def read_organisation(unit: Unit, response: Response, organisation_id: UUID) -> OrganisationView:
    """One of them."""
    view = await queries.view(unit, organisation_id)
    set_etag(response, view.version)
    return view


@router.put(
    "/organisations/{organisation_id}",
    **may("triage.organisation.keep", made=OrganisationView, refusals=(409, 412, 428)),
)
async def put_organisation(
    unit: Unit,
    response: Response,
    organisation_id: UUID,
    entry: OrganisationEntry,
    if_match: Annotated[str | None, Header()] = None,
) -> OrganisationView:
    """Put an entry in place of the one you read (If-Match), or make a new one under an id of your own."""
    expected = expected_version(if_match) if if_match is not None else None
    row, made = await commands.put(unit, organisation_id, entry, expected)
    if made:
        response.status_code = 201
        response.headers["Location"] = f"/v1/triage/organisations/{organisation_id}"
    set_etag(response, row.version)
    return OrganisationView.model_validate(row)
