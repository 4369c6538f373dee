"""Reads of objections, and the one question outreach asks of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, exists, select, text, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.store.unit import UnitOfWork
from services.triage.objections import rows
from services.triage.objections.models import Objection
from services.triage.reaching.queries import MessageNews, news_of

_WHOLE = text(
    """
    with recursive whole (id) as (
        select cast(:id as uuid)
        union
        select related.id from whole, lateral (
            select known_person.id from known_person where known_person.merged_into = whole.id
            union all
            select merged_into from known_person where known_person.id = whole.id and merged_into is not null
        ) as related
    )
    select id from whole order by id
    """
)


class ObjectionView(BaseModel):
    """An objection: to which purpose, since when, and whether it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    person_id: UUID
    purpose: str
    state: str
    confirmed_by: str
    recorded_by: str
    recorded_at: UtcDatetime
    withdrawn_by: str | None
    withdrawal_confirmed_by: str | None
    changed_at: UtcDatetime
    confirmation: MessageNews | None = Field(
        None, description="What became of the message that tells them by their safe way; null: on its way"
    )


async def whole_person(unit: UnitOfWork, person_id: UUID) -> Sequence[UUID]:
    """Every id of this person, merged away or standing: an objection holds under all of them."""
    return (await unit.session.execute(_WHOLE, {"id": person_id})).scalars().all()


def stands(person_ids: Collection[UUID], purpose: str, blind_by: str | None = None) -> ColumnElement[bool]:
    """A condition: one of these ids objected to the purpose; for what `blind_by` takes blindly, as they took it."""
    blindly = Objection.blind & (Objection.recorded_by == blind_by)
    return exists(
        select(1).where(
            Objection.person_id.in_(person_ids),
            Objection.purpose == purpose,
            Objection.state == "standing",
            blindly if blind_by is not None else ~Objection.blind,
        )
    )


async def of_person(
    unit: UnitOfWork, person_id: UUID, place: Sequence[Any] | None, most: int
) -> Sequence[ObjectionView]:
    """Up to `most` objections of a person after `place`, the latest first, as far as the caller may know of them."""
    query = select(Objection).where(
        Objection.person_id.in_(await whole_person(unit, person_id)),
        rows.visible_to(unit.cause),
    )
    if place is not None:
        moment, id_ = place
        query = query.where(tuple_(Objection.recorded_at, Objection.id) < (datetime.fromisoformat(moment), UUID(id_)))
    found = await unit.session.scalars(query.order_by(Objection.recorded_at.desc(), Objection.id.desc()).limit(most))
    shown = [ObjectionView.model_validate(row) for row in found]
    unit.accessed("objections", [person_id])
    news = await news_of(unit, [each.id for each in shown])
    return [each.model_copy(update={"confirmation": news.get(each.id)}) for each in shown]


def place_of(shown: ObjectionView) -> list[Any]:
    """Where an objection stands in the list."""
    return [shown.recorded_at.isoformat(), str(shown.id)]
