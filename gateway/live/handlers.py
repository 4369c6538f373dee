"""The event door of live updates: every event that changes a list someone may be looking at."""

from collections.abc import Sequence
from typing import Any

from gateway.live import commands
from gateway.live.lists import heard
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork

handlers = Handlers()

_HEARD = heard()


@handlers.batched_reaction(*_HEARD)
async def note_changes(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """What changed is told once; a replay tells nothing."""
    await commands.note(unit, events, _HEARD)
