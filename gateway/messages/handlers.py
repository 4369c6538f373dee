"""The event door of messages: one to send, and who is being rung."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from gateway.messages import commands
from gateway.messages.models import KnownCall
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork

handlers = Handlers()


@handlers.reaction("casefile.message.addressed")
async def take_message(unit: UnitOfWork, event: Event[Any]) -> None:
    """One to send."""
    await commands.receive(unit, event)


@handlers.projection("triage.call.started", "triage.call.ended")
async def know_calls(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Whom a worker is ringing."""
    await upsert(
        unit,
        cast(Table, KnownCall.__table__),
        (
            {
                "id": event.data.call_id,
                "sequence": event.sequence,
                "household_id": event.data.household_id,
                "going_on": event.data.state == "ringing",
                "until": event.data.until,
            }
            for event in events
        ),
    )
