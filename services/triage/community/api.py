"""The HTTP door of what people do together: food clubs, peer groups, networks, devices lent."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.community import commands, domain, queries
from services.triage.community.models import Group, Loan
from services.triage.community.shapes import (
    GroupEntry,
    GroupView,
    Headcount,
    LoanEnded,
    LoanView,
    MeetingView,
    MemberView,
    NewGroup,
    NewLesson,
    NewLoan,
    NewMeeting,
    NewMember,
    NewShop,
    ShopView,
)

router = APIRouter(route_class=UnitRoute, tags=["community"])

Hub = Annotated[Code | None, Query()]


async def _group(unit: Unit, response: Response, row: Group, *, made: bool = False) -> GroupView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/triage/community-groups/{row.id}"
    await unit.session.flush()
    return await queries.shown(unit, row)


def _loan(response: Response, row: Loan, *, made: bool = False) -> LoanView:
    set_etag(response, row.version)
    if made:
        response.headers["Location"] = f"/v1/triage/device-loans/{row.id}"
    return LoanView.of(row)


@router.get("/community-groups", **may("triage.community.read"))
async def list_groups(unit: Unit, paging: Paging, kind: domain.Kind | None = None, hub: Hub = None) -> Page[GroupView]:
    """Food clubs, peer groups and networks that meet, by name."""
    found = await queries.groups(unit, kind, hub, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.name, str(each.id)])


@router.post("/community-groups", status_code=201, **may("triage.community.keep", keyed=True))
async def form_group(unit: Unit, response: Response, body: NewGroup) -> GroupView:
    """A new one, with its adviser, facilitator or convenor."""
    return await _group(unit, response, await commands.form(unit, body), made=True)


@router.get("/community-groups/{group_id}", **may("triage.community.read", refusals=(404,)))
async def read_group(unit: Unit, response: Response, group_id: UUID) -> GroupView:
    """One of them."""
    view = await queries.group(unit, group_id)
    set_etag(response, view.version)
    return view


@router.put("/community-groups/{group_id}", **may("triage.community.keep", refusals=(404, 409, 412, 428)))
async def change_group(
    unit: Unit, response: Response, group_id: UUID, expected: Expected, body: GroupEntry
) -> GroupView:
    """The entry in place of the one you read."""
    return await _group(unit, response, await commands.change(unit, group_id, expected, body))


@router.get("/community-groups/{group_id}/members", **may("triage.community.members", refusals=(404,)))
async def list_members(unit: Unit, paging: Paging, group_id: UUID) -> Page[MemberView]:
    """Who belongs to it."""
    found = await queries.members(unit, group_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.agreed_on.isoformat(), str(each.id)])


@router.post(
    "/community-groups/{group_id}/members",
    status_code=201,
    **may("triage.community.members", keyed=True, refusals=(404,)),
)
async def join_group(unit: Unit, response: Response, group_id: UUID, body: NewMember) -> MemberView:
    """Somebody joins, because they agreed to."""
    row = await commands.join(unit, group_id, body)
    set_etag(response, row.version)
    response.headers["Location"] = f"/v1/triage/community-groups/{group_id}/members"
    return MemberView.of(row)


@router.delete(
    "/community-groups/{group_id}/members/{membership_id}",
    **may("triage.community.members", refusals=(404, 409, 412, 428)),
)
async def leave_group(
    unit: Unit, response: Response, group_id: UUID, membership_id: UUID, expected: Expected
) -> MemberView:
    """They leave."""
    row = await commands.leave(unit, group_id, membership_id, expected)
    set_etag(response, row.version)
    return MemberView.of(row)


@router.get("/community-groups/{group_id}/meetings", **may("triage.community.read", refusals=(404,)))
async def list_meetings(unit: Unit, paging: Paging, group_id: UUID) -> Page[MeetingView]:
    """When it met, with whom, and how many came. Who said what is not kept."""
    found = await queries.meetings(unit, group_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.held_on.isoformat()])


@router.post(
    "/community-groups/{group_id}/meetings",
    status_code=201,
    **may("triage.community.keep", keyed=True, refusals=(404,)),
)
async def record_meeting(unit: Unit, response: Response, group_id: UUID, body: NewMeeting) -> MeetingView:
    """It meets, or met: the date, who leads, how many came."""
    row = await commands.meet(unit, group_id, body)
    set_etag(response, row.version)
    response.headers["Location"] = f"/v1/triage/community-groups/{group_id}/meetings"
    return MeetingView.of(row)


@router.patch(
    "/community-groups/{group_id}/meetings/{meeting_id}",
    **may("triage.community.keep", refusals=(404, 412, 428)),
)
async def count_heads(
    unit: Unit, response: Response, group_id: UUID, meeting_id: UUID, expected: Expected, body: Headcount
) -> MeetingView:
    """How many came."""
    row = await commands.count(unit, group_id, meeting_id, expected, body.headcount)
    set_etag(response, row.version)
    return MeetingView.of(row)


@router.post(
    "/community-groups/{group_id}/meetings/{meeting_id}/shops",
    status_code=201,
    **may("triage.community.members", keyed=True, refusals=(404,)),
)
async def record_shop(unit: Unit, response: Response, group_id: UUID, meeting_id: UUID, body: NewShop) -> ShopView:
    """A member shops for £3.50, with the adviser there."""
    row = await commands.shop(unit, group_id, meeting_id, body)
    response.headers["Location"] = f"/v1/triage/community-groups/{group_id}/meetings"
    return ShopView.of(row)


@router.get("/device-loans", **may("triage.device_loan.read"))
async def list_loans(unit: Unit, paging: Paging, hub: Hub = None, person_id: UUID | None = None) -> Page[LoanView]:
    """Devices that are out, the first due first."""
    found = await queries.loans(unit, hub, person_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.due_on.isoformat(), str(each.id)])


@router.post("/device-loans", status_code=201, **may("triage.device_loan.work", keyed=True))
async def lend_device(unit: Unit, response: Response, body: NewLoan) -> LoanView:
    """Lend a device."""
    return _loan(response, await commands.lend(unit, body), made=True)


@router.get("/device-loans/{loan_id}", **may("triage.device_loan.read", refusals=(404,)))
async def read_loan(unit: Unit, response: Response, loan_id: UUID) -> LoanView:
    """One of them, with its lessons."""
    view = await queries.loan(unit, loan_id)
    set_etag(response, view.version)
    return view


# No If-Match: a lesson is a fact, whatever happened to the loan since it was read.
@router.post(
    "/device-loans/{loan_id}/lessons", status_code=201, **may("triage.device_loan.work", keyed=True, refusals=(404,))
)
async def record_lesson(unit: Unit, response: Response, loan_id: UUID, body: NewLesson) -> LoanView:
    """A lesson. Answers with the loan."""
    return _loan(response, await commands.teach(unit, loan_id, body), made=True)


@router.post("/device-loans/{loan_id}/ends", **may("triage.device_loan.work", refusals=(404, 409, 412, 428)))
async def end_loan(unit: Unit, response: Response, loan_id: UUID, expected: Expected, body: LoanEnded) -> LoanView:
    """It came back, they keep it, it is lost or broken."""
    return _loan(response, await commands.end_loan(unit, loan_id, expected, body.ended_as))
