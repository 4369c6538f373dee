"""The event door of cases: a triage decision opens or joins the household's one case."""

from kit.contracts.envelope import Event
from kit.contracts.triage.contacts import ContactDecided
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.casefile.cases import commands

handlers = Handlers()


@handlers.reaction("triage.contact.decided")
async def follow_decision(unit: UnitOfWork, event: Event[ContactDecided]) -> None:
    """Universal, targeted and statutory decisions lead to a case; the others to none."""
    await commands.follow_decision(unit, event.data)
