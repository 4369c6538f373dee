"""Writes of the queue: who comes, moves and leaves, each an event; and rules that go live."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert

from kit import clock
from kit.contracts.codes import QueueKind, Urgency
from kit.contracts.envelope import subject_for
from kit.contracts.triage.queue import QueueEntryState, QueueRulesState
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.known.knowing import tell_of_a_stranger
from services.triage.queue import checks, domain, facts, rows
from services.triage.queue.domain import Facts, Place, Rules
from services.triage.queue.models import QueueEntry, QueueRules
from services.triage.queue.rows import AS_DELIVERED, DELIVERED_VERSION, Published
from services.triage.queue.shapes import RulesBody

STEP: Final = "triage.queue.step"
_BY_DELIVERY: Final = "system:triage"

Happened = Literal["added", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, as its owner has it now."""

    kind: QueueKind
    subject_id: UUID
    person_ids: tuple[UUID, ...]
    household_id: UUID | None
    hub: str | None
    urgency: Urgency
    facts: Facts
    arrived_at: datetime
    own_due_at: datetime | None = None
    blind_by: str | None = None


# Entries --------------------------------------------------------------------------------------------------


async def enter(unit: UnitOfWork, waiting: Waiting) -> None:
    """Let it wait, or keep up with what has changed about it. Says nothing when nothing has."""
    await rows.hold_rules(unit)
    standing = await rows.published(unit)
    row = await _entry(unit, waiting.kind, waiting.subject_id)
    before = None if row is None else (row.state, _published_part(row))
    if row is None:
        row = QueueEntry(id=new_id(), version=0, kind=waiting.kind, subject_id=waiting.subject_id, band=-1)
        row.stands_since = waiting.arrived_at
        unit.session.add(row)
    where = (row.band, row.stands_since)
    row.state, row.person_ids, row.household_id = "waiting", list(waiting.person_ids), waiting.household_id
    row.blind_by = waiting.blind_by
    row.hub, row.urgency, row.facts = waiting.hub, waiting.urgency, facts.stored(waiting.facts)
    row.arrived_at, row.own_due_at = waiting.arrived_at, waiting.own_due_at
    now = clock.business_now()
    placed = _put(row, standing, now)
    if before is not None and before == (row.state, _published_part(row)):
        return
    happened: Happened = "changed"
    if before is None or before[0] != "waiting":
        happened, row.reason = "added", None
    elif where != (row.band, row.stands_since):
        happened, row.reason = "moved", "facts_changed"
    _announce(unit, row, standing.rules, now, happened)
    await _set_alarm(unit, row.id, placed)


async def leave(unit: UnitOfWork, kind: QueueKind, subject_id: UUID, reason: str) -> None:
    """It waits no longer. No harm if it never did."""
    row = await _entry(unit, kind, subject_id)
    if row is None or row.state != "waiting":
        return
    standing = await rows.published(unit)
    row.state, row.reason = "removed", reason
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _speak_of(unit, row)
    unit.emit("triage.queue_entry.removed", _state(row, standing.rules), aggregate_id=row.id, sequence=row.version)
    await timers.cancel(unit, STEP, row.id)


async def step(unit: UnitOfWork, entry_id: UUID) -> None:
    """A clock of this entry came to a moment that a rule names: it may stand elsewhere now."""
    await rows.hold_rules(unit)
    row = (await unit.session.scalars(select(QueueEntry).where(QueueEntry.id == entry_id).with_for_update())).one()
    if row.state != "waiting":
        return
    standing = await rows.published(unit)
    before, now = (row.band, row.stands_since), clock.business_now()
    placed = _put(row, standing, now)
    if before != (row.band, row.stands_since):
        row.reason = "clock"
        _announce(unit, row, standing.rules, now, "moved")
    await _set_alarm(unit, row.id, placed)


async def _entry(unit: UnitOfWork, kind: QueueKind, subject_id: UUID) -> QueueEntry | None:
    query = select(QueueEntry).where(QueueEntry.kind == kind, QueueEntry.subject_id == subject_id)
    return (await unit.session.scalars(query.with_for_update())).one_or_none()


