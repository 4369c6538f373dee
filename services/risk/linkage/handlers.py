"""The event door of linkage: the case file's register, sealed; its answers about people introduced; objections."""

from collections.abc import Sequence
from typing import Any

from kit.contracts.casefile.people import Identities, Identity
from kit.contracts.envelope import Event
from kit.events import sealed
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.risk.linkage import register

handlers = Handlers()


@handlers.batched_reaction("casefile.identity.changed")
async def take_in_the_register(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who people are, as the register has them now."""
    people: list[Identity] = []
    for event in events:
        opened = sealed.open_sealed(unit, event)
        assert isinstance(opened, Identities)
        people += opened.people
    with unit.caused_by(events[-1], "take_in_the_register"):
        await register.hear(unit, people)


@handlers.reaction("triage.objection.recorded", "triage.objection.withdrawn")
async def respect_an_objection(unit: UnitOfWork, event: Event[Any]) -> None:
    """Who does not want to be sought out."""
    await register.note_objection(unit, event.data)


@handlers.reaction("casefile.introduction.answered")
async def learn_who_was_introduced(unit: UnitOfWork, event: Event[Any]) -> None:
    """Who a resident whom we introduced is to the case file."""
    await register.answered(unit, event.data)
