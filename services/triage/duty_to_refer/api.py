"""The HTTP door of the duty to refer: the bodies' form and their webhook send the same thing."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.duty_to_refer import commands, queries
from services.triage.duty_to_refer.shapes import DutyToReferSummary, DutyToReferView, NewDutyToRefer, Receipt

router = APIRouter(route_class=UnitRoute, tags=["duty to refer"])


@router.post("/duty-to-refer", status_code=201, **may("triage.duty_to_refer.send", keyed=True))
async def receive_duty_to_refer(unit: Unit, response: Response, body: NewDutyToRefer) -> Receipt:
    """A listed body refers somebody who agreed (Housing Act 1996 s213B). 422 names everything that is missing."""
    row = await commands.receive(unit, body)
    response.headers["Location"] = f"/v1/triage/duty-to-refer/{row.id}"
    return Receipt.model_validate(row)


@router.get("/duty-to-refer", **may("triage.duty_to_refer.read"))
async def list_duties_to_refer(unit: Unit, paging: Paging) -> Page[DutyToReferSummary]:
    """Referrals of public bodies, the latest first, without names."""
    rows = await queries.referrals(unit, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/duty-to-refer/{duty_to_refer_id}", **may("triage.duty_to_refer.read", refusals=(404,)))
async def read_duty_to_refer(unit: Unit, response: Response, duty_to_refer_id: UUID) -> DutyToReferView:
    """One of them, with who it is and how to reach them."""
    view = await queries.referral(unit, duty_to_refer_id)
    set_etag(response, view.version)
    return view
