"""The event door of appointments: who was separated is not left with bookings that bring them together."""

from sqlalchemy import select

from kit.contracts.casefile.people import PersonState
from kit.contracts.casefile.separation import SeparationState
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers, NotYet
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.triage.appointments import commands

handlers = Handlers()


@handlers.reaction("casefile.person.changed", "casefile.person.merged")
async def keep_apart(unit: UnitOfWork, event: Event[PersonState]) -> None:
    """Look again at what is booked, where somebody is separated from somebody.

    After the projection: a booking made from then on sees the separation itself, one made before is found here.
    """
    if event.type == "casefile.person.changed" and not event.data.separated_from:
        return
    person_id = event.data.person_id
    known = await unit.session.scalar(select(known_person.c.sequence).where(known_person.c.id == person_id))
    if known is None or known < event.sequence:
        raise NotYet
    await commands.keep_apart(unit, person_id)


@handlers.reaction("casefile.people.separated")
async def keep_apart_at_once(unit: UnitOfWork, event: Event[SeparationState]) -> None:
    """A separation says by itself who is kept apart; `kit.events.separation` has it in force before this."""
    for person in event.data.people:
        if event.data.separated_person_id in person.separated_from:
            await commands.keep_apart(unit, person.person_id)
