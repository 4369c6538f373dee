"""Wait, for a moment, until an event has taken effect here."""

import asyncio
import time
from uuid import UUID

from sqlalchemy import text

from kit.store.db import Database

PATIENCE_SECONDS = 1.0
_EVERY_SECONDS = 0.02
# Known here: its effect was committed by a reaction or projection, or it is our own.
_ARRIVED = text(
    "select exists (select from inbox where event_id = :id and consumer = any(:consumers))"
    " or exists (select from outbox where event_id = :id)"
)


async def arrived(database: Database, event_id: UUID) -> bool:
    """Whether the event's effect stands in this database within a second."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        async with database.engine.connect() as connection:
            found = await connection.scalar(_ARRIVED, {"id": event_id, "consumers": ["reactions", "projections"]})
        if found:
            return True
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(_EVERY_SECONDS)
