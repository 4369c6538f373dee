"""Reads of what people do together. Those of a person go on record; members kept back do not appear."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import selectinload

from kit.store.unit import UnitOfWork
from services.triage.community import domain, rows
from services.triage.community.models import Group, Loan, Meeting, Membership
from services.triage.community.rows import loan_visible_to, member_visible_to
from services.triage.community.shapes import GroupView, LoanView, MeetingView, MemberView
from services.triage.objections.queries import whole_person

# A count says nothing of whom it counts: those kept back are in it.
_MEMBERS = (
    select(func.count())
    .where(Membership.group_id == Group.id, Membership.left_on.is_(None))
    .correlate(Group)
    .scalar_subquery()
)


async def group(unit: UnitOfWork, group_id: UUID) -> GroupView:
    """One group."""
    return await shown(unit, await rows.group(unit, group_id))


async def shown(unit: UnitOfWork, row: Group) -> GroupView:
    """The group as it is shown."""
    members = await unit.session.scalar(select(_MEMBERS).select_from(Group).where(Group.id == row.id))
    return GroupView.of(row, members or 0)


async def groups(
    unit: UnitOfWork, kind: domain.Kind | None, hub: str | None, place: Sequence[Any] | None, most: int
) -> Sequence[GroupView]:
    """Up to `most` groups that meet after `place`, by name."""
    query = select(Group, _MEMBERS).where(Group.active)
    if kind is not None:
        query = query.where(Group.kind == kind)
    if hub is not None:
        query = query.where(Group.hub == hub)
    order = (Group.name, Group.id)
    if place is not None:
        query = query.where(tuple_(*order) > (str(place[0]), UUID(place[1])))
    found = await unit.session.execute(query.order_by(*order).limit(most))
    return [GroupView.of(row, members) for row, members in found]


async def members(unit: UnitOfWork, group_id: UUID, place: Sequence[Any] | None, most: int) -> Sequence[MemberView]:
    """Up to `most` present members after `place`, in the order they agreed."""
    await rows.group(unit, group_id)
    order = (Membership.agreed_on, Membership.id)
    query = select(Membership).where(
        Membership.group_id == group_id, Membership.left_on.is_(None), member_visible_to(unit.cause)
    )
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed(f"community_group/{group_id}/members", {row.person_id for row in found if row.person_id})
    return [MemberView.of(row) for row in found]


async def meetings(unit: UnitOfWork, group_id: UUID, place: Sequence[Any] | None, most: int) -> Sequence[MeetingView]:
    """Up to `most` meetings after `place`, the latest first."""
    await rows.group(unit, group_id)
    query = select(Meeting).where(Meeting.group_id == group_id)
    if place is not None:
        query = query.where(Meeting.held_on < date.fromisoformat(place[0]))
    found = await unit.session.scalars(query.order_by(Meeting.held_on.desc()).limit(most))
    return [MeetingView.of(row) for row in found]


async def loan(unit: UnitOfWork, loan_id: UUID) -> LoanView:
    """One loan with its lessons."""
    row = await rows.loan(unit, loan_id)
    unit.accessed(f"device_loan/{row.id}", [row.person_id])
    return LoanView.of(row)


async def loans(
    unit: UnitOfWork, hub: str | None, person_id: UUID | None, place: Sequence[Any] | None, most: int
) -> Sequence[LoanView]:
    """Up to `most` devices that are out after `place`, the first due first."""
    query = select(Loan).where(Loan.ended_as.is_(None), loan_visible_to(unit.cause)).options(selectinload(Loan.lessons))
    if hub is not None:
        query = query.where(Loan.hub == hub)
    if person_id is not None:
        query = query.where(Loan.person_id.in_(await whole_person(unit, person_id)))
    order = (Loan.due_on, Loan.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("device_loans", {row.person_id for row in found})
    return [LoanView.of(row) for row in found]
