"""The event door of profiles: what has been offered, as triage tells it, and a business clock that was moved."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table

from kit import clock
from kit.clock import LONDON
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store import timers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.risk.profiles import whole
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


@handlers.reaction("gateway.clock.moved")
async def follow_the_clock(unit: UnitOfWork, event: Event[Any]) -> None:
    """Another day, other windows: every profile is worked out as soon as this process follows the clock."""
    moved_to = (clock.now() + timedelta(seconds=event.data.offset_seconds)).astimezone(LONDON)
    await timers.set_alarm(unit, whole.ALARM, whole.BOROUGH, moved_to)
