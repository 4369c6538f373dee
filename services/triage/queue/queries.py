"""Reads of the queue. Every one of entries goes on record; those of people kept back do not appear."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true, tuple_

from kit import clock
from kit.contracts.codes import QueueKind, Urgency
from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.triage.queue import checks, domain, facts, rows, words
from services.triage.queue.domain import Place, Rules
from services.triage.queue.models import QueueEntry, QueueRules
from services.triage.queue.rows import AS_DELIVERED, DELIVERED_VERSION, Published
from services.triage.queue.shapes import (
    BandChange,
    BandCount,
    Card,
    ClockView,
    Counts,
    Move,
    RulesBody,
    RulesSummary,
    RulesView,
    WhatIf,
)

_ORDER = (QueueEntry.band, QueueEntry.stands_since, QueueEntry.id)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries a list shows; None does not narrow it."""

    team: str | None = None
    hub: str | None = None
    urgency: Urgency | None = None
    kind: QueueKind | None = None
    household_id: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As the database understands it."""
        asked = (
            (QueueEntry.team, self.team),
            (QueueEntry.hub, self.hub),
            (QueueEntry.urgency, self.urgency),
            (QueueEntry.kind, self.kind),
            (QueueEntry.household_id, self.household_id),
        )
        return [QueueEntry.state == "waiting", *(column == value for column, value in asked if value is not None)]


def in_order(cause: Cause, filters: Filters, after: Sequence[Any] | None, most: int) -> Select[QueueEntry]:
    """The question to the database: an index answers it (`ix_queue_entry_order`, `_team`, `_hub`)."""
    query = select(QueueEntry).where(*filters.conditions(), rows.visible_to(cause))
    if after is not None:
        band, since, id_, _ = after
        query = query.where(tuple_(*_ORDER) > (band, datetime.fromisoformat(since), UUID(id_)))
    return query.order_by(*_ORDER).limit(most)


async def cards(unit: UnitOfWork, filters: Filters, after: Sequence[Any] | None, most: int) -> Sequence[Card]:
    """Up to `most` cards after that place, the next one first; one row on record with the people shown."""
    before = 0 if after is None else after[3]
    found = (await unit.session.scalars(in_order(unit.cause, filters, after, most))).all()
    standing = await rows.placed_by(unit, found[0].rules_version if found else None)
    now = clock.business_now().astimezone(UTC)
    unit.accessed("queue", {person for row in found for person in row.person_ids})
    return [_card(row, standing, now, number) for number, row in enumerate(found, before + 1)]


def place_of(shown: Card) -> list[Any]:
    """Where a card stands in the list, with its number."""
    return [shown.band_number, shown.stands_since.isoformat(), str(shown.id), shown.place]


async def card(unit: UnitOfWork, entry_id: UUID) -> Card:
    """One card, with its place in the whole queue that the caller may see."""
    row = await rows.load(unit, entry_id)
    ahead = await unit.session.scalar(
        select(func.count())
        .select_from(QueueEntry)
        .where(
            QueueEntry.state == "waiting",
            tuple_(*_ORDER) < (row.band, row.stands_since, row.id),
            rows.visible_to(unit.cause),
        )
    )
    unit.accessed(f"queue/{row.id}", row.person_ids)
    standing, now = await rows.placed_by(unit, row.rules_version), clock.business_now().astimezone(UTC)
    return _card(row, standing, now, (ahead or 0) + 1)


def _card(row: QueueEntry, standing: Published, now: datetime, number: int) -> Card:
    rules, entry = standing.rules, row.as_rules_see_it()
    placed = domain.place(rules, entry, now)
    return Card(
        id=row.id,
        version=row.version,
        place=number,
        kind=QueueKind(row.kind),
        subject_id=row.subject_id,
        person_ids=row.person_ids,
        household_id=row.household_id,
        team=row.team,
        hub=row.hub,
        urgency=Urgency(row.urgency),
        band=rules.bands[row.band].code,
        band_number=row.band,
        arrived_at=row.arrived_at,
        waiting_minutes=max(0, int((now - row.arrived_at.astimezone(UTC)).total_seconds()) // 60),
        stands_since=row.stands_since,
        due_at=row.due_at,
        clocks=[
            ClockView(
                code=each.clock.code,
                basis=each.clock.basis,
                due_at=each.due_at,
                overdue=each.due_at <= now,
                words=words.clock(each, now),
            )
            for each in placed.clocks
        ],
        why=words.why(rules, entry, placed, now),
        would_change=words.would_change(rules, entry, placed, QueueKind(row.kind)),
        rules_version=row.rules_version,
    )


async def counts(unit: UnitOfWork, filters: Filters) -> Counts:
    """The queue in numbers, of those whom the caller may see. About nobody, so nobody's record."""
    now = clock.business_now().astimezone(UTC)
    soon = and_(QueueEntry.due_at > now, QueueEntry.due_at <= now + timedelta(hours=1))
    counted = await unit.session.execute(
        select(
            QueueEntry.band,
            QueueEntry.urgency,
            func.count(),
            func.count().filter(QueueEntry.due_at <= now),
            func.count().filter(soon),
            func.min(QueueEntry.arrived_at),
            func.max(QueueEntry.rules_version),
        )
        .where(*filters.conditions(), rows.visible_to(unit.cause))
        .group_by(QueueEntry.band, QueueEntry.urgency)
    )
    groups = counted.all()
    standing = await rows.placed_by(unit, max((group[6] for group in groups), default=None))
    unit.accessed("queue/counts")
    return Counts(
        waiting=sum(group[2] for group in groups),
        overdue=sum(group[3] for group in groups),
        due_within_an_hour=sum(group[4] for group in groups),
        bands=[
            BandCount(code=band.code, title=band.title, waiting=sum(group[2] for group in groups if group[0] == number))
            for number, band in enumerate(standing.rules.bands)
        ],
        urgency={each: sum(group[2] for group in groups if group[1] == each) for each in Urgency},
        longest_waiting_since=min((group[5] for group in groups), default=None),
        rules_version=standing.version,
        as_of=now,
    )


