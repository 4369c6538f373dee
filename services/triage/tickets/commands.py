"""Writes of tickets: take one, call the next, and what happens to each."""

from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.appointments import apart
from services.triage.contacts import rows as contacts
from services.triage.hubs import rows as hubs
from services.triage.known.knowing import may_know
from services.triage.objections.queries import whole_person
from services.triage.tickets import domain, measures
from services.triage.tickets.domain import Step, TicketState
from services.triage.tickets.models import Ticket
from services.triage.tickets.rows import load, next_first
from services.triage.tickets.shapes import NewTicket


async def take(unit: UnitOfWork, code: str, new: NewTicket) -> tuple[Ticket, domain.Wait]:
    """Take a ticket, and say how long it takes. Also when the doors are shut: somebody stands there."""
    await _check_contact(unit, new.contact_id)
    # Whoever may not know of them is answered as about a stranger, and told what they typed.
    blind = new.person_id is not None and not await may_know(unit, new.person_id)
    # Locked: numbers have no gaps and no twins, and the wait counts everybody before.
    hub = await hubs.hub(unit, code, for_change=True)
    now = clock.business_now()
    wait = (await measures.now(unit, hub)).wait(sooner=new.sooner is not None)
    last = await unit.session.scalar(
        select(func.max(Ticket.number)).where(Ticket.hub == code, Ticket.day == now.date())
    )
    ticket = Ticket(
        id=new_id(),
        version=1,
        hub=code,
        day=now.date(),
        number=(last or 0) + 1,
        about=new.about,
        language=new.language,
        sooner=new.sooner,
        person_id=new.person_id,
        contact_id=new.contact_id,
        blind=blind,
        seat_apart=await _seat_apart(unit, None if blind else new.person_id),
        state=TicketState.WAITING,
        said_minutes=wait.minutes,
        said_at_most=wait.no_longer_than,
        arrived_at=now,
        changed_at=now,
    )
    unit.session.add(ticket)
    _put_on_record(unit, ticket)
    return ticket, wait


async def call_next(unit: UnitOfWork, code: str, desk: str) -> Ticket:
    """Call whoever is next to this desk. Two desks that ask at once call two people."""
    await hubs.hub(unit, code)
    ticket = (
        await unit.session.scalars(
            select(Ticket)
            .where(Ticket.hub == code, Ticket.day == clock.today(), Ticket.state == TicketState.WAITING)
            .order_by(*next_first())
            .limit(1)
            .with_for_update(skip_locked=True)
        )
    ).one_or_none()
    if ticket is None:
        raise Conflict("Nobody is waiting", allowed=[])
    return _step(unit, ticket, Step.CALL, desk)


async def step(unit: UnitOfWork, code: str, ticket_id: UUID, expected: int, does: Step, desk: str | None) -> Ticket:
    """What happened to a ticket; `Conflict` names the steps allowed from here."""
    ticket = await load(unit, code, ticket_id, for_change=True)
    check_version(ticket.version, expected)
    return _step(unit, ticket, does, desk)


def _step(unit: UnitOfWork, ticket: Ticket, does: Step, desk: str | None) -> Ticket:
    now = clock.business_now()
    ticket.state = domain.step(ticket.state, does)
    ticket.desk = desk or (None if does is Step.NOT_THERE else ticket.desk)
    if does is Step.CALL:
        # The wait ends when they are called first: who did not hear it was not kept waiting by us.
        ticket.first_called_at = ticket.first_called_at or now
    if does is Step.SIT_DOWN:
        ticket.seated_at = now
    if ticket.state in (TicketState.ENDED, TicketState.LEFT):
        ticket.ended_at = now if ticket.state == TicketState.ENDED else None
    ticket.version, ticket.changed_at = ticket.version + 1, now
    _put_on_record(unit, ticket)
    return ticket


async def _seat_apart(unit: UnitOfWork, person_id: UUID | None) -> bool:
    """Whether they are protected from somebody: then they are offered a private room, whoever else is here or not.

    Only they: a room offered to the other one because of them would tell that they are here, or expected.
    """
    people = await whole_person(unit, person_id) if person_id else ()
    return bool((await apart.sides(unit, people)).keep_clear)


async def _check_contact(unit: UnitOfWork, contact_id: UUID | None) -> None:
    if contact_id is None:
        return
    try:
        await contacts.load(unit, contact_id)
    except NotFound as error:
        raise invalid("/contact_id", "We know of no such contact.", "known-contact") from error


def _put_on_record(unit: UnitOfWork, ticket: Ticket) -> None:
    unit.accessed(f"hub_ticket/{ticket.id}", [ticket.person_id] if ticket.person_id else [])
