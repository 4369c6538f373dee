"""Which offers a caller may reach, how one is loaded, and how writes about one household are put in order."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import selectinload

from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.known.knowing import check_not_blind, shown
from services.triage.outreach.models import Offer


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which offer."""
    return shown(cause, Offer.person_id.expression, Offer.blind_by.expression)


async def load(unit: UnitOfWork, offer_id: UUID, *, for_change: bool = False) -> Offer:
    """The row with its attempts, locked if it is to change; `NotFound` also when it may not be shown."""
    query = select(Offer).where(Offer.id == offer_id, visible_to(unit.cause)).options(selectinload(Offer.attempts))
    if for_change:
        query = query.with_for_update(of=Offer)
    offer = (await unit.session.scalars(query)).one_or_none()
    if offer is None:
        raise NotFound("We know of no such offer")
    if for_change:
        check_not_blind(unit, offer.blind_by)
    return offer


async def in_order(unit: UnitOfWork, ids: Iterable[UUID]) -> None:
    """Until this transaction ends, nobody else opens, holds or closes offers of these people and households.

    There is no row yet to lock when a signal meets an objection or another signal.
    """
    keys = sorted({int.from_bytes(each.bytes[8:], "big", signed=True) for each in ids})
    # The array is read in its order, so two who want the same locks never wait for each other.
    await unit.session.execute(_LOCKS, {"keys": keys})


_LOCKS = text("select count(pg_advisory_xact_lock(key)) from unnest(cast(:keys as bigint[])) as key")
