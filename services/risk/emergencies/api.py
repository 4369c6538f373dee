"""The HTTP door of emergency lists."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.emergencies import commands, queries
from services.risk.emergencies.models import EmergencyList
from services.risk.emergencies.shapes import (
    EmergencyCounts,
    EmergencyPreview,
    EmergencyView,
    NewEmergency,
    NewSecondLook,
    NewSignature,
    NewWithdrawal,
    SampleHome,
)

router = APIRouter(route_class=UnitRoute, tags=["emergencies"])


async def _answer(unit: Unit, response: Response, row: EmergencyList, *, made: bool = False) -> EmergencyView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/risk/emergencies/{row.id}"
    return await queries.shown(unit, row)


@router.post("/emergencies/preview", **may("risk.emergency.define"))
async def preview_list(unit: Unit, body: EmergencyPreview) -> EmergencyCounts:
    """How many homes the criteria find, known and unknown to services, and how sure that is."""
    return await commands.preview(unit, body)


@router.post("/emergencies", status_code=201, **may("risk.emergency.define", keyed=True))
async def write_list(unit: Unit, response: Response, body: NewEmergency) -> EmergencyView:
    """Write an emergency list; somebody else looks at a sample, and a named person signs."""
    return await _answer(unit, response, await commands.write(unit, body), made=True)


@router.get("/emergencies", **may("risk.emergency.read"))
async def list_emergencies(unit: Unit, paging: Paging) -> Page[EmergencyView]:
    """Emergency lists, the newest first: counts, never who."""
    rows = await queries.lists(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [str(row.id)])


@router.get("/emergencies/{list_id}", **may("risk.emergency.read", refusals=(404,)))
async def read_list(unit: Unit, response: Response, list_id: UUID) -> EmergencyView:
    """One list and how far its homes are."""
    view = await queries.view(unit, list_id)
    set_etag(response, view.version)
    return view


@router.get("/emergencies/{list_id}/sample", **may("risk.emergency.check", refusals=(404,)))
async def read_sample(unit: Unit, list_id: UUID) -> list[SampleHome]:
    """The homes to look at a second time, by pseudonym, with why they are on the list."""
    return await queries.sampled(unit, list_id)


@router.post(
    "/emergencies/{list_id}/checks",
    status_code=201,
    **may("risk.emergency.check", keyed=True, refusals=(404, 412, 428)),
)
async def check_list(
    unit: Unit, response: Response, list_id: UUID, expected: Expected, body: NewSecondLook
) -> EmergencyView:
    """A second person's verdict on every home of the sample."""
    return await _answer(unit, response, await commands.check(unit, list_id, expected, body), made=True)


@router.post(
    "/emergencies/{list_id}/signatures",
    status_code=201,
    **may("risk.emergency.sign", keyed=True, refusals=(404, 412, 428)),
)
async def sign_list(
    unit: Unit, response: Response, list_id: UUID, expected: Expected, body: NewSignature
) -> EmergencyView:
    """A named person's yes, other than the author's: outreach gets the list."""
    return await _answer(unit, response, await commands.sign(unit, list_id, expected, body), made=True)


# No If-Match: a stop is never too late.
@router.post(
    "/emergencies/{list_id}/withdrawals", status_code=201, **may("risk.emergency.sign", keyed=True, refusals=(404,))
)
async def withdraw_list(unit: Unit, response: Response, list_id: UUID, body: NewWithdrawal) -> EmergencyView:
    """Stop a list: who was not called yet is not."""
    return await _answer(unit, response, await commands.withdraw(unit, list_id, body), made=True)
