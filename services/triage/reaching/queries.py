"""Reads of reaching people: what became of what we wrote about a thing."""

from collections.abc import Collection
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from kit.contracts.envelope import UtcDatetime
from kit.store.unit import UnitOfWork
from services.triage.reaching.models import KnownMessage


class MessageNews(BaseModel):
    """What became of a message; never where it went."""

    model_config = ConfigDict(from_attributes=True)

    template: str
    state: str = Field(description="sent or failed")
    way: str | None
    plain: bool = Field(description="In words that tell nothing, because somebody else might read them")
    reason: str | None = Field(description="Of a failure: tell them another way")
    changed_at: UtcDatetime


async def news_of(unit: UnitOfWork, about_ids: Collection[UUID]) -> dict[UUID, MessageNews]:
    """The newest word on what was written about each of these things (an appointment, an objection); none: on its way.

    Others of triage ask this for what they passed as `about_id`; whose record it is, is theirs to check.
    """
    rows = await unit.session.scalars(
        select(KnownMessage)
        .where(KnownMessage.about_id.in_(about_ids))
        .order_by(KnownMessage.changed_at, KnownMessage.id)
    )
    return {row.about_id: MessageNews.model_validate(row) for row in rows if row.about_id is not None}
