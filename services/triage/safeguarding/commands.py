"""Writes of safeguarding concerns: raise, acknowledge, and what the alarms do while nobody has one."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.codes import ConcernKind, ConcernLevel, ConcernStatus
from kit.contracts.triage.safeguarding import SafeguardingState, StaffConcernState
from kit.errors import Forbidden, NotFound
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.triage.known.knowing import blind_by_all
from services.triage.safeguarding import domain, reading, rows
from services.triage.safeguarding.models import Concern
from services.triage.safeguarding.reading import Report
from services.triage.safeguarding.rows import DESIGNATED, TEAM, load, load_own

RING = "triage.safeguarding.ring"
ESCALATE = "triage.safeguarding.escalate"
CHANGED = "triage.safeguarding.changed"
"""Rings at once after each change: the queue keeps up in a transaction of its own, for nothing that follows a concern
may stand in its way."""


async def raise_concern(unit: UnitOfWork, body: bytes, clocks: domain.Clocks = domain.CLOCKS) -> tuple[Concern, Report]:
    """Keep a concern, whatever was sent. The same body under the same `reference` is the concern it made before.

    One that was phoned through and is typed back counts from the call; it rings at once if that is long ago, for
    nobody has acknowledged it here.
    """
    report = reading.read(body)
    digest = hashlib.sha256(body).digest()
    now = clock.business_now()
    raised_at = domain.raised_at(report.phoned_at, now)
    made = await unit.session.scalar(
        insert(Concern)
        .values(
            id=new_id(),
            version=1,
            kind=report.kind,
            level=report.level,
            rank=domain.rank(report.level),
            state=ConcernStatus.RAISED,
            what_happened=report.what_happened,
            fgm_under_18=report.fgm_under_18,
            person_ids=list(report.person_ids),
            household_id=report.household_id,
            contact_id=report.contact_id,
            as_sent=report.as_sent,
            unread=list(report.unread),
            reference=report.reference,
            digest=digest,
            raised_by=unit.cause.actor,
            blind_by=await blind_by_all(unit, report.person_ids, report.household_id),
            raised_at=raised_at,
            due_at=domain.due_at(report.level, raised_at, clocks),
            about_staff=report.about_staff,
            about_workers=list(report.about_workers),
            typed_at=now if report.phoned_at else None,
            phoned_to=report.phoned_to,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Concern)
    )
    if made is None:
        before = select(Concern).where(
            Concern.raised_by == unit.cause.actor, Concern.reference == report.reference, Concern.digest == digest
        )
        made = (await unit.session.scalars(before)).one()
    else:
        await timers.set_alarm(unit, RING, made.id, clock.later(raised_at, clocks.ring_after))
        await timers.set_alarm(unit, ESCALATE, made.id, clock.later(raised_at, clocks.escalate_after))
        _announce(unit, made, _RAISED)
        await timers.set_alarm(unit, CHANGED, made.id, now)
    _put_on_record(unit, made)
    return made, report


async def acknowledge(unit: UnitOfWork, concern_id: UUID, note: str | None) -> Concern:
    """Take a concern, as the person who acts: now it is delivered. `Conflict` when somebody has it already."""
    concern = await load(unit, concern_id, for_change=True)
    if not domain.is_named(unit.cause.actor):
        raise Forbidden("A concern is taken by a named person")
    concern.state = domain.acknowledge(ConcernStatus(concern.state), concern.acknowledged_by)
    concern.acknowledged_by, concern.acknowledgement_note = unit.cause.actor, note
    concern.acknowledged_at = _new_version(concern)
    await timers.cancel(unit, RING, concern.id)
    await timers.cancel(unit, ESCALATE, concern.id)
    _announce(unit, concern, _ACKNOWLEDGED)
    await timers.set_alarm(unit, CHANGED, concern.id, concern.changed_at)
    _put_on_record(unit, concern)
    return concern


async def report_to_police(unit: UnitOfWork, concern_id: UUID, reference: str, reported_at: datetime | None) -> Concern:
    """The report to the police that FGM under 18 asks for was made: by the raiser, or whoever of the team sees it."""
    try:
        concern = await load_own(unit, concern_id, for_change=True)
    except NotFound:
        if not {TEAM, DESIGNATED} & set(unit.cause.roles):
            raise
        concern = await load(unit, concern_id, for_change=True)
    now = clock.business_now()
    domain.check_police_report(concern.fgm_under_18, reported_at or now, now)
    concern.police_reported_at, concern.police_reference = reported_at or now, reference
    concern.police_reported_by = unit.cause.actor
    # Not published: the report is between us and the police.
    _new_version(concern)
    _put_on_record(unit, concern)
    return concern


async def ring(unit: UnitOfWork, concern_id: UUID) -> None:
    """15 minutes: nobody has it, so it rings on the team's screens."""
    concern = await _for_alarm(unit, concern_id)
    if domain.rings(ConcernStatus(concern.state)):
        concern.rung_at = _new_version(concern)
        if not concern.about_staff:
            # Screens that follow the list hear it. One about staff rings nobody's screen but the officer's own list.
            unit.emit("triage.safeguarding.rung", _state(concern), aggregate_id=concern.id, sequence=concern.version)
        _put_on_record(unit, concern)


