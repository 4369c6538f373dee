"""Reads of the timeline: a household's page, and whether the log still is what it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.people.models import Household, Membership
from services.casefile.timeline.domain import GENESIS, digest_of, next_link
from services.casefile.timeline.models import TimelineEntry, TimelineLog

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


async def page(
    unit: UnitOfWork, household_id: UUID, filters: Filters, after: Sequence[str] | None, limit: int
) -> list[EntryView]:
    """A household's story, put on record as read. `after` is the last line's (occurred_at, event_id)."""
    if await unit.session.get(Household, household_id) is None:
        raise NotFound("We know of no such household")
    place = tuple_(TimelineEntry.occurred_at, TimelineEntry.event_id)
    query = select(TimelineEntry).where(TimelineEntry.household_id == household_id)
    if filters.service:
        query = query.where(TimelineEntry.service == filters.service)
    if filters.kind:
        query = query.where(TimelineEntry.kind == filters.kind)
    if unit.cause.hidden:
        query = query.where(~TimelineEntry.person_ids.overlap(list(unit.cause.hidden)))
    if after is not None:
        mark = tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
        query = query.where(place < mark if filters.order == "newest" else place > mark)
    columns = (TimelineEntry.occurred_at, TimelineEntry.event_id)
    ordered = query.order_by(*(each.desc() if filters.order == "newest" else each.asc() for each in columns))
    rows = (await unit.session.scalars(ordered.limit(limit))).all()
    members = await unit.session.scalars(select(Membership.person_id).where(Membership.household_id == household_id))
    unit.accessed(f"timeline/{household_id}", sorted(set(members)))
    return [EntryView.model_validate(row, from_attributes=True) for row in rows]


async def first_break(unit: UnitOfWork) -> int | None:
    """The first log entry that is not what it was (changed, missing, or put in), or None when the chain stands."""
    seq, chain = 0, GENESIS
    while True:
        rows = (
            await unit.session.execute(
                select(TimelineLog.seq, TimelineLog.payload, TimelineLog.salt, TimelineLog.digest, TimelineLog.chain)
                .where(TimelineLog.seq > seq)
                .order_by(TimelineLog.seq)
                .limit(_VERIFY_BATCH)
            )
        ).all()
        if not rows:
            return None
        for row in rows:
            seq, chain = seq + 1, next_link(chain, row.digest)
            erased = row.payload is None and row.salt is None
            intact = erased or (
                row.payload is not None and row.salt is not None and digest_of(row.salt, row.payload) == row.digest
            )
            if row.seq != seq or row.chain != chain or not intact:
                return int(row.seq)
