"""Events that could not take effect, kept for a person to read, retry or drop."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kit import clock
from kit.contracts.catalogue import CATALOGUE, CatalogueError
from kit.errors import Conflict, DomainError, NotFound
from kit.events.effects import claim, dispatch
from kit.events.handlers import Handler, Kind
from kit.ids import new_id
from kit.store.db import Database, is_transient
from kit.store.tables import dead_letter
from kit.store.unit import UnitOfWork


class StillFails(Conflict):
    """The cause is not mended: nothing of the event took effect, and the dead letter stays open."""

    slug = "still-fails"
    title = "This event still can't take effect"


def reason(error: Exception) -> str:
    """A reason fit to store and show: fields and rules, never the values that broke them."""
    if isinstance(error, ValidationError):
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(str(p) for p in f['loc'])}: {f['type']}" for f in faults[:5])
    if isinstance(error, DomainError):
        return f"{error.slug}: {error.detail}"
    if isinstance(error, CatalogueError):
        return str(error)
    return type(error).__name__


class DeadLetter(BaseModel):
    """One event that could not take effect here, and why."""

    id: UUID
    consumer: str
    event_id: UUID | None
    type: str
    reason: str
    deliveries: int
    state: str
    created_at: datetime
    settled_at: datetime | None
    settled_by: str | None


class DeadLetterDetail(DeadLetter):
    """With the envelope as it came."""

    envelope: str


async def bury(
    database: Database,
    kind: str,
    event_id: UUID | None,
    type_: str,
    envelope: str,
    reason: str,
    deliveries: int,
) -> None:
    """Keep it, in a transaction of its own; the same event is kept open once."""
    row = {
        "id": new_id(),
        "consumer": kind,
        "event_id": event_id,
        "type": type_,
        "envelope": envelope.replace("\x00", ""),
        "reason": reason,
        "deliveries": deliveries,
    }
    async with database.sessions.begin() as session:
        await session.execute(upsert(dead_letter).values(row).on_conflict_do_nothing())


async def listed(unit: UnitOfWork, *, state: str = "open", limit: int = 100) -> list[DeadLetter]:
    """The newest first."""
    rows = await unit.session.execute(
        select(dead_letter).where(dead_letter.c.state == state).order_by(dead_letter.c.created_at.desc()).limit(limit)
    )
    return [DeadLetter.model_validate(row._mapping, from_attributes=True) for row in rows]


async def shown(unit: UnitOfWork, id_: UUID) -> DeadLetterDetail:
    """One, with its envelope."""
    row = await _load(unit, id_)
    return DeadLetterDetail.model_validate(row._mapping, from_attributes=True)


async def retry(unit: UnitOfWork, id_: UUID, handlers: Mapping[Kind, Mapping[str, list[Handler]]]) -> None:
    """Run its handlers again; its effect, its inbox row and its settlement commit together."""
    row = await _load(unit, id_, lock=True)
    if row.state != "open":
        raise Conflict(f"This dead letter is already {row.state}")
    kind: Kind = "projections" if row.consumer == "projections" else "reactions"
    try:
        event = CATALOGUE[row.type].parse(row.envelope)
        fresh = await claim(unit.session, kind, {event.id: event})
        await dispatch(unit, handlers[kind], fresh if kind == "reactions" else [event])
    except Exception as error:
        if is_transient(error):
            raise
        # Whatever it is, it is this event's fault and not the caller's: it stays a dead letter.
        raise StillFails(f"It failed again: {reason(error)}") from error
    await _settle(unit, id_, "retried")


async def drop(unit: UnitOfWork, id_: UUID) -> None:
    """Say that it shall have no effect. The row stays as evidence."""
    row = await _load(unit, id_, lock=True)
    if row.state != "open":
        raise Conflict(f"This dead letter is already {row.state}")
    await _settle(unit, id_, "dropped")


async def _load(unit: UnitOfWork, id_: UUID, *, lock: bool = False) -> Row[tuple[object, ...]]:
    query = select(dead_letter).where(dead_letter.c.id == id_)
    row = (await unit.session.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound("There is no such dead letter")
    return row


async def _settle(unit: UnitOfWork, id_: UUID, state: str) -> None:
    await unit.session.execute(
        update(dead_letter)
        .where(dead_letter.c.id == id_)
        .values(state=state, settled_at=clock.now(), settled_by=unit.cause.actor)
    )
