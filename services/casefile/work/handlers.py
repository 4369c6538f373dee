"""The event door of work: triage's appointments, so that a work coach sees their own."""

from collections.abc import Sequence
from typing import Any

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.casefile.work.models import KnownAppointment

handlers = Handlers()


@handlers.projection("triage.appointment.booked", "triage.appointment.changed", "triage.appointment.missed")
async def know_appointments(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Who meets whom, when and where. Whether somebody came is left where it was told."""
    await upsert(
        unit,
        KnownAppointment.metadata.tables[KnownAppointment.__tablename__],
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                "person_id": event.data.person_id,
                "worker": event.data.worker,
                "kind": event.data.kind,
                "hub": event.data.hub,
                "starts_at": event.data.starts_at,
                "ends_at": event.data.ends_at,
                "stands": event.data.state not in {"cancelled", "to_rearrange"},
            }
            for event in events
        ),
    )
