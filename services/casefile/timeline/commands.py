"""Writes of the timeline: append to the log, lay out the page, and lay it out anew."""

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from kit import clock
from kit.contracts.casefile.people import PersonMerge
from kit.contracts.envelope import Concerns, Event
from kit.store.unit import UnitOfWork
from services.casefile.people.membership import homes_of
from services.casefile.timeline.domain import GENESIS, canonical, digest_of, line_of, next_link
from services.casefile.timeline.models import TimelineEntry, TimelineHead, TimelineLog

_HEAD = 1
_REBUILD_BATCH = 2000
_SALT_BYTES = 16


async def append(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Append case facts to the log in the order of arrival, and show them on their households' pages.

    Which households a fact belongs to is settled here, once, so that a rebuilt page says the same.
    """
    homes = await _homes(unit, events)
    head = await _lock_head(unit)
    seq, chain = head.seq, head.chain
    now = clock.now()
    rows, payloads = [], []
    for event in events:
        seq += 1
        payload, salt = canonical(_fact(event, homes[event.id])), os.urandom(_SALT_BYTES)
        digest = digest_of(salt, payload)
        chain = next_link(chain, digest)
        payloads.append(payload)
        rows.append(
            {
                "seq": seq,
                "event_id": event.id,
                "household_ids": sorted(homes[event.id]),
                "payload": payload,
                "salt": salt,
                "digest": digest,
                "chain": chain,
                "received_at": now,
            }
        )
    await unit.session.execute(insert(TimelineLog), rows)
    await unit.session.execute(update(TimelineHead).where(TimelineHead.id == _HEAD).values(seq=seq, chain=chain))
    await _lay_out(unit, payloads)


async def rebuild(unit: UnitOfWork) -> int:
    """Drop the page and lay it out again from the log; returns how many facts were read. The log is untouched."""
    await _lock_head(unit)
    # As long as it takes: nothing can be appended meanwhile, and nobody sees a half-laid page.
    await unit.take_time(None)
    await unit.session.execute(delete(TimelineEntry))
    done = 0
    while True:
        rows = (
            await unit.session.execute(
                select(TimelineLog.seq, TimelineLog.payload)
                .where(TimelineLog.seq > done)
                .order_by(TimelineLog.seq)
                .limit(_REBUILD_BATCH)
            )
        ).all()
        if not rows:
            return done
        await _lay_out(unit, [row.payload for row in rows if row.payload is not None])
        done = rows[-1].seq


async def erase(unit: UnitOfWork, household_id: UUID) -> None:
    """Blank all that the log holds of this household alone, and drop its page; the chain still verifies.

    What others share stays: it is their story too.
    """
    await _lock_head(unit)
    shown = select(TimelineEntry.event_id).where(TimelineEntry.household_id == household_id)
    alone = (TimelineLog.event_id.in_(shown), TimelineLog.household_ids == [household_id])
    await unit.session.execute(update(TimelineLog).where(*alone).values(payload=None, salt=None))
    await unit.session.execute(delete(TimelineEntry).where(TimelineEntry.household_id == household_id))


async def erase_people(
    unit: UnitOfWork, people: Collection[UUID], households: Collection[UUID]
) -> tuple[list[int], int]:
    """Blank what the log holds of these people and of nobody else, and of `households`, which are theirs alone.

    Their lines go from every page; what names others too stays in the log as ids that lead to nobody. Returns the
    places blanked, and how many were left for others. The chain still verifies, and a rebuilt page stays without them.
    """
    await _lock_head(unit)
    ids, homes = literal(sorted(people), ARRAY(Uuid)), literal(sorted(households), ARRAY(Uuid))
    named = TimelineEntry.person_ids.overlap(ids)
    only = TimelineEntry.person_ids.contained_by(ids)
    shared = select(TimelineEntry.event_id).where(named, ~only)
    alone = or_(
        TimelineLog.event_id.in_(select(TimelineEntry.event_id).where(named, only)),
        (func.cardinality(TimelineLog.household_ids) > 0) & TimelineLog.household_ids.contained_by(homes),
    )
    left = TimelineLog.event_id.in_(shared) & ~TimelineLog.household_ids.contained_by(homes)
    kept = await unit.session.scalar(select(func.count()).select_from(TimelineLog).where(left))
    gone = await unit.session.execute(
        update(TimelineLog)
        .where(alone, TimelineLog.payload.is_not(None))
        .values(payload=None, salt=None)
        .returning(TimelineLog.seq, TimelineLog.event_id)
    )
    rows = gone.all()
    await unit.session.execute(delete(TimelineEntry).where(TimelineEntry.event_id.in_([row.event_id for row in rows])))
    return sorted(row.seq for row in rows), kept or 0


async def _lock_head(unit: UnitOfWork) -> TimelineHead:
    await unit.session.execute(upsert(TimelineHead).values(id=_HEAD, seq=0, chain=GENESIS).on_conflict_do_nothing())
    return (await unit.session.scalars(select(TimelineHead).where(TimelineHead.id == _HEAD).with_for_update())).one()


def _fact(event: Event[Any], homes: Iterable[UUID]) -> dict[str, Any]:
    """All the page shows, so that nothing of it can be changed under the chain."""
    return {
        "event_id": str(event.id),
        "household_ids": sorted(str(each) for each in homes),
        "type": event.type,
        "occurred_at": (event.data.happened_at() or event.time).isoformat(),
        "actor": event.actor,
        "purpose": event.purpose,
        "person_ids": sorted(str(each) for each in event.data.concerns().person_ids),
        "data": event.data.model_dump(mode="json", by_alias=True),
    }


async def _lay_out(unit: UnitOfWork, payloads: Sequence[str]) -> None:
    entries = [entry for payload in payloads for entry in _entries(json.loads(payload))]
    if entries:
        await unit.session.execute(insert(TimelineEntry), entries)


def _entries(fact: Mapping[str, Any]) -> list[dict[str, Any]]:
    service, kind, _ = fact["type"].split(".")
    line = line_of(fact["type"], fact["data"])
    shared = {
        "occurred_at": datetime.fromisoformat(fact["occurred_at"]),
        "event_id": UUID(fact["event_id"]),
        "service": service,
        "kind": kind,
        "type": fact["type"],
        "title": line.title,
        "actor": fact["actor"],
        "purpose": fact["purpose"],
        "record": line.record,
        "person_ids": [UUID(each) for each in fact["person_ids"]],
        "facts": dict(line.facts),
        "part": line.part,
    }
    return [{"household_id": UUID(each), **shared} for each in fact["household_ids"]]


async def _homes(unit: UnitOfWork, events: Sequence[Event[Any]]) -> dict[UUID, set[UUID]]:
    """The households each fact belongs to: those it names, else where its people lived when it happened."""
    named = {event.id: set(event.data.concerns().household_ids) for event in events}
    people = {event.id: _to_place(event) for event in events}
    homes = await homes_of(unit, {person for each in people.values() for person in each})
    found = {}
    for event in events:
        day = (event.data.happened_at() or event.time).astimezone(clock.LONDON).date()
        found[event.id] = named[event.id].union(*(homes.on(person, day) for person in people[event.id]))
    return found


def _to_place(event: Event[Any]) -> Collection[UUID]:
    concerns: Concerns = event.data.concerns()
    if isinstance(event.data, PersonMerge):
        # It names the households of the one who goes; the other's page must tell it too.
        return {event.data.survivor_id}
    return () if concerns.household_ids else concerns.person_ids
