"""How a scheme is loaded. Nobody stands in it: whoever may read schemes may read each."""

from uuid import UUID

from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.schemes.models import Scheme


async def load(unit: UnitOfWork, scheme_id: UUID, expected: int | None = None) -> Scheme:
    """The scheme, locked where a version is expected; `Stale` when it has moved on."""
    query = select(Scheme).where(Scheme.id == scheme_id)
    if expected is not None:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such scheme")
    if expected is not None:
        check_version(row.version, expected)
    unit.accessed(f"scheme/{row.id}")
    return row
