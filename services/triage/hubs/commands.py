"""Writes of hubs: keep places and rooms, plan the rota, absences and who stands in."""

from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.triage.hubs import domain, rows
from services.triage.hubs.models import Hub, Room, Shift
from services.triage.hubs.shapes import HubEntry, NewRoom, NewShift

ELSEWHERE = "This worker is on the rota somewhere at that time already"


async def put_hub(unit: UnitOfWork, code: str, entry: HubEntry, expected: int | None) -> tuple[Hub, bool]:
    """Put a hub in place of the one that was read (`expected`), or make it; True when it was made."""
    hours = entry.hours.stored()
    row = (await unit.session.scalars(select(Hub).where(Hub.code == code).with_for_update())).one_or_none()
    made = row is None
    if row is None:
        if expected is not None:
            raise Conflict("There is no such hub to change: leave If-Match out to make it")
        row = Hub(code=code, version=0)
        unit.session.add(row)
    elif expected is None:
        raise PreconditionRequired("This hub exists: send If-Match with the ETag you were given")
    else:
        check_version(row.version, expected)
    row.name, row.place, row.hours, row.minutes_each = entry.name, entry.place, hours, entry.minutes_each
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await unit.session.flush()
    unit.accessed(f"hub/{code}")
    return row, made


async def add_room(unit: UnitOfWork, code: str, new: NewRoom) -> Room:
    """Another room of a hub; `Conflict` for a name it has."""
    await rows.hub(unit, code, for_change=True)
    there = select(Room.id).where(Room.hub == code, Room.name == new.name)
    if await unit.session.scalar(there) is not None:
        raise Conflict("This hub has a room of that name")
    room = Room(id=new_id(), hub=code, name=new.name, private=new.private, seats=new.seats)
    unit.session.add(room)
    unit.accessed(f"hub/{code}")
    return room


async def plan_shift(unit: UnitOfWork, code: str, new: NewShift) -> Shift:
    """Put someone on the rota; `Conflict` when they are somewhere else then, whoever was first."""
    await rows.hub(unit, code)
    domain.check_shift(new.starts_at, new.ends_at)
    state = domain.ShiftState.STANDBY if new.standby else domain.ShiftState.DUTY
    return await _add(unit, code, new, state)


async def absent(unit: UnitOfWork, code: str, shift_id: UUID, expected: int) -> Shift:
    """Somebody cannot come. Whoever stands by for that role steps in; nobody does: the rota shows a gap."""
    shift = await rows.shift(unit, code, shift_id, for_change=True)
    check_version(shift.version, expected)
    shift.state = domain.absent(shift.state)
    await unit.session.flush()
    standby = await unit.session.scalar(
        select(Shift)
        .where(
            Shift.hub == code,
            Shift.role == shift.role,
            Shift.state == domain.ShiftState.STANDBY,
            Shift.starts_at <= shift.starts_at,
            Shift.ends_at >= shift.ends_at,
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(1)
        # Two who fall ill at the same moment get two who stand by, or one of them nobody.
        .with_for_update(skip_locked=True)
    )
    if standby is not None:
        standby.state = domain.ShiftState.DUTY
        standby.version, standby.changed_at = standby.version + 1, clock.business_now()
        shift.covered_by = standby.id
    return _changed(unit, shift)


async def cover(unit: UnitOfWork, code: str, shift_id: UUID, expected: int, worker: str) -> Shift:
    """Somebody stands in, as a named person decided. Answers with the shift that is covered."""
    shift = await rows.shift(unit, code, shift_id, for_change=True)
    check_version(shift.version, expected)
    domain.check_cover(shift.state, shift.covered_by)
    new = NewShift(
        worker=worker, role=domain.DutyRole(shift.role), starts_at=shift.starts_at, ends_at=shift.ends_at, standby=False
    )
    stands_in = await _add(unit, code, new, domain.ShiftState.DUTY)
    shift.covered_by = stands_in.id
    return _changed(unit, shift)


async def _add(unit: UnitOfWork, code: str, new: NewShift, state: domain.ShiftState) -> Shift:
    # Two shifts of one worker go in one after the other: the exclusion constraint would have them wait for each other.
    await unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"rota {new.worker}", 0))))
    shift = Shift(
        id=new_id(),
        version=1,
        hub=code,
        role=new.role,
        worker=new.worker,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        state=state,
        changed_at=clock.business_now(),
    )
    unit.session.add(shift)
    try:
        await unit.session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise Conflict(ELSEWHERE) from error
        raise
    unit.accessed(f"hub_shift/{shift.id}")
    return shift


def _changed(unit: UnitOfWork, shift: Shift) -> Shift:
    shift.version, shift.changed_at = shift.version + 1, clock.business_now()
    unit.accessed(f"hub_shift/{shift.id}")
    return shift
