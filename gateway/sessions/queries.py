"""Reading who is signed in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, tuple_

from gateway.sessions.models import Session
from kit.store.unit import UnitOfWork


class SessionView(BaseModel):
    """One session: who, in which roles, from when to when."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    worker_id: str
    issuer: str
    roles: list[str]
    first_seen_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    suspended_by: str | None
    suspended_at: datetime | None
    reason: str | None


async def listed(unit: UnitOfWork, worker_id: str | None, after: Sequence[Any] | None, limit: int) -> list[SessionView]:
    """Sessions, the one used last first. Looking at them is on record."""
    query = select(Session).order_by(Session.last_seen_at.desc(), Session.id.desc()).limit(limit)
    if worker_id is not None:
        query = query.where(Session.worker_id == worker_id)
    if after is not None:
        place = tuple_(Session.last_seen_at, Session.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    unit.accessed(f"sessions/{worker_id or 'all'}")
    return [SessionView.model_validate(row) for row in await unit.session.scalars(query)]
