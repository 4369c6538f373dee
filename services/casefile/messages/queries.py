"""Reads of messages: what we wrote to somebody, when, by which way. Each goes on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.contracts.messages import TEMPLATES
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import about_person
from services.casefile.messages.models import Message, MessageResult
from services.casefile.people.aliases import all_ids


class MessageView(BaseModel):
    """A message to somebody: never where it went, nor its codes."""

    id: UUID
    person_id: UUID
    template: str
    title: str
    asked_by: str
    about_id: UUID | None
    state: str = Field(description="addressed: on its way; sent; failed")
    way: str | None
    plain: bool = Field(description="Sent in words that tell nothing, because somebody else might read them")
    reason: str | None
    requested_at: UtcDatetime
    changed_at: UtcDatetime


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[MessageView]:
    """Somebody's, under whichever of their ids, the newest first; none for whoever has nothing to do with them."""
    ids = await all_ids(unit.session, [person_id])
    query = (
        select(Message, MessageResult)
        .outerjoin(MessageResult, MessageResult.id == Message.id)
        .where(Message.person_id.in_(ids), await about_person(unit, Message.person_id))
    )
    if after is not None:
        place = tuple_(Message.requested_at, Message.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    rows = await unit.session.execute(query.order_by(Message.requested_at.desc(), Message.id.desc()).limit(limit))
    unit.accessed("messages", [person_id])
    return [_view(message, result) for message, result in rows]


def _view(message: Message, result: MessageResult | None) -> MessageView:
    template = TEMPLATES.get(message.template)
    return MessageView(
        id=message.id,
        person_id=message.person_id,
        template=message.template,
        title=template.title if template else message.template,
        asked_by=message.asked_by,
        about_id=message.about_id,
        state=result.state if result else message.state,
        way=message.way,
        plain=message.plain,
        reason=result.reason if result else message.reason,
        requested_at=message.requested_at,
        changed_at=result.changed_at if result else message.addressed_at,
    )


def place_of(shown: MessageView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.requested_at.isoformat(), str(shown.id)]
