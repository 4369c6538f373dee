"""Reads of offers and arrangements; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.arrangements import domain, rows
from services.casefile.money.arrangements.models import Arrangement
from services.casefile.people.aliases import all_ids


class OfferView(BaseModel):
    """An offer for one debt; accepted, it is the arrangement."""

    id: UUID
    version: int
    person_id: UUID
    debt_id: UUID
    statement_id: UUID | None
    kind: domain.Kind
    amount_pence: int
    every: str | None
    words: str
    state: domain.State
    moved_on: date
    first_due_on: date | None
    reason: str | None
    allowed: list[str]

    @classmethod
    def of(cls, row: Arrangement) -> Self:
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**kept, allowed=list(domain.ALLOWED[row.state]))


class Offers(BaseModel):
    """The offers drafted together, from one statement."""

    items: list[OfferView]


async def view(unit: UnitOfWork, offer_id: UUID) -> OfferView:
    """One of them."""
    query = select(Arrangement).where(Arrangement.id == offer_id, await rows.visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such offer")
    unit.accessed(f"debt_offer/{row.id}", [row.person_id])
    return OfferView.of(row)


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[OfferView]:
    """A person's, the newest first."""
    whole = await all_ids(unit.session, [person_id])
    query = select(Arrangement).where(Arrangement.person_id.in_(whole), await rows.visible_to(unit))
    if after is not None:
        query = query.where(Arrangement.id < UUID(after[0]))
    found = (await unit.session.scalars(query.order_by(Arrangement.id.desc()).limit(limit))).all()
    unit.accessed("debt_offers", [person_id])
    return [OfferView.of(row) for row in found]


def place_of(shown: OfferView) -> list[Any]:
    """Where it stands in the list."""
    return [str(shown.id)]
