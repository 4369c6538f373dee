"""Rows of the ward index that both reads and writes begin with."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.wardindex import editions
from services.risk.wardindex.frameworks import SHIPPED, shipped
from services.risk.wardindex.models import IndexFramework


async def framework_row(unit: UnitOfWork, number: int | None = None) -> IndexFramework:
    """One version, or the newest; the one that ships is put in when there is none. Raises `NotFound`."""
    query = select(IndexFramework).order_by(IndexFramework.number.desc()).limit(1)
    if number is not None:
        query = select(IndexFramework).where(IndexFramework.number == number)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None and number in (None, SHIPPED):
        content = dict(shipped())
        values = {
            "number": SHIPPED,
            "content": content,
            "sha256": editions.digest(content),
            "why": "It ships with the product",
            "made_by": unit.cause.actor,
            "made_at": clock.business_now(),
        }
        await unit.session.execute(insert(IndexFramework).values(values).on_conflict_do_nothing())
        row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such version of the framework")
    return row
