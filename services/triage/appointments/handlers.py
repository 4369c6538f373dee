"""The event door of appointments: who was separated is not left with bookings that bring them together."""

from kit.contracts.casefile import PersonState
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.triage.appointments import commands

handlers = Handlers()


@handlers.reaction("casefile.person.changed", "casefile.person.merged")
async def keep_apart(unit: UnitOfWork, event: Event[PersonState]) -> None:
    """Look again at what is booked, where somebody is separated from somebody."""
    await commands.keep_apart(unit, event.data.person_id)
