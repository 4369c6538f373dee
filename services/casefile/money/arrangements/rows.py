"""Which offers a caller may reach, and how one is loaded with its debt."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.money.arrangements.models import Arrangement
from services.casefile.money.debts import rows as debts
from services.casefile.money.debts.models import Debt


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which offer."""
    return await about_person(unit, Arrangement.person_id, Part.INSIDE)


async def load(unit: UnitOfWork, offer_id: UUID, expected: int) -> tuple[Debt, Arrangement]:
    """The debt and then its offer, both locked, always in this order: no two writers wait for each other."""
    found = select(Arrangement.debt_id).where(Arrangement.id == offer_id, await visible_to(unit))
    debt_id = await unit.session.scalar(found)
    if debt_id is None:
        raise NotFound("We know of no such offer")
    debt = await debts.load(unit, debt_id)
    query = select(Arrangement).where(Arrangement.id == offer_id).with_for_update()
    row = (await unit.session.scalars(query.execution_options(populate_existing=True))).one()
    check_version(row.version, expected)
    return debt, row
