"""Reads of loads and of what they left out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.loads.domain import LoadKind
from services.housing.loads.models import Load, LoadRefusal


class LoadView(BaseModel):
    """A file that was taken."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(description="Of the job as well: its progress is at /v1/housing/jobs/{id}")
    kind: LoadKind
    state: str = Field(description="waiting | done")
    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    loaded_by: str
    received_at: UtcDatetime
    finished_at: UtcDatetime | None


class RefusalView(BaseModel):
    """Why a row was left out. The other rows were taken."""

    model_config = ConfigDict(from_attributes=True)

    line: int = Field(description="Where the row begins in the file")
    number: int
    field: str = Field(description="JSON pointer into the row, e.g. /bedrooms")
    rule: str
    detail: str


async def load(unit: UnitOfWork, load_id: UUID) -> LoadView:
    """One of them."""
    row = await unit.session.get(Load, load_id)
    if row is None:
        raise NotFound("We know of no such load")
    unit.accessed(f"load/{load_id}")
    return LoadView.model_validate(row)


async def loads(unit: UnitOfWork, kind: LoadKind, place: Sequence[Any] | None, most: int) -> list[LoadView]:
    """Those of a kind, the newest first."""
    query = select(Load).where(Load.kind == kind)
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Load.received_at, Load.id) < mark)
    found = await unit.session.scalars(query.order_by(Load.received_at.desc(), Load.id.desc()).limit(most))
    return [LoadView.model_validate(each) for each in found]


def place_of(shown: LoadView) -> list[Any]:
    """Where a load stands in the list."""
    return [shown.received_at.isoformat(), str(shown.id)]


async def refusals(unit: UnitOfWork, load_id: UUID, place: Sequence[Any] | None, most: int) -> list[RefusalView]:
    """What a load left out, line by line."""
    await load(unit, load_id)
    query = select(LoadRefusal).where(LoadRefusal.load_id == load_id)
    order = (LoadRefusal.line, LoadRefusal.number)
    if place is not None:
        query = query.where(tuple_(*order) > (int(place[0]), int(place[1])))
    return [RefusalView.model_validate(each) for each in await unit.session.scalars(query.order_by(*order).limit(most))]


def place_of_refusal(shown: RefusalView) -> list[Any]:
    """Where a refusal stands in the list."""
    return [shown.line, shown.number]
