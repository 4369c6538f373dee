"""Writes of discharges: take a hospital's notice, find the person, settle what must be ready, and what alarms do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.codes import DischargeCheck
from kit.contracts.triage.partners import DischargeState
from kit.errors import Conflict
from kit.ids import new_id
from kit.store import access, timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.discharges import domain, reading
from services.triage.discharges.models import Discharge
from services.triage.discharges.rows import load
from services.triage.referrals import managers

HOME = "triage.discharge.home"
CALL = "triage.discharge.call"


async def take(unit: UnitOfWork, bundle: Mapping[str, Any]) -> Discharge:
    """Take a notice; the same message of the same sender is the discharge it made before, whatever else changed."""
    notice = reading.read(bundle)
    now = clock.business_now()
    domain.check_home_at(notice.home_at, now)
    cause = unit.cause
    row = await unit.session.scalar(
        insert(Discharge)
        .values(
            id=new_id(),
            version=1,
            organisation_id=_uuid(cause.organisation),
            message=notice.message,
            told=dict(notice.told),
            left_out=list(notice.left_out),
            home_at=notice.home_at,
            call_by=domain.call_by(notice.home_at),
            checks=domain.first_checks(notice.settled),
            state="open",
            received_by=cause.actor,
            received_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Discharge)
    )
    if row is None:
        query = select(Discharge).where(Discharge.received_by == cause.actor, Discharge.message == notice.message)
        row = (await unit.session.scalars(query)).one()
    else:
        await _set_alarms(unit, row, now)
        _announce(unit, row, "triage.discharge.received")
    _put_on_record(unit, row)
    return row


async def change(
    unit: UnitOfWork,
    discharge_id: UUID,
    expected: int,
    *,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
    home_at: datetime | None = None,
    cancelled: domain.Cancelled | None = None,
) -> Discharge:
    """Say who it is, put the day right, or say that it did not happen; `Stale` when somebody was first."""
    row = await load(unit, discharge_id, for_change=True)
    check_version(row.version, expected)
    if row.state != "open":
        raise Conflict(f"This was {row.state} already", state=row.state, allowed=[])
    now = clock.business_now()
    if person_id is not None:
        row.person_id = person_id
        row.household_id = household_id or await access.current_household(unit, person_id)
    if home_at is not None:
        domain.check_home_at(home_at, now)
        row.home_at, row.call_by = home_at, domain.call_by(home_at)
        row.overdue_at, row.escalated_to = None, None
        await _set_alarms(unit, row, now)
    row.version, row.changed_at = row.version + 1, now
    if cancelled is not None:
        # Nobody comes home: what was told of them is of no more use to us.
        row.state, row.told, row.checks = "cancelled", {}, {**row.checks, "cancelled": {"reason": cancelled.value}}
        await timers.cancel(unit, HOME, row.id)
        await timers.cancel(unit, CALL, row.id)
    _announce(unit, row, "triage.discharge.cancelled" if cancelled else "triage.discharge.changed")
    _put_on_record(unit, row)
    return row


async def settle(unit: UnitOfWork, discharge_id: UUID, check: DischargeCheck, to: str, note: str | None) -> Discharge:
    """Say that one thing is done or not needed. The last one settles the whole."""
    row = await load(unit, discharge_id, for_change=True)
    now = clock.business_now()
    domain.check_settles(row.state, check, to, row.home_at, now)
    said = {"state": to, "by": unit.cause.actor, "at": now.isoformat(), "note": note}
    row.checks = {**row.checks, check.value: said}
    row.version, row.changed_at = row.version + 1, now
    left = domain.open_checks(row.checks)
    if not left:
        row.state = "settled"
    if not domain.BEFORE_HOME.intersection(left):
        await timers.cancel(unit, HOME, row.id)
    if DischargeCheck.CALL not in left:
        await timers.cancel(unit, CALL, row.id)
    _announce(unit, row, "triage.discharge.changed" if left else "triage.discharge.settled")
    _put_on_record(unit, row)
    return row


async def home_not_ready(unit: UnitOfWork, discharge_id: UUID) -> None:
    """They come home soon, and something is not ready: a manager hears of it."""
    await _overdue(unit, discharge_id, domain.BEFORE_HOME)


async def not_called(unit: UnitOfWork, discharge_id: UUID) -> None:
    """72 hours at home, and nobody has called: a manager hears of it."""
    await _overdue(unit, discharge_id, frozenset({DischargeCheck.CALL}))


async def _overdue(unit: UnitOfWork, discharge_id: UUID, due: frozenset[DischargeCheck]) -> None:
    # An alarm is nobody's look at a record: no rule of who may see it applies.
    row = (await unit.session.scalars(select(Discharge).where(Discharge.id == discharge_id).with_for_update())).one()
    if row.state != "open" or not due.intersection(domain.open_checks(row.checks)):
        return
    now = clock.business_now()
    row.overdue_at, row.version, row.changed_at = now, row.version + 1, now
    row.escalated_to = await managers.answering_for(unit, row.received_by, now.date())
    _announce(unit, row, "triage.discharge.overdue")
    _put_on_record(unit, row)


async def _set_alarms(unit: UnitOfWork, row: Discharge, now: datetime) -> None:
    left = domain.open_checks(row.checks)
    if domain.BEFORE_HOME.intersection(left):
        await timers.set_alarm(unit, HOME, row.id, domain.ready_by(row.home_at, now))
    if DischargeCheck.CALL in left:
        await timers.set_alarm(unit, CALL, row.id, max(row.call_by, now + domain.AT_LEAST))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _announce(unit: UnitOfWork, row: Discharge, type_: str) -> None:
    state = DischargeState.model_validate(
        {
            "discharge_id": row.id,
            "organisation_id": row.organisation_id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "home_at": row.home_at,
            "call_by": row.call_by,
            "open_checks": domain.open_checks(row.checks),
            "state": row.state,
            "overdue": row.overdue_at is not None,
            "escalated_to": row.escalated_to,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)


def _put_on_record(unit: UnitOfWork, row: Discharge) -> None:
    unit.accessed(f"discharge/{row.id}", [row.person_id] if row.person_id else [])
