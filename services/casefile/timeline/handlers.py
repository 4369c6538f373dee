"""The event door of the timeline: every case fact of every service, exactly once."""

from collections.abc import Sequence
from typing import Any

from kit.contracts.catalogue import live_types
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.casefile.timeline import commands

CASE_FACTS = tuple(each.type for each in live_types() if each.case_fact)

handlers = Handlers()


@handlers.batched_reaction(*CASE_FACTS)
async def tell_the_story(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Append to the log and the page."""
    await commands.append(unit, events)
