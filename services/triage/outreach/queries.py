"""Reads of outreach. Every one goes on record; offers to people kept back do not appear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload

from kit.contracts.codes import OfferStatus, SignalKind
from kit.store.unit import UnitOfWork
from services.triage.contacts import queries as contacts
from services.triage.objections.queries import whole_person
from services.triage.outreach.models import Offer
from services.triage.outreach.rows import load, visible_to
from services.triage.outreach.shapes import OfferSummary, OfferView
from services.triage.recovery_holds import queries as holds


@dataclass(frozen=True, slots=True)
class Filters:
    """Which offers a list shows; None does not narrow it."""

    status: OfferStatus = OfferStatus.OFFERED
    team: str | None = None
    hub: str | None = None
    kind: SignalKind | None = None
    person_id: UUID | None = None


async def view(unit: UnitOfWork, offer_id: UUID) -> OfferView:
    """One offer, put on record as read, with all a caller needs and nothing they should not know."""
    return await shown(unit, await load(unit, offer_id))


async def shown(unit: UnitOfWork, row: Offer) -> OfferView:
    """An offer as the one who works on it sees it."""
    people = await whole_person(unit, row.person_id)
    safe = await contacts.safe_contact(unit, people)
    unit.accessed(f"outreach/{row.id}", [row.person_id])
    return OfferView.shown(row, safe, await holds.of_offer(unit, row.id, people))


async def offers(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> Sequence[OfferSummary]:
    """Up to `most` offers after `place`, the oldest first; one row on record with the people shown."""
    query = (
        select(Offer)
        .where(Offer.status == filters.status, visible_to(unit.cause))
        .options(selectinload(Offer.attempts))
    )
    for column, value in ((Offer.team, filters.team), (Offer.hub, filters.hub), (Offer.kind, filters.kind)):
        if value is not None:
            query = query.where(column == value)
    if filters.person_id is not None:
        query = query.where(Offer.person_id.in_(await whole_person(unit, filters.person_id)))
    order = (Offer.offered_at, Offer.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("outreach", {row.person_id for row in rows})
    return [OfferSummary.of(row) for row in rows]


def place_of(shown: OfferSummary) -> list[Any]:
    """Where an offer stands in the list."""
    return [shown.offered_at.isoformat(), str(shown.id)]
