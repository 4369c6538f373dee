"""Which ways to somebody are safe for what only they may read: a letter with its words, a link to a page of theirs."""

from uuid import UUID

from kit import clock
from kit.store.unit import UnitOfWork
from services.casefile.messages import domain
from services.casefile.messages.commands import recipient_of
from services.casefile.messages.domain import Reason, Route


async def by_post(unit: UnitOfWork, person_id: UUID) -> tuple[str, ...] | Reason:
    """The lines of an envelope, or why no letter may go by post."""
    found = await recipient_of(unit, person_id)
    if isinstance(found, Reason):
        return found
    route = domain.by_post(found, clock.today())
    return route if isinstance(route, Reason) else route.to


async def in_private(unit: UnitOfWork, person_id: UUID) -> Route | Reason:
    """A way that is theirs alone, by text message or e-mail."""
    found = await recipient_of(unit, person_id)
    return found if isinstance(found, Reason) else domain.in_private(found, clock.today())
