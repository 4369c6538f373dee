"""Reads of tables; nothing in them is about a person."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import or_, select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.localtables.domain import Kind
from services.casefile.money.localtables.models import LocalTable


class LocalTableView(BaseModel):
    """A dated table somebody loaded."""

    model_config = ConfigDict(from_attributes=True)

    kind: Kind
    area: str
    effective_from: date
    effective_until: date | None
    version: int
    source: str
    figures: dict[str, Any]


async def standing(unit: UnitOfWork, kind: Kind, area: str, on: date) -> LocalTable | None:
    """The newest table that counts on that day; None when there is none, or it has ended."""
    query = select(LocalTable).where(
        LocalTable.kind == kind,
        LocalTable.area == area,
        LocalTable.effective_from <= on,
        or_(LocalTable.effective_until.is_(None), LocalTable.effective_until >= on),
    )
    return (await unit.session.scalars(query.order_by(LocalTable.effective_from.desc()).limit(1))).one_or_none()


async def view(unit: UnitOfWork, kind: Kind, area: str, effective_from: date) -> LocalTableView:
    """One of them."""
    row = await unit.session.get(LocalTable, (kind, area, effective_from))
    if row is None:
        raise NotFound("There is no such table")
    unit.accessed(f"money_table/{kind}/{area}/{effective_from.isoformat()}")
    return LocalTableView.model_validate(row)


async def listed(unit: UnitOfWork, kind: Kind | None, after: Sequence[Any] | None, limit: int) -> list[LocalTableView]:
    """All of them, or those of a kind."""
    order = (LocalTable.kind, LocalTable.area, LocalTable.effective_from)
    query = select(LocalTable).order_by(*order).limit(limit)
    if kind is not None:
        query = query.where(LocalTable.kind == kind)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(after[0], after[1], date.fromisoformat(after[2])))
    return [LocalTableView.model_validate(row) for row in await unit.session.scalars(query)]


def place_of(shown: LocalTableView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.kind, shown.area, shown.effective_from.isoformat()]
