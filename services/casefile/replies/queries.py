"""Reads of replies; each goes on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.people.aliases import all_ids
from services.casefile.replies import rows
from services.casefile.replies.domain import State
from services.casefile.replies.models import Reply


class ReplyView(BaseModel):
    """What somebody texted back."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID | None
    plan_id: UUID | None = Field(description="Their plan when it came")
    words: str
    state: State
    matched_by: str | None = Field(description="Who said whose it is; nobody: it came from their own number")
    read_by: str | None
    received_at: UtcDatetime


class UnknownReplyView(BaseModel):
    """A text message of which we do not know who sent it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    from_number: str | None
    words: str
    received_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class Filters:
    """Which replies; None does not narrow it."""

    person_id: UUID | None = None
    plan_id: UUID | None = None
    state: State | None = None


async def reply(unit: UnitOfWork, reply_id: UUID) -> ReplyView:
    """One of somebody's."""
    found = await _read(unit, select(Reply).where(Reply.id == reply_id), 1)
    if not found:
        raise NotFound("We know of no such message")
    return found[0]


async def replies(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[ReplyView]:
    """Those of people with whom the caller works, the newest first."""
    query = select(Reply)
    if filters.person_id is not None:
        query = query.where(Reply.person_id.in_(await all_ids(unit.session, [filters.person_id])))
    if filters.plan_id is not None:
        query = query.where(Reply.plan_id == filters.plan_id)
    if filters.state is not None:
        query = query.where(Reply.state == filters.state)
    if place is not None:
        query = query.where(tuple_(Reply.received_at, Reply.id) < _at(place))
    return await _read(unit, query, most)


async def unknown(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[UnknownReplyView]:
    """Those of which nobody has said yet whose they are, the oldest first."""
    query = select(Reply).where(await rows.from_nobody_known(unit))
    if place is not None:
        query = query.where(tuple_(Reply.received_at, Reply.id) > _at(place))
    found = (await unit.session.scalars(query.order_by(Reply.received_at, Reply.id).limit(most))).all()
    for row in found:
        unit.accessed(f"reply/{row.id}", [])
    return [UnknownReplyView.model_validate(row) for row in found]


def place_of(shown: ReplyView | UnknownReplyView) -> list[Any]:
    """Where it stands in its list."""
    return [shown.received_at.isoformat(), str(shown.id)]


def _at(place: Sequence[Any]) -> Any:
    return tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))


async def _read(unit: UnitOfWork, query: Select[Any], most: int) -> list[ReplyView]:
    query = query.where(Reply.person_id.is_not(None), await rows.visible_to(unit))
    found = (await unit.session.scalars(query.order_by(Reply.received_at.desc(), Reply.id.desc()).limit(most))).all()
    for row in found:
        unit.accessed(f"reply/{row.id}", [row.person_id])
    return [ReplyView.model_validate(row) for row in found]
