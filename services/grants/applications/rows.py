"""Who may see which application, and how one is loaded."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.grants.applications.domain import State
from services.grants.applications.identifiers import Group, GroupKind
from services.grants.applications.models import Applicant, GrantApplication

STAFF: Final = frozenset({"grants_officer", "manager"})


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which application: their own; those who run grants, whatever was sent."""
    own = GrantApplication.applied_by == cause.actor
    return or_(own, GrantApplication.state != State.DRAFT) if STAFF & set(cause.roles) else own


async def load(unit: UnitOfWork, application_id: UUID, *, for_change: bool = False) -> GrantApplication:
    """The application; `NotFound` also for one that this caller may not see."""
    query = select(GrantApplication).where(GrantApplication.id == application_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such application")
    return row


async def applicant(unit: UnitOfWork, applicant_id: UUID) -> Applicant:
    """The group of an application."""
    return (await unit.session.scalars(select(Applicant).where(Applicant.id == applicant_id))).one()


def as_rules_see_it(row: Applicant) -> Group:
    """The part that eligibility is about."""
    return Group(
        GroupKind(row.kind), row.charity_number, row.company_number, row.constituted, row.unrelated_signatories
    )
