"""Wait, for a moment, until an event has taken effect here."""

import asyncio
import time
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text

from kit.store.db import Database

PATIENCE_SECONDS = 1.0
_EVERY_SECONDS = 0.02
_CONSUMERS = text("select consumer from inbox where event_id = :id")
_OUR_TYPE = text("select type from outbox where event_id = :id")


async def arrived(database: Database, event_id: UUID, kinds: Mapping[str, frozenset[str]]) -> bool:
    """Whether the event's effect stands in this database within a second.

    `kinds` says for each type which kinds of handlers this service has. One of our own counts when all of them have
    taken it (a timeline is written by a reaction to our own events too); another's when any has.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        async with database.engine.begin() as connection:
            values = {"id": event_id}
            taken = set(await connection.scalars(_CONSUMERS, values))
            own = await connection.scalar(_OUR_TYPE, values)
        if (kinds.get(own, frozenset()) <= taken) if own else taken:
            return True
        if time.monotonic() >= end:
            return False
        await asyncio.sleep(_EVERY_SECONDS)
