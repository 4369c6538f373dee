"""The event door of the pack: appointments and visits, from triage."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.casefile.papers.downtime.models import KnownVisit

handlers = Handlers()


@handlers.projection("triage.appointment.booked", "triage.appointment.changed", "triage.appointment.missed")
async def know_visits(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who is to be met where and when."""
    await upsert(
        unit,
        cast(Table, KnownVisit.__table__),
        (
            {
                "id": event.data.appointment_id,
                "sequence": event.sequence,
                "person_id": event.data.person_id,
                "kind": event.data.kind,
                "hub": event.data.hub,
                "worker": event.data.worker,
                "starts_at": event.data.starts_at,
                "state": event.data.state,
            }
            for event in events
        ),
    )
