"""How groups, members, meetings and loans are loaded, and whose are shown."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.community.models import Group, Loan, Meeting, Membership
from services.triage.known.knowing import shown


async def group(unit: UnitOfWork, group_id: UUID, *, for_change: bool = False) -> Group:
    """The group, locked if it or its members are to change."""
    query = select(Group).where(Group.id == group_id)
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such group")
    return row


async def meeting(unit: UnitOfWork, group_id: UUID, meeting_id: UUID) -> Meeting:
    """The meeting of that group, locked."""
    query = select(Meeting).where(Meeting.id == meeting_id, Meeting.group_id == group_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such meeting")
    return row


def member_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which member; an organisation is nobody to be kept back."""
    return shown(cause, Membership.person_id.expression, Membership.blind_by.expression)


async def member(unit: UnitOfWork, group_id: UUID, membership_id: UUID) -> Membership:
    """The membership, locked; `NotFound` also when it may not be shown."""
    query = select(Membership).where(
        Membership.id == membership_id, Membership.group_id == group_id, member_visible_to(unit.cause)
    )
    row = (await unit.session.scalars(query.with_for_update(of=Membership))).one_or_none()
    if row is None:
        raise NotFound("We know of no such member")
    return row


def loan_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which loan."""
    return shown(cause, Loan.person_id.expression, Loan.blind_by.expression)


async def loan(unit: UnitOfWork, loan_id: UUID, *, for_change: bool = False) -> Loan:
    """The loan with its lessons, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Loan).where(Loan.id == loan_id, loan_visible_to(unit.cause)).options(selectinload(Loan.lessons))
    if for_change:
        query = query.with_for_update(of=Loan)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such loan")
    return row
