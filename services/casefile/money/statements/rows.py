"""Which statements a caller may reach: those of whom they may see, and of both where two share one."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.money.statements.models import Statement


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule: about the person, and about the partner where there is one."""
    theirs = await about_person(unit, Statement.person_id, Part.INSIDE)
    partners = await about_person(unit, Statement.partner_id, Part.INSIDE)  # type: ignore[arg-type]  # null is nobody
    return theirs & or_(Statement.partner_id.is_(None), partners)


async def load(unit: UnitOfWork, statement_id: UUID, expected: int) -> Statement:
    """The statement, locked, at the version the caller saw."""
    query = select(Statement).where(Statement.id == statement_id, await visible_to(unit)).with_for_update(of=Statement)
    row = (await unit.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound("We know of no such statement")
    check_version(row.version, expected)
    return row
