"""How a hub and a shift are loaded. Neither is about a resident, so nothing is kept back."""

from uuid import UUID

from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.triage.hubs.models import Hub, Room, Shift


async def hub(unit: UnitOfWork, code: str, *, for_change: bool = False) -> Hub:
    """The hub. Locked, it puts in order what happens at it: tickets get their numbers, bookings see each other."""
    query = select(Hub).where(Hub.code == code)
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such hub")
    return row


async def room(unit: UnitOfWork, room_id: UUID) -> Room | None:
    """The room, if there is one."""
    return (await unit.session.scalars(select(Room).where(Room.id == room_id))).one_or_none()


async def shift(unit: UnitOfWork, code: str, shift_id: UUID, *, for_change: bool = False) -> Shift:
    """The shift of that hub, locked if it is to change."""
    query = select(Shift).where(Shift.id == shift_id, Shift.hub == code)
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such shift")
    return row
