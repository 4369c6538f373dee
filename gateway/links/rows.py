"""How a link is loaded, and whether it may be used now."""

from uuid import UUID

from sqlalchemy import select

from gateway.links import domain
from gateway.links.domain import Standing
from gateway.links.models import Link
from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork


async def load(unit: UnitOfWork, link_id: UUID, *, for_change: bool = False) -> Link:
    """The row, locked if it is to change; `NotFound`."""
    query = select(Link).where(Link.id == link_id)
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such link")
    return row


def standing_of(link: Link) -> Standing:
    """Whether it may be used now."""
    return domain.standing(
        answered=link.answered_at is not None,
        revoked=link.revoked_at is not None,
        until=link.until,
        business_now=clock.business_now(),
        claimed_at=link.claimed_at,
        now=clock.now(),
    )
