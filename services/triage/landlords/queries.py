"""Reads of what landlords were told. Every one goes on record; those about people kept back do not appear."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, select, tuple_

from kit.contracts.codes import LandlordMessageKind
from kit.contracts.envelope import UtcDatetime
from kit.contracts.lawful_basis import LawfulBasis
from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import shown
from services.triage.landlords.models import LandlordMessage
from services.triage.objections.queries import whole_person


class LandlordMessageView(BaseModel):
    """Exactly what a landlord was told, on which basis."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    organisation_id: UUID
    person_id: UUID
    household_id: UUID | None
    kind: LandlordMessageKind
    details: dict[str, Any]
    text: str
    basis: LawfulBasis
    sent_to: str
    sent_by: str
    sent_at: UtcDatetime


def _visible_to(cause: Cause) -> ColumnElement[bool]:
    return shown(cause, LandlordMessage.person_id.expression, LandlordMessage.blind_by.expression)


async def message(unit: UnitOfWork, message_id: UUID) -> LandlordMessageView:
    """One of them."""
    query = select(LandlordMessage).where(LandlordMessage.id == message_id, _visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such message")
    unit.accessed(f"landlord_message/{row.id}", [row.person_id])
    return LandlordMessageView.model_validate(row)


async def messages(
    unit: UnitOfWork, person_id: UUID | None, place: Sequence[Any] | None, most: int
) -> Sequence[LandlordMessageView]:
    """Up to `most` after `place`, the latest first; one row on record with the people shown."""
    query = select(LandlordMessage).where(_visible_to(unit.cause))
    if person_id is not None:
        query = query.where(LandlordMessage.person_id.in_(await whole_person(unit, person_id)))
    order = (LandlordMessage.sent_at, LandlordMessage.id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*(each.desc() for each in order)).limit(most))).all()
    unit.accessed("landlord_messages", {row.person_id for row in rows})
    return [LandlordMessageView.model_validate(row) for row in rows]


def place_of(shown: LandlordMessageView) -> list[Any]:
    """Where a message stands in the list."""
    return [shown.sent_at.isoformat(), str(shown.id)]
