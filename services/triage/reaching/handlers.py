"""The event door of reaching people: what became of a message."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.triage.reaching.models import KnownMessage

handlers = Handlers()


@handlers.projection("casefile.message.failed", "gateway.message.sent", "gateway.message.failed")
async def know_messages(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """What became of the messages that triage asked for."""
    await upsert(
        unit,
        cast(Table, KnownMessage.__table__),
        (
            {
                "id": event.data.message_id,
                "sequence": event.sequence,
                "person_id": event.data.person_id,
                "about_id": event.data.about_id,
                "template": event.data.template,
                "state": event.data.state,
                "way": event.data.way,
                "plain": event.data.plain,
                "reason": event.data.reason,
                "changed_at": event.data.changed_at,
            }
            for event in events
            if event.data.asked_by == "triage"
        ),
    )
