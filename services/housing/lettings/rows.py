"""Which bids, offers and tenancies a caller may reach, and how one is loaded for a change.

Adverts are about nobody. Whoever may not be shown to a caller is as unknown as a stranger, alone and in lists.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, any_, exists, or_, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from kit.web.preconditions import check_version
from services.housing.lettings.models import Advert, AutoBid, Bid, Letting, Offer, Shortlist, ShortlistLine
from services.housing.register import strangers


def bids_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which bid."""
    kept_back = access.kept_back(cause, Bid.person_id.expression)
    return or_(~kept_back, strangers.taken_by(cause, Bid.application_id.expression))


def auto_bids_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see for whom bids are placed."""
    kept_back = access.kept_back(cause, AutoBid.person_id.expression)
    return or_(~kept_back, strangers.taken_by(cause, AutoBid.application_id.expression))


def lines_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which line of a shortlist."""
    return ~access.kept_back(cause, ShortlistLine.person_id.expression)


def offers_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which offer."""
    return ~access.kept_back(cause, Offer.person_id.expression)


def lettings_visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which tenancy: none of its tenants is kept back."""
    return ~or_(
        access.kept_back(cause, Letting.person_id.expression),
        access.kept_back(cause, any_(Letting.person_ids.expression)),
    )


_FOR_ANYBODY: Final = exists().where(AutoBid.ended_on.is_(None))


async def advert(unit: UnitOfWork, advert_id: UUID, expected: int | None = None) -> Advert:
    """The advert, locked; `Stale` when it is no longer the version that the caller saw."""
    row, _ = await ending(unit, advert_id, expected)
    return row


async def ending(unit: UnitOfWork, advert_id: UUID, expected: int | None = None) -> tuple[Advert, bool]:
    """The same, and whether there is anybody at all for whom bids are placed: one question instead of two."""
    query = select(Advert, _FOR_ANYBODY).where(Advert.id == advert_id).with_for_update(of=Advert)
    found = (await unit.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such advert")
    row, for_anybody = found
    if expected is not None:
        check_version(row.version, expected)
    return row, for_anybody


async def shortlist(unit: UnitOfWork, advert_id: UUID) -> Shortlist:
    """The advert's list, locked."""
    query = select(Shortlist).where(Shortlist.advert_id == advert_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("This advert has no shortlist: bidding is not over")
    return row


async def offer(unit: UnitOfWork, offer_id: UUID, expected: int) -> Offer:
    """The offer, locked; `NotFound` as for a stranger."""
    query = select(Offer).where(Offer.id == offer_id, offers_visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("We know of no such offer")
    check_version(row.version, expected)
    return row


async def letting(unit: UnitOfWork, letting_id: UUID, expected: int | None = None) -> Letting:
    """The tenancy, locked; `NotFound` as for a stranger."""
    query = select(Letting).where(Letting.id == letting_id, lettings_visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("We know of no such tenancy")
    if expected is not None:
        check_version(row.version, expected)
    return row
