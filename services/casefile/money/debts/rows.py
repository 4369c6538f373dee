"""Which debts a caller may reach, and how one is loaded and announced."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.money.debts.models import Debt
from services.casefile.people.aliases import all_ids


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which debt."""
    return await about_person(unit, Debt.person_id, Part.INSIDE)


async def load(unit: UnitOfWork, debt_id: UUID, expected: int | None = None) -> Debt:
    """The debt, locked, at the version the caller saw (if they must have seen one)."""
    query = select(Debt).where(Debt.id == debt_id, await visible_to(unit)).with_for_update(of=Debt)
    row = (await unit.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound("We know of no such debt")
    if expected is not None:
        check_version(row.version, expected)
    return row


async def of_person(unit: UnitOfWork, person_id: UUID, ids: Collection[UUID] | None = None) -> list[Debt]:
    """A person's debts under any of their ids, or those of them that are named; what may not be seen is not there."""
    whole = await all_ids(unit.session, [person_id])
    query = select(Debt).where(Debt.person_id.in_(whole), await visible_to(unit)).order_by(Debt.id)
    if ids is not None:
        query = query.where(Debt.id.in_(ids))
    return list(await unit.session.scalars(query))


def changed(unit: UnitOfWork, row: Debt) -> None:
    """A new version, on record as touched."""
    row.version += 1
    row.changed_at = clock.business_now()
    unit.accessed(f"debt/{row.id}", [row.person_id])