async def escalate(unit: UnitOfWork, concern_id: UUID) -> None:
    """30 minutes: still nobody has it, so it goes higher."""
    concern = await _for_alarm(unit, concern_id)
    if domain.escalates(ConcernStatus(concern.state)):
        concern.state = ConcernStatus.ESCALATED
        concern.escalated_at = _new_version(concern)
        _announce(unit, concern, _ESCALATED)
        await timers.set_alarm(unit, CHANGED, concern.id, concern.changed_at)
        _put_on_record(unit, concern)


async def _for_alarm(unit: UnitOfWork, concern_id: UUID) -> Concern:
    # An alarm is nobody's look at a record: no rule of who may see it applies.
    return (await unit.session.scalars(select(Concern).where(Concern.id == concern_id).with_for_update())).one()


def _new_version(concern: Concern) -> datetime:
    concern.version, concern.changed_at = concern.version + 1, clock.business_now()
    return concern.changed_at


_RAISED = ("triage.safeguarding.raised", "triage.staff_concern.raised")
_ACKNOWLEDGED = ("triage.safeguarding.acknowledged", "triage.staff_concern.acknowledged")
_ESCALATED = ("triage.safeguarding.escalated", "triage.staff_concern.escalated")


def _announce(unit: UnitOfWork, concern: Concern, types: tuple[str, str]) -> None:
    """One about staff goes by a type of its own, which no timeline shows: the worker reads the household's."""
    if not concern.about_staff:
        unit.emit(types[0], _state(concern), aggregate_id=concern.id, sequence=concern.version)
        return
    state = StaffConcernState(
        concern_id=concern.id,
        level=ConcernLevel(concern.level) if concern.level else None,
        state=ConcernStatus(concern.state),
        raised_at=concern.raised_at,
        due_at=concern.due_at,
        changed_at=concern.changed_at,
    )
    unit.emit(types[1], state, aggregate_id=concern.id, sequence=concern.version)


def _state(concern: Concern) -> SafeguardingState:
    """What the others are told: ids, codes and dates, never what happened."""
    return SafeguardingState(
        concern_id=concern.id,
        kind=ConcernKind(concern.kind),
        level=ConcernLevel(concern.level) if concern.level else None,
        contact_id=concern.contact_id,
        person_ids=tuple(concern.person_ids),
        household_id=concern.household_id,
        state=ConcernStatus(concern.state),
        raised_by=concern.raised_by,
        raised_at=concern.raised_at,
        due_at=concern.due_at,
        acknowledged_by=concern.acknowledged_by,
        acknowledged_at=concern.acknowledged_at,
        escalated_at=concern.escalated_at,
        changed_at=concern.changed_at,
    )


def _put_on_record(unit: UnitOfWork, concern: Concern) -> None:
    unit.accessed(*rows.on_record(concern))
