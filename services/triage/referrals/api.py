"""The HTTP door of referrals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response

from kit.contracts.codes import ReferralStatus
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.referrals import commands, queries
from services.triage.referrals.domain import Party
from services.triage.referrals.queries import Filters
from services.triage.referrals.shapes import (
    Moved,
    NewReferral,
    NewTransition,
    NextOffers,
    PartnerReferral,
    ReferralChanges,
    ReferralSummary,
    ReferralView,
    whole,
)

router = APIRouter(route_class=UnitRoute, tags=["referrals"])

Worker = Annotated[str | None, Query(max_length=128)]


@router.post("/referrals", status_code=201, **may("triage.referral.refer", keyed=True, refusals=(404,)))
async def refer(unit: Unit, response: Response, body: NewReferral) -> ReferralView:
    """Ask a partner for help. 422 names what is missing: consent or another basis, purpose, a safe way.

    409 for a partner who was asked already, or refused on a ground that still stands.
    """
    row = await commands.refer(unit, body)
    response.headers["Location"] = f"/v1/triage/referrals/{row.id}"
    set_etag(response, row.version)
    return whole(row)


@router.get("/referrals", **may("triage.referral.read"))
async def list_referrals(
    unit: Unit,
    paging: Paging,
    state: ReferralStatus | None = None,
    turn: Annotated[Party | None, Query(description="Who has the ball")] = None,
    organisation_id: UUID | None = None,
    person_id: UUID | None = None,
    contact_id: UUID | None = None,
    sent_by: Worker = None,
    escalated_to: Worker = None,
) -> Page[ReferralSummary]:
    """Referrals, the latest first. A partner sees those sent to its own organisation."""
    filters = Filters(state, turn, organisation_id, person_id, contact_id, sent_by, escalated_to)
    rows = await queries.referrals(unit, filters, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/referrals/{referral_id}", **may("triage.referral.read", refusals=(404,)))
async def read_referral(unit: Unit, response: Response, referral_id: UUID) -> ReferralView | PartnerReferral:
    """One referral. A partner sees exactly what was disclosed to them, while it runs."""
    view = await queries.view(unit, referral_id)
    set_etag(response, view.version)
    return view


@router.patch("/referrals/{referral_id}", **may("triage.referral.refer", refusals=(400, 404, 409, 412, 428)))
async def change_referral(
    unit: Unit, response: Response, referral_id: UUID, expected: Expected, body: ReferralChanges
) -> ReferralView:
    """Correct a draft; tell a partner more, with a reason; or say what was done about a refusal."""
    row = await commands.change(unit, referral_id, expected, body)
    set_etag(response, row.version)
    return whole(row)


# If-Match where it is sent: a partner who answers cannot know that an alarm has just raised the version, and of two
# who answer at once the second is refused by the state it finds.
@router.post(
    "/referrals/{referral_id}/transitions",
    status_code=201,
    **may("triage.referral.move", keyed=True, refusals=(404, 412)),
)
async def move_referral(
    unit: Unit,
    response: Response,
    referral_id: UUID,
    body: NewTransition,
    if_match: Annotated[str | None, Header()] = None,
) -> Moved:
    """Answer, send, withdraw, or write down what a partner said. 409 names the states allowed from here."""
    expected = expected_version(if_match) if if_match is not None else None
    row = await commands.move(unit, referral_id, body.answer(), body.note, expected)
    response.headers["Location"] = f"/v1/triage/referrals/{row.id}"
    set_etag(response, row.version)
    return await queries.moved(unit, row)


@router.get("/referrals/{referral_id}/next-offers", **may("triage.referral.refer", refusals=(404,)))
async def read_next_offers(unit: Unit, referral_id: UUID) -> NextOffers:
    """What a refusal's reason asks for next, who is not to be asked again, and who has room."""
    return await queries.next_offers(unit, referral_id)
