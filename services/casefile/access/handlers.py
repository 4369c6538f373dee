"""The event door of access: every service's seals."""

from collections.abc import Sequence
from typing import Any

from kit.contracts.catalogue import OWNERS
from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.casefile.access.models import KnownSeal

handlers = Handlers()


@handlers.projection(*(f"{owner}.access.recorded" for owner in OWNERS))
async def keep_seals(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """A copy of each seal, so that nobody can rewrite a service's record of access unseen."""
    await upsert(
        unit,
        KnownSeal.metadata.tables[KnownSeal.__tablename__],
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                "service": event.type.partition(".")[0],
                "batch": event.data.batch,
                "entries": event.data.count,
                "digest": event.data.digest,
                "previous_digest": event.data.previous_digest,
                "sealed_at": event.data.sealed_at,
            }
            for event in events
        ),
    )