def _put(row: QueueEntry, standing: Published, now: datetime) -> Place:
    seen = row.as_rules_see_it()
    placed = domain.place(standing.rules, seen, now)
    row.band, row.stands_since, row.due_at = placed.band, placed.stands_since, placed.due_at
    row.team, row.rules_version = standing.rules.team_of(seen.facts), standing.version
    return placed


def _published_part(row: QueueEntry) -> tuple[Any, ...]:
    return (
        tuple(row.person_ids),
        row.household_id,
        row.team,
        row.hub,
        row.urgency,
        row.facts,
        row.band,
        row.stands_since,
        row.due_at,
        row.rules_version,
    )


async def _set_alarm(unit: UnitOfWork, entry_id: UUID, placed: Place) -> None:
    if placed.next_step is not None:
        await timers.set_alarm(unit, STEP, entry_id, placed.next_step)
    else:
        await timers.cancel(unit, STEP, entry_id)


def _announce(unit: UnitOfWork, row: QueueEntry, rules: Rules, now: datetime, happened: Happened) -> None:
    row.version, row.changed_at = row.version + 1, now
    _speak_of(unit, row)
    type_ = _TYPES[happened]
    unit.emit(type_, _state(row, rules), aggregate_id=row.id, sequence=row.version)


def _speak_of(unit: UnitOfWork, row: QueueEntry) -> None:
    tell_of_a_stranger(unit, row.blind_by, row.subject_id, *row.person_ids, row.household_id)


_TYPES: Final = {
    "added": "triage.queue_entry.added",
    "moved": "triage.queue_entry.moved",
    "changed": "triage.queue_entry.changed",
}


def _state(row: QueueEntry, rules: Rules) -> QueueEntryState:
    """What the others are told: ids, codes and moments."""
    return QueueEntryState(
        entry_id=row.id,
        kind=QueueKind(row.kind),
        subject_id=row.subject_id,
        person_ids=tuple(row.person_ids),
        household_id=row.household_id,
        team=row.team,
        hub=row.hub,
        urgency=Urgency(row.urgency),
        state="waiting" if row.state == "waiting" else "removed",
        reason=row.reason,
        # Whoever left before the bands became others was in the last of those there are now, or before it.
        band=rules.bands[min(row.band, len(rules.bands) - 1)].code,
        stands_since=row.stands_since,
        arrived_at=row.arrived_at,
        due_at=row.due_at,
        rules_version=row.rules_version,
        changed_at=row.changed_at,
    )


# Rules ----------------------------------------------------------------------------------------------------


async def draft(unit: UnitOfWork, body: RulesBody, note: str) -> QueueRules:
    """Keep a new version as a draft. `Invalid` with every fault: what is kept can go live."""
    checks.check(body.to_rules(), facts.KNOWN)
    await rows.hold_rules(unit, alone=True)
    await _keep_delivered(unit)
    last = await unit.session.scalar(select(func.max(QueueRules.version)))
    now = clock.business_now()
    row = QueueRules(
        version=(last or 0) + 1,
        change=1,
        state="draft",
        body=body.model_dump(mode="json"),
        note=note,
        drafted_by=unit.cause.actor,
        drafted_at=now,
    )
    unit.session.add(row)
    _announce_rules(unit, row, now)
    unit.accessed(f"queue_rules/{row.version}")
    return row


async def publish(unit: UnitOfWork, version: int, expected: int, reason: str) -> QueueRules:
    """Let a version go live, as the person who acts, and put everybody who waits where it puts them; all at once.

    An earlier version may be published again. `NotFound`, `Stale`, or `Conflict` when it is the one that stands.
    """
    await rows.hold_rules(unit, alone=True)
    await _keep_delivered(unit)
    found = await unit.session.scalars(select(QueueRules).where(QueueRules.version == version).with_for_update())
    row = found.one_or_none()
    if row is None:
        raise NotFound("There is no such version of the rules")
    check_version(row.change, expected)
    if row.state == "published":
        raise Conflict("These are the rules that stand", state=row.state, allowed=[])
    rules = RulesBody.model_validate(row.body).to_rules()
    # What could be published once need not be so now: a fact may have gone.
    checks.check(rules, facts.KNOWN)
    now = clock.business_now()
    current = (await unit.session.scalars(select(QueueRules).where(QueueRules.state == "published"))).one()
    current.state, current.change = "superseded", current.change + 1
    _announce_rules(unit, current, now)
    # One of them stands at any moment, for the database too.
    await unit.session.flush()
    row.state, row.change, row.published_by = "published", row.change + 1, unit.cause.actor
    row.published_at, row.published_because = now, reason
    await _place_everybody(unit, Published(version, rules), now)
    _announce_rules(unit, row, now)
    unit.accessed(f"queue_rules/{version}")
    return row


