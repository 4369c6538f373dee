"""What a service may forget, in small batches: kept answers, old drafts, published events past the refill horizon."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Table, delete, select
from sqlalchemy.sql import ColumnElement

from kit import clock
from kit.store.db import Database
from kit.store.tables import draft, idempotency, inbox, outbox

ANSWERS_KEPT = timedelta(hours=24)
DRAFTS_KEPT = timedelta(days=30)
# Longer than a stream's 90 days, so that the inbox outlives every replay and the outbox can refill a lost stream.
EVENTS_KEPT = timedelta(days=100)
_BATCH = 1000


async def tidy(database: Database, lasting: Collection[str] = ()) -> int:
    """Delete one batch of each; returns how many rows went. Drafts of a `lasting` kind wait for ever."""
    now = clock.now()
    return sum(
        [
            await _forget(database, idempotency, idempotency.c.created_at < now - ANSWERS_KEPT),
            await _forget(
                database, draft, (draft.c.updated_at < now - DRAFTS_KEPT) & draft.c.kind.not_in(list(lasting))
            ),
            await _forget(database, outbox, outbox.c.published_at < now - EVENTS_KEPT),
            await _forget(
                database,
                inbox,
                (inbox.c.consumer == "projections") & (inbox.c.received_at < now - EVENTS_KEPT),
            ),
        ]
    )


async def _forget(database: Database, table: Table, old: ColumnElement[bool]) -> int:
    keys = list(table.primary_key.columns)
    async with database.sessions.begin() as session:
        rows = (await session.execute(select(*keys).where(old).limit(_BATCH))).all()
        for row in rows:
            await session.execute(
                delete(table).where(*(column == value for column, value in zip(keys, row, strict=True)))
            )
        return len(rows)
