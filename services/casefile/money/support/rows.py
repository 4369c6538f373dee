"""Which support plans a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.money.support.models import SupportPlan


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which support plan."""
    return await about_person(unit, SupportPlan.person_id, Part.INSIDE)


async def load(unit: UnitOfWork, plan_id: UUID, expected: int) -> SupportPlan:
    """The plan, locked, at the version the caller saw."""
    query = select(SupportPlan).where(SupportPlan.id == plan_id, await visible_to(unit)).with_for_update(of=SupportPlan)
    row = (await unit.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound("We know of no such plan")
    check_version(row.version, expected)
    return row
