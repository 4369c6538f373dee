"""The event door of profiles: what has been offered, as triage tells it."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.risk.profiles.models import KnownOffer

handlers = Handlers()


@handlers.projection("triage.outreach.offered", "triage.outreach.accepted", "triage.outreach.declined")
async def know_offers(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """An offer of help, whole, as of its newest version that we hear of."""
    await upsert(
        unit,
        cast(Table, KnownOffer.__table__),
        (
            {
                "id": event.data.offer_id,
                "sequence": event.sequence,
                "signal_id": event.data.signal_id,
                "kind": event.data.kind.value,
                "offer": event.data.offer,
                "person_id": event.data.person_id,
                "household_id": event.data.household_id,
                "status": event.data.status.value,
                "outcome": event.data.outcome,
                "offered_at": event.data.offered_at,
                "changed_at": event.data.changed_at,
            }
            for event in events
        ),
    )
