"""Sends events again from the outbox, with their old ids: when the bus lost a stream, or forgot a part of one.

The outbox is the record, the bus only carries. Rows that went out before are marked as waiting once more, oldest first,
and the relay takes them like any others. Who had an event already skips it by its id (reactions) or keeps the newer
version (projections), so sending too much harms nobody. New events wait behind the old ones for as long as that takes.

A stream that still stands absorbs what it was given in the last 20 minutes (`Nats-Msg-Id`): to fill a read model from a
stream that lost nothing, let the consumer begin anew instead.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from kit.store.db import Database
from kit.store.tables import outbox
from kit.store.unit import Cause, unit_of_work

_BATCH = 2000


async def republish(
    database: Database, service: str, cause: Cause, since: datetime, *, sealed_to: str | None = None
) -> int:
    """Mark what `service` announced at `since` or later as waiting to be sent; returns how many events.

    Events sealed for one receiver are left out, unless `sealed_to` names that receiver: then only those go again.
    Each batch is a transaction of its own, so a run that was broken off has sent a part and can be begun anew.
    """
    sealed = outbox.c.subject.like(f"newstart.vault.{sealed_to or '%'}.%")
    after, done = 0, 0
    while marked := await _mark(database, service, cause, sealed if sealed_to else ~sealed, since, after):
        after, done = max(marked), done + len(marked)
    return done


async def _mark(
    database: Database, service: str, cause: Cause, wanted: ColumnElement[bool], since: datetime, after: int
) -> list[int]:
    batch = (
        select(outbox.c.id)
        .where(outbox.c.id > after, outbox.c.created_at >= since, outbox.c.published_at.is_not(None), wanted)
        .order_by(outbox.c.id)
        .limit(_BATCH)
    )
    async with unit_of_work(database, service, cause) as unit:
        # The first batch may have to pass over many older rows.
        await unit.take_time(None)
        marked = await unit.session.scalars(
            update(outbox).where(outbox.c.id.in_(batch)).values(published_at=None).returning(outbox.c.id)
        )
        ids = list(marked)
        if ids:
            unit.accessed(f"outbox/{min(ids)}-{max(ids)}")
        return ids
