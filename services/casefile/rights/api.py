"""The HTTP door of rights: subject access, the other rights, legal holds, and the retention schedule."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit import clock
from kit.store.unit import UnitOfWork
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.rights import commands, packages, queries, recipients
from services.casefile.rights.commands import Asked
from services.casefile.rights.domain import DECIDED_KINDS, Kind, State
from services.casefile.rights.models import RightsRequest
from services.casefile.rights.queries import HoldView, ItemView, Proof, Released, RequestView, TimeOver
from services.casefile.rights.recipients import RecipientsView, RecipientView
from services.casefile.rights.schedule import SCHEDULE, Keeping, standing
from services.casefile.rights.shapes import (
    Answer,
    Check,
    Decision,
    NewAccess,
    NewHold,
    NewRequest,
    Question,
    Reason,
    Refusal,
    Settlement,
)

router = APIRouter(route_class=UnitRoute, tags=["rights"])

_ACCESS = (Kind.ACCESS,)
_OTHERS = tuple(sorted(DECIDED_KINDS))
_EVERY = tuple(Kind)
_STEP = (404, 409, 412, 428)
Specialist = Annotated[bool, Query(description="Only those that wait for the specialist's look")]


# Subject access ------------------------------------------------------------------------------------------------------


@router.post("/subject-access-requests", status_code=201, **may("casefile.rights.receive", keyed=True))
async def receive_access_request(unit: Unit, response: Response, body: NewAccess) -> RequestView:
    """Take a subject access request in. It reads the same whoever it is about."""
    return await _received(unit, response, Kind.ACCESS, body, [], "subject-access-requests")


@router.get("/subject-access-requests", **may("casefile.rights.read"))
async def list_access_requests(
    unit: Unit, paging: Paging, state: State | None = None, overdue: bool | None = None, specialist: Specialist = False
) -> Page[RequestView]:
    """Subject access requests, the oldest first."""
    found = await queries.listed(unit, _ACCESS, state, overdue, specialist, paging.place, paging.limit)
    return paging.page(found, _place)


@router.get("/subject-access-requests/{request_id}", **may("casefile.rights.read", refusals=(404,)))
async def read_access_request(unit: Unit, response: Response, request_id: UUID) -> RequestView:
    """One of them."""
    view = await queries.view(unit, request_id, _ACCESS)
    set_etag(response, view.version)
    return view


@router.get("/subject-access-requests/{request_id}/items", **may("casefile.rights.check", refusals=(404,)))
async def list_access_items(unit: Unit, paging: Paging, request_id: UUID) -> Page[ItemView]:
    """What every owner sent, item by item, for the serious-harm check."""
    found = await queries.items(unit, request_id, paging.place, paging.limit)
    return paging.page(found, lambda item: [str(item.id)])


@router.post("/subject-access-requests/{request_id}/checks", **may("casefile.rights.check", refusals=_STEP))
async def check_access_items(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Check
) -> RequestView:
    """Give, redact or withhold items, each with its reason."""
    row = await packages.check(unit, request_id, expected, [each.checked() for each in body.items])
    return _shown(unit, response, row)


@router.post("/subject-access-requests/{request_id}/release", **may("casefile.rights.release", refusals=_STEP))
async def release_access_request(unit: Unit, response: Response, request_id: UUID, expected: Expected) -> RequestView:
    """Give it out, once."""
    return _shown(unit, response, await packages.release(unit, request_id, expected))


@router.get("/subject-access-requests/{request_id}/release", **may("casefile.rights.release", refusals=(404, 409)))
async def read_access_release(unit: Unit, request_id: UUID) -> Released:
    """What was given, as JSON."""
    return await queries.released(unit, request_id)


# The other rights, and the steps of all ------------------------------------------------------------------------------


@router.post("/rights-requests", status_code=201, **may("casefile.rights.receive", keyed=True))
async def receive_rights_request(unit: Unit, response: Response, body: NewRequest) -> RequestView:
    """Take in a request for rectification, restriction, objection or erasure."""
    return await _received(unit, response, Kind(body.kind), body, body.purposes, "rights-requests")


@router.get("/rights-requests", **may("casefile.rights.read"))
async def list_rights_requests(
    unit: Unit,
    paging: Paging,
    kind: Kind | None = None,
    state: State | None = None,
    overdue: bool | None = None,
    specialist: Specialist = False,
) -> Page[RequestView]:
    """Requests for the other rights, the oldest first."""
    kinds = _OTHERS if kind is None else (kind,)
    found = await queries.listed(unit, kinds, state, overdue, specialist, paging.place, paging.limit)
    return paging.page(found, _place)


@router.get("/rights-requests/{request_id}", **may("casefile.rights.read", refusals=(404,)))
async def read_rights_request(unit: Unit, response: Response, request_id: UUID) -> RequestView:
    """One request, of whichever right."""
    view = await queries.view(unit, request_id, _EVERY)
    set_etag(response, view.version)
    return view


@router.post("/rights-requests/{request_id}/questions", **may("casefile.rights.work", refusals=_STEP))
async def ask_requester(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Question
) -> RequestView:
    """Ask who they are or what they mean; the clock stands still until they answer."""
    since = body.asked_on or clock.today()
    return _shown(unit, response, await commands.ask(unit, request_id, expected, body.about, body.question, since))


@router.post("/rights-requests/{request_id}/answers", **may("casefile.rights.work", refusals=_STEP))
async def note_requesters_answer(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Answer
) -> RequestView:
    """They answered; the clock goes on."""
    until = body.answered_on or clock.today()
    return _shown(unit, response, await commands.answer(unit, request_id, expected, until))


@router.post("/rights-requests/{request_id}/extensions", **may("casefile.rights.work", refusals=_STEP))
async def extend_rights_request(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Reason
) -> RequestView:
    """Two months more, with the reason the person is told."""
    return _shown(unit, response, await commands.extend(unit, request_id, expected, body.reason))


@router.post("/rights-requests/{request_id}/clearance", **may("casefile.rights.clear", refusals=_STEP))
async def clear_rights_request(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Reason
) -> RequestView:
    """The specialist has looked first, and says what to take care of."""
    return _shown(unit, response, await commands.clear(unit, request_id, expected, body.reason))


@router.post("/rights-requests/{request_id}/refusal", **may("casefile.rights.work", refusals=_STEP))
async def refuse_rights_request(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Refusal
) -> RequestView:
    """Not done, and why."""
    return _shown(unit, response, await commands.refuse(unit, request_id, expected, body.ground, body.reason))


@router.post("/rights-requests/{request_id}/withdrawal", **may("casefile.rights.work", refusals=_STEP))
async def withdraw_rights_request(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Reason
) -> RequestView:
    """They no longer ask."""
    return _shown(unit, response, await commands.withdraw(unit, request_id, expected, body.reason))


@router.post("/rights-requests/{request_id}/decision", **may("casefile.rights.work", refusals=_STEP))
async def decide_rights_request(
    unit: Unit, response: Response, request_id: UUID, expected: Expected, body: Decision
) -> RequestView:
    """Grant it, whole or in part. An erasure goes to every owner and ends in a proof."""
    row = await commands.decide(
        unit, request_id, expected, in_part=body.in_part, ground=body.ground, reason=body.reason, kept=body.kept
    )
    return _shown(unit, response, row)


@router.get("/rights-requests/{request_id}/proof", **may("casefile.rights.read", refusals=(404,)))
async def read_erasure_proof(unit: Unit, request_id: UUID) -> Proof:
    """What an erasure left: counts and digests per service, what stays and why."""
    return await queries.proof(unit, request_id)


@router.get("/rights-requests/{request_id}/recipients", **may("casefile.rights.read", refusals=(404,)))
async def list_rights_recipients(unit: Unit, request_id: UUID) -> RecipientsView:
    """Who had a copy of what was put right, restricted or erased, and how they heard of it: for the person who asks."""
    return await recipients.of_request(unit, request_id)


@router.post(
    "/rights-requests/{request_id}/recipients/{organisation_id}/settlement",
    status_code=201,
    **may("casefile.rights.work", keyed=True, refusals=(404,)),
)
async def settle_rights_recipient(
    unit: Unit, request_id: UUID, organisation_id: UUID, body: Settlement
) -> RecipientView:
    """You told one that no mailbox or system reaches; or it proved impossible, or out of proportion, and why."""
    return await recipients.settle(unit, request_id, organisation_id, body.outcome, body.how, body.reason)


# Legal holds and the schedule ----------------------------------------------------------------------------------------


@router.post("/legal-holds", status_code=201, **may("casefile.legal_hold.keep", keyed=True))
async def place_legal_hold(unit: Unit, response: Response, body: NewHold) -> HoldView:
    """Nothing of this person is erased from now on."""
    row = await commands.hold(unit, body.person_id, body.authority, body.reason)
    response.headers["Location"] = f"/v1/casefile/legal-holds?person_id={row.person_id}"
    set_etag(response, row.version)
    return queries.hold_view(row)


@router.get("/legal-holds", **may("casefile.legal_hold.read"))
async def list_legal_holds(unit: Unit, person_id: UUID) -> Page[HoldView]:
    """The holds on somebody."""
    return Page(items=await queries.holds(unit, person_id))


@router.post("/legal-holds/{hold_id}/lift", **may("casefile.legal_hold.keep", refusals=_STEP))
async def lift_legal_hold(unit: Unit, response: Response, hold_id: UUID, expected: Expected, body: Reason) -> HoldView:
    """It no longer stands."""
    row = await commands.lift(unit, hold_id, expected, body.reason)
    set_etag(response, row.version)
    return queries.hold_view(row)


@router.get("/retention-schedule", **may("casefile.retention.read"))
async def read_retention_schedule(unit: Unit) -> Page[Keeping]:
    """How long what is kept, as it stands today."""
    return Page(items=sorted(standing(SCHEDULE, clock.today()).values(), key=lambda line: line.code))


@router.get("/retention-over", **may("casefile.rights.read"))
async def list_people_whose_time_is_over(unit: Unit, paging: Paging) -> Page[TimeOver]:
    """Of whom nothing happened for as long as their records are kept; erased by a request, never by itself."""
    found = await queries.time_over(unit, paging.place, paging.limit)
    return paging.page(found, lambda each: [str(each.person_id)])


async def _received(
    unit: UnitOfWork, response: Response, kind: Kind, body: NewAccess, purposes: list[str], place: str
) -> RequestView:
    asked = Asked(
        kind=kind,
        person_id=body.person_id,
        asker=body.asker,
        asker_person_id=body.asker_person_id,
        authority=body.authority,
        details=body.details,
        purposes=purposes,
        received_on=body.received_on or clock.today(),
        identity_shown=body.identity_shown,
    )
    row = await commands.receive(unit, asked)
    response.headers["Location"] = f"/v1/casefile/{place}/{row.id}"
    return _shown(unit, response, row)


def _shown(unit: UnitOfWork, response: Response, row: RightsRequest) -> RequestView:
    set_etag(response, row.version)
    return queries.shown(unit, row)


def _place(view: RequestView) -> list[str]:
    return [view.received_on.isoformat(), str(view.id)]
