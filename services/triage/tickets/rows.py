"""How a ticket is loaded, and in which order people are called.

A ticket is a number in a room: it is there for everybody who works at the hub. Who it is stays out of it for somebody
who may not be shown (`kept_back`).
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.triage.tickets.domain import TicketState
from services.triage.tickets.models import Ticket

OPEN = (TicketState.WAITING, TicketState.CALLED, TicketState.WITH_SOMEONE)


def kept_back(cause: Cause) -> ColumnElement[bool]:
    """Whether this caller may not know whose ticket it is; one taken blindly says only what was typed."""
    return access.kept_back(cause, Ticket.person_id.expression) & ~Ticket.blind


def next_first() -> tuple[Any, ...]:
    """Who must be seen sooner, then who came first."""
    return (Ticket.sooner.is_(None), Ticket.number)


async def load(unit: UnitOfWork, code: str, ticket_id: UUID, *, for_change: bool = False) -> Ticket:
    """The ticket of that hub, locked if it is to change."""
    query = select(Ticket).where(Ticket.id == ticket_id, Ticket.hub == code)
    if for_change:
        query = query.with_for_update(of=Ticket)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such ticket")
    return row


async def is_kept_back(unit: UnitOfWork, ticket: Ticket) -> bool:
    """Whether this caller may not know whose it is."""
    if ticket.person_id is None:
        return False
    return bool(await unit.session.scalar(select(kept_back(unit.cause)).where(Ticket.id == ticket.id)))
