"""The event door of who may speak: after a separation nobody of the home that was speaks for those who fled."""

from kit.contracts.casefile.separation import SeparationState
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.triage.speakers import commands

handlers = Handlers()


@handlers.reaction("casefile.people.separated")
async def end_what_the_other_one_knows(unit: UnitOfWork, event: Event[SeparationState]) -> None:
    """Words and speakers of everybody sealed end; only the first word of a separation does it, not what follows."""
    if event.sequence > 1:
        return
    sealed = [each.person_id for each in event.data.people if event.data.separated_person_id in each.separated_from]
    await commands.end_what_is_known(unit, sealed)
