"""The HTTP door of complaints."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.complaints import commands, queries
from services.casefile.complaints.domain import Kind, State
from services.casefile.complaints.models import Complaint
from services.casefile.complaints.queries import ComplaintView
from services.casefile.complaints.shapes import Acknowledgement, Answer, Escalation, NewComplaint, Reason

router = APIRouter(route_class=UnitRoute, tags=["complaints"])

_STEP = (404, 409, 412, 428)


@router.post("/complaints", status_code=201, **may("casefile.complaint.receive", keyed=True))
async def receive_complaint(unit: Unit, response: Response, body: NewComplaint) -> ComplaintView:
    """Take in a complaint, a compliment or a councillor's enquiry."""
    row = await commands.receive(unit, body)
    response.headers["Location"] = f"/v1/casefile/complaints/{row.id}"
    return _shown(response, row)


@router.get("/complaints", **may("casefile.complaint.read"))
async def list_complaints(
    unit: Unit, paging: Paging, kind: Kind | None = None, state: State | None = None, overdue: bool | None = None
) -> Page[ComplaintView]:
    """Complaints, the oldest first; none that is about the caller."""
    found = await queries.listed(unit, kind, state, overdue, paging.place, paging.limit)
    return paging.page(found, lambda each: [each.received_on.isoformat(), str(each.id)])


@router.get("/complaints/{complaint_id}", **may("casefile.complaint.read", refusals=(404,)))
async def read_complaint(unit: Unit, response: Response, complaint_id: UUID) -> ComplaintView:
    """One of them."""
    view = await queries.view(unit, complaint_id)
    set_etag(response, view.version)
    return view


@router.post("/complaints/{complaint_id}/acknowledgement", **may("casefile.complaint.work", refusals=_STEP))
async def acknowledge_complaint(
    unit: Unit, response: Response, complaint_id: UUID, expected: Expected, body: Acknowledgement
) -> ComplaintView:
    """They were told that we have it."""
    return _shown(response, await commands.acknowledge(unit, complaint_id, expected, body.acknowledged_on))


@router.post("/complaints/{complaint_id}/extension", **may("casefile.complaint.work", refusals=_STEP))
async def extend_complaint(
    unit: Unit, response: Response, complaint_id: UUID, expected: Expected, body: Reason
) -> ComplaintView:
    """Longer, once, with the reason they are told."""
    return _shown(response, await commands.extend(unit, complaint_id, expected, body.reason))


@router.post("/complaints/{complaint_id}/answer", **may("casefile.complaint.answer", refusals=_STEP))
async def answer_complaint(
    unit: Unit, response: Response, complaint_id: UUID, expected: Expected, body: Answer
) -> ComplaintView:
    """What was found, and what is done differently."""
    row = await commands.answer(unit, complaint_id, expected, body.outcome, body.answer, body.lessons)
    return _shown(response, row)


@router.post("/complaints/{complaint_id}/escalation", **may("casefile.complaint.work", refusals=_STEP))
async def escalate_complaint(
    unit: Unit, response: Response, complaint_id: UUID, expected: Expected, body: Escalation
) -> ComplaintView:
    """They are not content: stage two."""
    return _shown(response, await commands.escalate(unit, complaint_id, expected, body.reason, body.received_on))


@router.post("/complaints/{complaint_id}/close", **may("casefile.complaint.work", refusals=_STEP))
async def close_complaint(unit: Unit, response: Response, complaint_id: UUID, expected: Expected) -> ComplaintView:
    """Nothing more to do."""
    return _shown(response, await commands.close(unit, complaint_id, expected))


@router.post("/complaints/{complaint_id}/withdrawal", **may("casefile.complaint.work", refusals=_STEP))
async def withdraw_complaint(
    unit: Unit, response: Response, complaint_id: UUID, expected: Expected, body: Reason
) -> ComplaintView:
    """They take it back."""
    return _shown(response, await commands.withdraw(unit, complaint_id, expected, body.reason))


def _shown(response: Response, row: Complaint) -> ComplaintView:
    set_etag(response, row.version)
    return queries.shown(row)