# Rules ----------------------------------------------------------------------------------------------------


async def versions(unit: UnitOfWork, after: Sequence[Any] | None, most: int) -> Sequence[RulesSummary]:
    """The versions of the rules, the newest first. Nothing personal."""
    query = select(QueueRules).where(QueueRules.version < after[0] if after is not None else true())
    found = (await unit.session.scalars(query.order_by(QueueRules.version.desc()).limit(most))).all()
    unit.accessed("queue_rules")
    if not found and after is None:
        return [_delivered()]
    return [RulesSummary.model_validate(row) for row in found]


async def version(unit: UnitOfWork, number: int) -> RulesView:
    """One version, whole."""
    row = await unit.session.get(QueueRules, number)
    unit.accessed(f"queue_rules/{number}")
    if row is not None:
        return view(row)
    if number == DELIVERED_VERSION:
        return _delivered()
    raise NotFound("There is no such version of the rules")


def view(row: QueueRules) -> RulesView:
    """A version as it is shown."""
    summary = RulesSummary.model_validate(row).model_dump()
    return RulesView(**summary, change=row.change, rules=RulesBody.model_validate(row.body))


def _delivered() -> RulesView:
    """Version 1 while there is no other."""
    return RulesView(
        version=DELIVERED_VERSION,
        state="published",
        note=AS_DELIVERED,
        drafted_by="system:triage",
        drafted_at=None,
        published_by=None,
        published_at=None,
        published_because=None,
        change=1,
        rules=rows.delivered(),
    )


async def what_if(unit: UnitOfWork, body: RulesBody) -> WhatIf:
    """Who would move if these were the rules, among those whom the caller may see. `Invalid` with every fault."""
    rules = body.to_rules()
    checks.check(rules, facts.KNOWN)
    waiting = (
        await unit.session.scalars(select(QueueEntry).where(QueueEntry.state == "waiting", rows.visible_to(unit.cause)))
    ).all()
    standing = await rows.placed_by(unit, waiting[0].rules_version if waiting else None)
    now = clock.business_now().astimezone(UTC)
    # Off the loop: for 5,000 who wait it is a second's work, and others must not wait for it.
    was = await asyncio.to_thread(_ordered, standing.rules, waiting, now)
    would = await asyncio.to_thread(_ordered, rules, waiting, now)
    moves = [
        Move(
            entry_id=row.id,
            kind=QueueKind(row.kind),
            subject_id=row.subject_id,
            person_ids=row.person_ids,
            household_id=row.household_id,
            from_place=was[row.id][0],
            to_place=would[row.id][0],
            from_band=standing.rules.bands[was[row.id][1].band].code,
            to_band=rules.bands[would[row.id][1].band].code,
            why=[],
        )
        for row in waiting
        if was[row.id][0] != would[row.id][0]
    ]
    bands = {band.code: band for band in (*rules.bands, *standing.rules.bands)}
    shown = WhatIf.of(
        moves,
        len(waiting),
        [
            BandChange(
                code=code,
                waiting=_in_band(standing.rules, was, code),
                would_wait=_in_band(rules, would, code),
            )
            for code in bands
        ],
        standing.version,
        now,
    )
    by_id = {row.id: row for row in waiting}
    for move in shown.moves:
        entry = by_id[move.entry_id].as_rules_see_it()
        move.why = words.why(rules, entry, would[move.entry_id][1], now)
    unit.accessed("queue_rules/what-if", {person for move in shown.moves for person in move.person_ids})
    return shown


def _ordered(rules: Rules, waiting: Sequence[QueueEntry], now: datetime) -> dict[UUID, tuple[int, Place]]:
    """Everybody's number and place under these rules; the same order as the database's."""
    placed = [(row.id, domain.place(rules, row.as_rules_see_it(), now)) for row in waiting]
    placed.sort(key=lambda each: domain.order(each[1], each[0]))
    return {id_: (number, place) for number, (id_, place) in enumerate(placed, 1)}


def _in_band(rules: Rules, placed: dict[UUID, tuple[int, Place]], code: str) -> int:
    return sum(rules.bands[place.band].code == code for _, place in placed.values())
