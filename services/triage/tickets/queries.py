"""Reads of tickets and waits."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.store.unit import UnitOfWork
from services.triage.hubs import rows as hubs
from services.triage.tickets import domain, measures
from services.triage.tickets.models import Ticket
from services.triage.tickets.rows import OPEN, is_kept_back, kept_back, load
from services.triage.tickets.shapes import Called, KeptView, TicketView, Waits, WaitView


async def ticket(unit: UnitOfWork, code: str, ticket_id: UUID) -> TicketView:
    """One ticket."""
    return await shown(unit, await load(unit, code, ticket_id))


async def shown(unit: UnitOfWork, row: Ticket) -> TicketView:
    """A ticket as this caller may see it, put on record."""
    hidden = await is_kept_back(unit, row)
    unit.accessed(f"hub_ticket/{row.id}", [row.person_id] if row.person_id and not hidden else [])
    return TicketView.of(row, kept_back=hidden)


async def tickets(
    unit: UnitOfWork, code: str, day: date, everyone: bool, place: Sequence[Any] | None, most: int
) -> Sequence[TicketView]:
    """Up to `most` tickets of a day after `place`, by number; those still here, or everyone's."""
    await hubs.hub(unit, code)
    query = select(Ticket, kept_back(unit.cause)).where(Ticket.hub == code, Ticket.day == day)
    if not everyone:
        query = query.where(Ticket.state.in_(OPEN))
    if place is not None:
        query = query.where(Ticket.number > int(place[0]))
    rows = (await unit.session.execute(query.order_by(Ticket.number).limit(most))).all()
    views = [TicketView.of(row, kept_back=hidden) for row, hidden in rows]
    unit.accessed(f"hub/{code}/tickets", {each.person_id for each in views if each.person_id})
    return views


async def waits(unit: UnitOfWork, code: str) -> Waits:
    """What whoever comes now is told, what the board shows, and whether what we said held."""
    hub = await hubs.hub(unit, code)
    now, hours = clock.business_now(), hub.opening()
    stands = await measures.now(unit, hub)
    called = await unit.session.execute(
        select(Ticket.number, Ticket.desk)
        .where(Ticket.hub == code, Ticket.day == now.date(), Ticket.state == domain.TicketState.CALLED)
        .order_by(Ticket.changed_at.desc())
        .limit(10)
    )
    return Waits(
        hub=code,
        open_now=hours.open_at(now),
        opens_next=hours.next_opening(now),
        waiting=stands.waiting,
        wait=WaitView.of(stands.wait()),
        called=[Called(number=number, desk=desk) for number, desk in called],
        kept=KeptView.of(domain.kept(stands.pairs)),
    )
