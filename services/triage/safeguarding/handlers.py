"""The event door of safeguarding: who manages whom, so that a concern about a worker is kept from their line."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.triage.safeguarding.models import KnownLine

handlers = Handlers()


@handlers.projection("gateway.worker.changed")
async def know_lines(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Whose manager is whose."""
    await upsert(
        unit,
        cast(Table, KnownLine.__table__),
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                "worker": event.data.worker_id,
                "manager": event.data.manager,
            }
            for event in events
        ),
    )
