"""Reading who works here."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import or_, select

from gateway.workers.models import Worker
from kit.errors import NotFound
from kit.store.db import Database
from kit.store.unit import UnitOfWork


class WorkerView(BaseModel):
    """A worker as colleagues see them."""

    model_config = ConfigDict(from_attributes=True)

    worker_id: str
    name: str
    organisation_id: UUID | None
    roles: list[str]
    manager: str | None
    active: bool
    suspended_at: datetime | None
    absent_from: date | None
    absent_until: date | None = Field(description="First day back")
    covered_by: str | None
    changed_at: datetime
    version: int


async def by_ids(unit: UnitOfWork, ids: Sequence[str]) -> list[WorkerView]:
    """Those of the workers that we know, in the order asked for."""
    rows = await unit.session.scalars(select(Worker).where(Worker.worker_id.in_(ids)))
    found = {row.worker_id: WorkerView.model_validate(row) for row in rows}
    return [found[each] for each in ids if each in found]


async def one(unit: UnitOfWork, worker_id: str) -> WorkerView:
    """One worker. Raises NotFound."""
    found = await unit.session.get(Worker, worker_id)
    if found is None:
        raise NotFound("We know of no such worker")
    return WorkerView.model_validate(found)


async def listed(unit: UnitOfWork, *, role: str | None, after: str | None, limit: int) -> list[WorkerView]:
    """Up to `limit` workers in order of id, from the one after `after`; with `role`, only those who hold it."""
    statement = select(Worker).order_by(Worker.worker_id).limit(limit)
    if role is not None:
        statement = statement.where(Worker.roles.contains([role]))
    if after is not None:
        statement = statement.where(Worker.worker_id > after)
    return [WorkerView.model_validate(row) for row in await unit.session.scalars(statement)]


async def shut_out(database: Database) -> frozenset[str]:
    """The ids of those who may not come in at present: suspended, or no longer working here."""
    async with database.sessions.begin() as session:
        statement = select(Worker.worker_id).where(or_(Worker.suspended_at.is_not(None), ~Worker.active))
        return frozenset(await session.scalars(statement))
