"""Which decants a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, literal, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from kit.web.preconditions import check_version
from services.housing.decants.models import Decant


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which decant."""
    return ~access.kept_back(cause, Decant.person_id.expression)


async def home_of(unit: UnitOfWork, person_id: UUID) -> UUID | None:
    """The household they belong to; None also for somebody this caller may not know of."""
    kept_back = access.kept_back(unit.cause, literal(person_id, Decant.person_id.type))
    if await unit.session.scalar(select(kept_back)):
        return None
    return await access.current_household(unit, person_id)


async def load(unit: UnitOfWork, decant_id: UUID, expected: int | None = None) -> Decant:
    """The decant, locked where a version is expected; `NotFound` also for one that may not be shown."""
    query = select(Decant).where(Decant.id == decant_id, visible_to(unit.cause))
    if expected is not None:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such decant")
    if expected is not None:
        check_version(row.version, expected)
    unit.accessed(f"decant/{row.id}", [row.person_id])
    return row
