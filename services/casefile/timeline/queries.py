"""Reads of the timeline: a household's page, and whether the log still is what it was."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import exists, func, not_, or_, select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.people.models import Membership, Person
from services.casefile.people.visibility import visible_to
from services.casefile.timeline.domain import GENESIS, digest_of, next_link
from services.casefile.timeline.models import TimelineEntry, TimelineHead, TimelineLog

Order = Literal["newest", "oldest"]
_VERIFY_BATCH = 5000


class EntryView(BaseModel):
    """One thing that happened: when, what, who did it and for which purpose."""

    event_id: UUID
    occurred_at: datetime
    service: str
    kind: str
    type: str
    title: str
    actor: str = Field(description="The worker's id, or system:<service>")
    purpose: str
    record: str = Field(description="The owner's record, read under your own rights")
    person_ids: list[UUID]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries, in which order; None leaves a filter out."""

    order: Order = "newest"
    service: str | None = None
    kind: str | None = None


async def told_between(
    unit: UnitOfWork, types: Sequence[str], begins: datetime, ends: datetime
) -> list[tuple[str, dict[str, Any]]]:
    """Facts of some types from one moment to before another, each once, to count them; what was erased is left out.

    Type and data as their owner told them. For figures alone: nobody is kept back in it.
    """
    shown = (
        select(TimelineEntry.event_id)
        .where(TimelineEntry.type.in_(types), TimelineEntry.occurred_at >= begins, TimelineEntry.occurred_at < ends)
        .distinct()
    )
    query = select(TimelineLog.payload).where(TimelineLog.event_id.in_(shown), TimelineLog.payload.is_not(None))
    found = [json.loads(payload or "{}") for payload in await unit.session.scalars(query.order_by(TimelineLog.seq))]
    return [(fact["type"], fact["data"]) for fact in found]


async def page(
    unit: UnitOfWork, household_id: UUID, filters: Filters, after: Sequence[str] | None, limit: int
) -> list[EntryView]:
    """A household's story, put on record as read. `after` is the last line's (occurred_at, event_id)."""
    if not await may_see(unit, household_id=household_id):
        raise NotFound("We know of no such household")
    place = tuple_(TimelineEntry.occurred_at, TimelineEntry.event_id)
    visible = await visible_to(unit)
    about = Person.id == func.any(TimelineEntry.person_ids)
    unseen = exists(select(Person.id).where(about, not_(visible)).correlate(TimelineEntry))
    query = select(TimelineEntry).where(
        TimelineEntry.household_id == household_id,
        not_(unseen),
        or_(TimelineEntry.part.is_(None), TimelineEntry.part.in_(await _opened(unit, household_id))),
    )
    if filters.service:
        query = query.where(TimelineEntry.service == filters.service)
    if filters.kind:
        query = query.where(TimelineEntry.kind == filters.kind)
    if after is not None:
        mark = tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
        query = query.where(place < mark if filters.order == "newest" else place > mark)
    columns = (TimelineEntry.occurred_at, TimelineEntry.event_id)
    ordered = query.order_by(*(each.desc() if filters.order == "newest" else each.asc() for each in columns))
    rows = (await unit.session.scalars(ordered.limit(limit))).all()
    members = await unit.session.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.household_id == household_id, visible)
        .order_by(Person.id)
        .distinct()
    )
    unit.accessed(f"timeline/{household_id}", members)
    return [EntryView.model_validate(row, from_attributes=True) for row in rows]


async def _opened(unit: UnitOfWork, household_id: UUID) -> list[str]:
    """The sealed parts with lines on this page that the caller may open."""
    there = select(TimelineEntry.part).where(
        TimelineEntry.household_id == household_id, TimelineEntry.part.is_not(None)
    )
    found = (await unit.session.scalars(there.distinct())).all()
    return [each for each in found if each in set(Part) and await may_see(unit, Part(each), household_id=household_id)]


class End(NamedTuple):
    """Where the log ends, as its writers left it."""

    seq: int
    chain: bytes


async def first_break(unit: UnitOfWork) -> int | None:
    """The first log entry that is not what it was (changed, missing, or put in), or None when the chain stands.

    Entries may be appended meanwhile: the end is looked up before and after.
    """
    before = await _head(unit)
    seq, chain = 0, GENESIS
    while True:
        columns = select(*TimelineLog.__table__.columns)
        rows = (
            await unit.session.execute(
                columns.where(TimelineLog.seq > seq).order_by(TimelineLog.seq).limit(_VERIFY_BATCH)
            )
        ).all()
        if not rows:
            break
        for row in rows:
            seq, chain = seq + 1, next_link(chain, row.digest)
            if row.seq != seq or row.chain != chain or not _intact(row):
                return seq
            if seq == before.seq and chain != before.chain:
                return seq
    if seq < before.seq:
        return seq + 1
    after = await _head(unit)
    return after.seq + 1 if seq > after.seq else None


async def _head(unit: UnitOfWork) -> End:
    row = (await unit.session.execute(select(TimelineHead.seq, TimelineHead.chain))).one_or_none()
    return End(row.seq, row.chain) if row else End(0, GENESIS)


def _intact(row: Any) -> bool:
    if row.payload is None or row.salt is None:
        # Erased: both are gone together, and the digest still binds what stood there.
        return row.payload is None and row.salt is None
    if digest_of(row.salt, row.payload) != row.digest:
        return False
    fact = json.loads(row.payload)
    homes = [str(each) for each in row.household_ids]
    return bool(fact["event_id"] == str(row.event_id) and fact["household_ids"] == homes)
