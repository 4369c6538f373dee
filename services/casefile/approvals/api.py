"""The HTTP door of approvals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.approvals import commands, queries
from services.casefile.approvals.domain import Act, Kind, State
from services.casefile.approvals.queries import ApprovalView, Filters
from services.casefile.approvals.rules import RULES, Rule

router = APIRouter(route_class=UnitRoute, tags=["approvals"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
MaybeWords = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class NewApproval(BaseModel):
    """What is asked, and why."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    words: Words


class Comment(BaseModel):
    """What is missing, or what was changed. It stays."""

    model_config = ConfigDict(extra="forbid")

    words: Words


class MaybeComment(BaseModel):
    """What there is to say, if anything. It stays."""

    model_config = ConfigDict(extra="forbid")

    words: MaybeWords = ""


_REFUSALS = (404, 409, 412, 428)


async def _answer(unit: Unit, response: Response, approval_id: UUID) -> ApprovalView:
    view = await queries.approval(unit, approval_id)
    response.headers["Location"] = f"/v1/casefile/approvals/{approval_id}"
    set_etag(response, view.version)
    return view


@router.post(
    "/cases/{case_id}/approvals",
    status_code=201,
    **may("casefile.approval.ask", keyed=True, refusals=(404,)),
)
async def ask_approval(unit: Unit, response: Response, case_id: UUID, body: NewApproval) -> ApprovalView:
    """Ask a manager to approve something of a case."""
    row = await commands.ask(unit, case_id, body.kind, body.words)
    return await _answer(unit, response, row.id)


@router.get("/approvals", **may("casefile.approval.read"))
async def list_approvals(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    case_id: UUID | None = None,
    asked_by: Annotated[WorkerId | None, Query()] = None,
) -> Page[ApprovalView]:
    """What managers are asked, the oldest first, with all that was said."""
    found = await queries.approvals(unit, Filters(state, case_id, asked_by), paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/approval-rules", **may("casefile.approval.read"))
async def list_approval_rules(unit: Unit) -> list[Rule]:
    """What of a case waits for a manager's approval, in which layers, and why."""
    return list(RULES.values())


@router.get("/approvals/{approval_id}", **may("casefile.approval.read", refusals=(404,)))
async def read_approval(unit: Unit, response: Response, approval_id: UUID) -> ApprovalView:
    """One of them."""
    view = await queries.approval(unit, approval_id)
    set_etag(response, view.version)
    return view


@router.post("/approvals/{approval_id}/approval", **may("casefile.approval.decide", refusals=_REFUSALS))
async def approve(
    unit: Unit, response: Response, approval_id: UUID, expected: Expected, body: MaybeComment
) -> ApprovalView:
    """Approve: somebody else than who asked."""
    await commands.answer(unit, approval_id, expected, Act.APPROVED, body.words)
    return await _answer(unit, response, approval_id)


@router.post("/approvals/{approval_id}/return", **may("casefile.approval.decide", refusals=_REFUSALS))
async def return_approval(
    unit: Unit, response: Response, approval_id: UUID, expected: Expected, body: Comment
) -> ApprovalView:
    """Return it with a comment, which stays whatever is decided later."""
    await commands.answer(unit, approval_id, expected, Act.RETURNED, body.words)
    return await _answer(unit, response, approval_id)


@router.post("/approvals/{approval_id}/answer", **may("casefile.approval.ask", refusals=_REFUSALS))
async def ask_again(
    unit: Unit, response: Response, approval_id: UUID, expected: Expected, body: Comment
) -> ApprovalView:
    """Answer what was returned, and ask again."""
    await commands.answer(unit, approval_id, expected, Act.ASKED_AGAIN, body.words)
    return await _answer(unit, response, approval_id)


@router.post("/approvals/{approval_id}/withdrawal", **may("casefile.approval.ask", refusals=_REFUSALS))
async def withdraw_approval(
    unit: Unit, response: Response, approval_id: UUID, expected: Expected, body: MaybeComment
) -> ApprovalView:
    """Take it back."""
    await commands.answer(unit, approval_id, expected, Act.WITHDRAWN, body.words)
    return await _answer(unit, response, approval_id)
