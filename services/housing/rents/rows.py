"""Which rents a caller may reach, and how one is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, literal, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from kit.web.preconditions import check_version
from services.housing.rents.models import Rent


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which rent."""
    return ~access.kept_back(cause, Rent.person_id.expression)


async def is_shown(unit: UnitOfWork, person_id: UUID) -> bool:
    """Whether this caller may know of this person; somebody unheard of is a stranger, and nobody's secret."""
    kept_back = access.kept_back(unit.cause, literal(person_id, Rent.person_id.type))
    return not await unit.session.scalar(select(kept_back))


async def home_of(unit: UnitOfWork, person_id: UUID) -> UUID | None:
    """The household they belong to; None also for somebody this caller may not know of."""
    return await access.current_household(unit, person_id) if await is_shown(unit, person_id) else None


async def load(unit: UnitOfWork, rent_id: UUID, expected: int | None = None, *, lock: bool = False) -> Rent:
    """The rent; `NotFound` also for one that may not be shown, `Stale` when it has moved on."""
    query = select(Rent).where(Rent.id == rent_id, visible_to(unit.cause))
    if lock or expected is not None:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such rent")
    if expected is not None:
        check_version(row.version, expected)
    unit.accessed(f"rent/{row.id}", [row.person_id])
    return row
