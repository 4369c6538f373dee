"""The record of access, sealed: each second a batch of new rows goes under a hash chain (ownership rule 7).

A batch's digest covers the one before it and every row in it, so a row changed or removed later shows.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock
from kit.contracts.access import AccessBatch
from kit.ids import new_id
from kit.store.db import Database
from kit.store.tables import audit_batch, audit_entry
from kit.store.unit import Cause, UnitOfWork, unit_of_work

GENESIS = "0" * 64
_LOCK = 7_105_403
_MOST = 5000
_COVERED = (
    audit_entry.c.id,
    audit_entry.c.at,
    audit_entry.c.actor,
    audit_entry.c.organisation,
    audit_entry.c.roles,
    audit_entry.c.purpose,
    audit_entry.c.action,
    audit_entry.c.record,
    audit_entry.c.person_ids,
    audit_entry.c.outcome,
    audit_entry.c.request_id,
)


def digest(previous: str, rows: Sequence[Any]) -> str:
    """SHA-256 over the previous digest and each row as canonical JSON, in order of id.

    Times are in UTC whatever the connection's time zone, and nothing differs from the text "None".
    """
    chain = hashlib.sha256(previous.encode())
    for row in rows:
        chain.update(json.dumps([*row], separators=(",", ":"), default=_canonical).encode())
        chain.update(b"\n")
    return chain.hexdigest()


def _canonical(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


Tell = Callable[[UnitOfWork, int, Sequence[Any]], None]
"""Told of each batch's number and rows, in its own transaction."""


async def seal(database: Database, service: str, tell: Tell | None = None) -> int:
    """Seal what is new into one batch and announce it; returns how many rows. Sealing is one at a time."""
    cause = Cause.system(service, "access.seal")
    async with unit_of_work(database, service, cause) as unit:
        if not await unit.session.scalar(select(text(f"pg_try_advisory_xact_lock({_LOCK})"))):
            return 0
        rows = (
            await unit.session.execute(
                select(*_COVERED).where(audit_entry.c.batch.is_(None)).order_by(audit_entry.c.id).limit(_MOST)
            )
        ).all()
        if not rows:
            return 0
        number = await _chain(unit, rows)
        if tell is not None:
            tell(unit, number, rows)
        return len(rows)


async def _chain(unit: UnitOfWork, rows: Sequence[Any]) -> int:
    last = (
        await unit.session.execute(
            select(audit_batch.c.number, audit_batch.c.digest).order_by(audit_batch.c.number.desc()).limit(1)
        )
    ).one_or_none()
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    batch_id = new_id()
    values: dict[str, Any] = {
        "number": number,
        "batch_id": batch_id,
        "first_id": rows[0].id,
        "last_id": rows[-1].id,
        "entries": len(rows),
        "digest": digest(previous, rows),
        "previous_digest": previous,
    }
    await unit.session.execute(audit_batch.insert().values(values))
    await unit.session.execute(
        update(audit_entry).where(audit_entry.c.id.in_([row.id for row in rows])).values(batch=number)
    )
    sealed = AccessBatch(
        batch=number,
        first_entry=rows[0].id,
        last_entry=rows[-1].id,
        count=len(rows),
        digest=values["digest"],
        previous_digest=previous,
        sealed_at=clock.now(),
    )
    unit.emit(f"{unit.service}.access.recorded", sealed, aggregate_id=batch_id, sequence=1)
    return number


async def verify(database: Database) -> int | None:
    """The number of the first batch that does not verify, or None when the whole chain stands."""
    async with database.sessions() as session:
        return await first_break(session)


async def first_break(session: AsyncSession, newest: int | None = None) -> int | None:
    """Like `verify`, within a transaction that is open already; of the `newest` batches alone, if it says how many."""
    query = select(audit_batch).order_by(audit_batch.c.number.desc()).limit(newest + 1 if newest else None)
    batches = (await session.execute(query)).all()[::-1]
    if newest and len(batches) > newest:
        before, *batches = batches
        number, previous = int(before.number), before.digest
    else:
        number, previous = 0, GENESIS
    covered = 0
    for expected, batch in enumerate(batches, start=number + 1):
        # By the range of ids, which has an index; what else says that it is of this batch is counted below.
        own = audit_entry.c.id.between(batch.first_id, batch.last_id) & (audit_entry.c.batch == batch.number)
        rows = (await session.execute(select(*_COVERED).where(own).order_by(audit_entry.c.id))).all()
        stands = (
            batch.number == expected
            and batch.previous_digest == previous
            and batch.entries == len(rows)
            and batch.digest == digest(previous, rows)
        )
        if not stands:
            return int(batch.number)
        previous = batch.digest
        covered += len(rows)
    if newest:
        return None
    sealed = select(func.count()).where(audit_entry.c.batch.is_not(None))
    if await session.scalar(sealed) == covered:
        return None
    stray: int | None = await session.scalar(
        select(func.min(audit_entry.c.batch)).where(
            ~exists().where(
                audit_batch.c.number == audit_entry.c.batch,
                audit_entry.c.id.between(audit_batch.c.first_id, audit_batch.c.last_id),
            )
        )
    )
    return stray
