"""Writes of the timeline: append to the log, lay out the page, and lay it out anew."""

import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kit import clock
from kit.contracts.envelope import Concerns, Event
from kit.store.unit import UnitOfWork
from services.casefile.people.models import Membership
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
    rows = []
    for event in events:
        seq += 1
        payload, salt = canonical(_fact(event)), os.urandom(_SALT_BYTES)
        digest = digest_of(salt, payload)
        chain = next_link(chain, digest)
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
    await _lay_out(unit, rows)


async def rebuild(unit: UnitOfWork) -> int:
    """Drop the page and lay it out again from the log; returns how many facts were read. The log is untouched."""
    await _lock_head(unit)
    # As long as it takes: nothing can be appended meanwhile, and nobody sees a half-laid page.
    await unit.session.execute(text("set local statement_timeout = 0"))
    await unit.session.execute(delete(TimelineEntry))
    done = 0
    while True:
        rows = (
            await unit.session.execute(
                select(TimelineLog.seq, TimelineLog.event_id, TimelineLog.household_ids, TimelineLog.payload)
                .where(TimelineLog.seq > done)
                .order_by(TimelineLog.seq)
                .limit(_REBUILD_BATCH)
            )
        ).all()
        if not rows:
            return done
        await _lay_out(unit, [row._asdict() for row in rows if row.payload is not None])
        done = rows[-1].seq


async def _lock_head(unit: UnitOfWork) -> TimelineHead:
    await unit.session.execute(upsert(TimelineHead).values(id=_HEAD, seq=0, chain=GENESIS).on_conflict_do_nothing())
    return (await unit.session.scalars(select(TimelineHead).where(TimelineHead.id == _HEAD).with_for_update())).one()


def _fact(event: Event[Any]) -> dict[str, Any]:
    return {
        "type": event.type,
        "occurred_at": (event.data.happened_at() or event.time).isoformat(),
        "actor": event.actor,
        "purpose": event.purpose,
        "person_ids": sorted(str(each) for each in event.data.concerns().person_ids),
        "data": event.data.model_dump(mode="json", by_alias=True),
    }


async def _lay_out(unit: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    entries = [entry for row in rows for entry in _entries(row)]
    if entries:
        await unit.session.execute(insert(TimelineEntry), entries)


def _entries(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    fact = json.loads(row["payload"])
    service, kind, _ = fact["type"].split(".")
    line = line_of(fact["type"], fact["data"])
    return [
        {
            "household_id": household_id,
            "occurred_at": datetime.fromisoformat(fact["occurred_at"]),
            "event_id": row["event_id"],
            "service": service,
            "kind": kind,
            "type": fact["type"],
            "title": line.title,
            "actor": fact["actor"],
            "purpose": fact["purpose"],
            "record": line.record,
            "person_ids": [UUID(each) for each in fact["person_ids"]],
            "facts": dict(line.facts),
        }
        for household_id in row["household_ids"]
    ]


async def _homes(unit: UnitOfWork, events: Sequence[Event[Any]]) -> dict[UUID, set[UUID]]:
    """The households each fact belongs to: those it names, else where its people lived at that moment."""
    concerns: dict[UUID, Concerns] = {event.id: event.data.concerns() for event in events}
    unplaced = {person for each in concerns.values() if not each.household_ids for person in each.person_ids}
    places: dict[UUID, list[Membership]] = {}
    if unplaced:
        for row in await unit.session.scalars(select(Membership).where(Membership.person_id.in_(unplaced))):
            places.setdefault(row.person_id, []).append(row)
    homes = {}
    for event in events:
        each = concerns[event.id]
        day = (event.data.happened_at() or event.time).astimezone(clock.LONDON).date()
        homes[event.id] = set(each.household_ids) or {
            place.household_id
            for person in each.person_ids
            for place in places.get(person, [])
            if place.since <= day and (place.until is None or day < place.until)
        }
    return homes