async def _keep_delivered(unit: UnitOfWork) -> None:
    """Version 1 becomes a row like the others once there is another."""
    await unit.session.execute(
        insert(QueueRules)
        .values(
            version=DELIVERED_VERSION,
            change=1,
            state="published",
            body=rows.delivered().model_dump(mode="json"),
            note=AS_DELIVERED,
            drafted_by=_BY_DELIVERY,
            drafted_at=clock.business_now(),
        )
        .on_conflict_do_nothing()
    )


async def _place_everybody(unit: UnitOfWork, standing: Published, now: datetime) -> None:
    """In one statement for all of them: a queue of 5,000 is placed anew in about two seconds."""
    waiting = (
        await unit.session.scalars(
            select(QueueEntry).where(QueueEntry.state == "waiting").order_by(QueueEntry.id).with_for_update()
        )
    ).all()
    steps: dict[UUID, datetime | None] = {}
    moved: list[QueueEntry] = []
    for row in waiting:
        place, other = (row.band, row.stands_since), (row.team, row.due_at)
        unit.session.expunge(row)
        steps[row.id] = _put(row, standing, now).next_step
        if (place, other) != ((row.band, row.stands_since), (row.team, row.due_at)):
            row.reason = "rules_published"
            _announce(unit, row, standing.rules, now, "moved" if place != (row.band, row.stands_since) else "changed")
            moved.append(row)
    await unit.session.execute(_PLACED, {"version": standing.version, "ids": [row.id for row in waiting]})
    for part in _parts(moved):
        await unit.session.execute(_MOVED, _columns(part))
    await timers.cancel_all(unit, STEP, list(steps))
    await timers.set_alarms(unit, STEP, {id_: at for id_, at in steps.items() if at is not None})


_PLACED = text("update queue_entry set rules_version = :version where id = any(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(QueueEntry.id.type))
)
_MOVED = text(
    "update queue_entry set version = moved.version, band = moved.band, stands_since = moved.stands_since,"
    " team = moved.team, due_at = moved.due_at, reason = moved.reason, changed_at = moved.changed_at"
    " from unnest(cast(:ids as uuid[]), cast(:versions as bigint[]), cast(:bands as smallint[]),"
    " cast(:since as timestamptz[]), cast(:teams as text[]), cast(:due as timestamptz[]),"
    " cast(:reasons as text[]), cast(:changed as timestamptz[]))"
    " as moved(id, version, band, stands_since, team, due_at, reason, changed_at)"
    " where queue_entry.id = moved.id"
)


def _parts(moved: Sequence[QueueEntry]) -> Iterator[Sequence[QueueEntry]]:
    for start in range(0, len(moved), 1000):
        yield moved[start : start + 1000]


def _columns(part: Sequence[QueueEntry]) -> dict[str, list[Any]]:
    return {
        "ids": [row.id for row in part],
        "versions": [row.version for row in part],
        "bands": [row.band for row in part],
        "since": [row.stands_since for row in part],
        "teams": [row.team for row in part],
        "due": [row.due_at for row in part],
        "reasons": [row.reason for row in part],
        "changed": [row.changed_at for row in part],
    }


def _announce_rules(unit: UnitOfWork, row: QueueRules, now: datetime) -> None:
    states: dict[str, Literal["draft", "published", "superseded"]] = {
        "draft": "draft",
        "published": "published",
        "superseded": "superseded",
    }
    data = QueueRulesState(version=row.version, state=states[row.state], by=unit.cause.actor, changed_at=now)
    subject = subject_for("queue_rules", str(row.version))
    unit.emit("triage.queue_rules.changed", data, aggregate_id=subject, sequence=row.change)
