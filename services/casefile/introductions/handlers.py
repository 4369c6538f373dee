"""The event door of introductions: a resident is told of, someone is met, an objection is made or taken back."""

from collections.abc import Sequence
from typing import Any

from kit.contracts.envelope import Event
from kit.contracts.risk import Introduction
from kit.contracts.triage.outreach import ObjectionState
from kit.events.handlers import Handlers
from kit.events.sealed import open_sealed
from kit.store.unit import UnitOfWork
from services.casefile.introductions import commands

handlers = Handlers()


@handlers.reaction("risk.resident.introduced")
async def introduce_resident(unit: UnitOfWork, event: Event[Any]) -> None:
    """Somebody not yet known, for an offer of help."""
    told = open_sealed(unit, event)
    assert isinstance(told, Introduction)
    await commands.introduce(unit, told)


@handlers.batched_reaction("triage.contact.received", "triage.contact.changed")
async def meet_introduced(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """A contact with somebody introduced: now they are met."""
    met = {event.data.person_id: event for event in events if event.data.person_id is not None}
    for person_id in sorted(await commands.waiting(unit, met)):
        with unit.caused_by(met[person_id], "meet_introduced"):
            await commands.meet(unit, person_id)


@handlers.reaction("triage.objection.recorded", "triage.objection.withdrawn")
async def note_objection(unit: UnitOfWork, event: Event[ObjectionState]) -> None:
    """Who objects to outreach is never introduced again."""
    await commands.note_objection(unit, event.subject, event.sequence, event.data)
