"""The HTTP door of outreach: a plain list, the oldest first, and objections."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit import clock
from kit.contracts.codes import OfferStatus, SignalKind
from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.objections import commands as objections
from services.triage.objections import queries as objecting
from services.triage.objections.queries import ObjectionView
from services.triage.outreach import commands, queries
from services.triage.outreach.models import Offer
from services.triage.outreach.queries import Filters
from services.triage.outreach.shapes import (
    Assignment,
    CallView,
    NewAttempt,
    NewObjection,
    NewOffer,
    NewOutcome,
    OfferSummary,
    OfferView,
    Withdrawal,
)

router = APIRouter(route_class=UnitRoute, tags=["outreach"])

Word = Annotated[Code | None, Query()]


async def _answer(unit: Unit, response: Response, row: Offer, *, made: bool = False) -> OfferView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/triage/outreach/{row.id}"
    return await queries.shown(unit, row)


@router.get("/outreach", **may("triage.outreach.read"))
async def list_offers(
    unit: Unit,
    paging: Paging,
    status: OfferStatus = OfferStatus.OFFERED,
    team: Word = None,
    hub: Word = None,
    kind: SignalKind | None = None,
    person_id: UUID | None = None,
) -> Page[OfferSummary]:
    """Offers of help in one state, the oldest first: no score puts one before another."""
    filters = Filters(status, team, hub, kind, person_id)
    return paging.page(await queries.offers(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.post("/outreach", status_code=201, **may("triage.outreach.work", keyed=True))
async def make_offer(unit: Unit, response: Response, body: NewOffer) -> OfferView:
    """Make an offer that no signal called for; joins the household's open one of that kind."""
    call = commands.Call(
        person_id=body.person_id,
        household_id=body.household_id,
        kind=SignalKind(body.kind),
        offer=body.offer,
        source="worker",
        observed_on=body.observed_on or clock.today(),
    )
    return await _answer(unit, response, await commands.offer_by_hand(unit, call), made=True)


@router.get("/outreach/{offer_id}", **may("triage.outreach.read", refusals=(404,)))
async def read_offer(unit: Unit, response: Response, offer_id: UUID) -> OfferView:
    """One offer: how to begin, a safe way, the honest reason. Never what else is known."""
    view = await queries.view(unit, offer_id)
    set_etag(response, view.version)
    return view


@router.patch("/outreach/{offer_id}", **may("triage.outreach.work", refusals=(404, 412, 428)))
async def assign_offer(
    unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: Assignment
) -> OfferView:
    """Say which team and hub work on it."""
    return await _answer(unit, response, await commands.assign(unit, offer_id, expected, body.team, body.hub))


# No If-Match: a try is a fact, whatever happened to the offer since it was read.
@router.post(
    "/outreach/{offer_id}/attempts", status_code=201, **may("triage.outreach.work", keyed=True, refusals=(404,))
)
async def record_attempt(unit: Unit, response: Response, offer_id: UUID, body: NewAttempt) -> OfferView:
    """Record a try to reach them; the newest is the last. 409 while the offer waits."""
    tried = commands.Tried(body.channel, body.outcome, body.made_at, body.note)
    return await _answer(unit, response, await commands.attempt(unit, offer_id, tried), made=True)


@router.post(
    "/outreach/{offer_id}/outcomes",
    status_code=201,
    **may("triage.outreach.work", keyed=True, refusals=(404, 412, 428)),
)
async def settle_offer(
    unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: NewOutcome
) -> OfferView:
    """Taken up (a contact is opened), declined, or closed without an answer."""
    outcome = OfferStatus(body.outcome)
    row = await commands.settle(unit, offer_id, expected, outcome, body.reason, body.hub)
    return await _answer(unit, response, row, made=True)


# No If-Match: the phone is in the hand.
@router.post("/outreach/{offer_id}/calls", status_code=201, **may("triage.outreach.work", keyed=True, refusals=(404,)))
async def begin_call(unit: Unit, response: Response, offer_id: UUID) -> CallView:
    """I ring them now: until the attempt is recorded, or for an hour, no letter, text or e-mail goes to the household.

    409 while the offer waits, while a colleague rings them, and for who told us never to ring.
    """
    call = await commands.ring(unit, offer_id)
    response.headers["Location"] = f"/v1/triage/outreach/{offer_id}"
    return CallView.model_validate(call)


@router.get("/objections", **may("triage.objection.read"))
async def list_objections(unit: Unit, paging: Paging, person_id: UUID) -> Page[ObjectionView]:
    """What a person objects or objected to, the latest first."""
    rows = await objecting.of_person(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, objecting.place_of)


@router.post("/objections", status_code=201, **may("triage.objection.record", keyed=True))
async def record_objection(unit: Unit, response: Response, body: NewObjection) -> ObjectionView:
    """Record an adult's own objection; open offers to them end. It never stops safeguarding."""
    row = await commands.object_to(unit, body.person_id, body.purpose, body.said_by, body.confirmed_by)
    response.headers["Location"] = f"/v1/triage/objections?person_id={row.person_id}"
    set_etag(response, row.version)
    return ObjectionView.model_validate(row)


@router.post("/objections/{objection_id}/withdraw", **may("triage.objection.record", refusals=(404, 409, 412, 428)))
async def withdraw_objection(
    unit: Unit, response: Response, objection_id: UUID, expected: Expected, body: Withdrawal
) -> ObjectionView:
    """They take it back: what comes from now on may be offered."""
    row = await objections.withdraw(unit, objection_id, expected, body.said_by, body.confirmed_by)
    set_etag(response, row.version)
    return ObjectionView.model_validate(row)
