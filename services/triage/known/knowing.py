"""Whether a caller may know of somebody at all: what they ask about anybody else is answered as about a stranger."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Uuid, literal, select

from kit.store import access
from kit.store.unit import UnitOfWork


async def may_know(unit: UnitOfWork, person_id: UUID) -> bool:
    """Whether whoever asks may know of them. Who only the door hides for this moment counts as known until we hear."""
    heard = replace(unit.cause, hidden=frozenset())
    kept_back = access.kept_back(heard, literal(person_id, Uuid))
    return not await unit.session.scalar(select(kept_back))
