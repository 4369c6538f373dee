"""The event door of cohorts: casefile's answer about somebody who was introduced."""

from typing import Any

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.risk.cohorts import commands
from services.risk.signals.whose import Known
from services.risk.vault import pseudonyms

handlers = Handlers()


@handlers.reaction("casefile.introduction.answered")
async def offer_to_the_introduced(unit: UnitOfWork, event: Event[Any]) -> None:
    """What waited until casefile knows them is raised."""
    if event.data.outcome == "erased":
        return
    resident = pseudonyms.of_resident(event.data.resident_id)
    await commands.answered(unit, resident, Known(event.data.person_id, event.data.household_id))
