"""Writes of volunteers: who they are, what was seen, when they come, and what the desk hands them."""

from datetime import date
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.clock import LONDON
from kit.contracts.triage.volunteers import VolunteerSessionState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.hubs import rows as hubs
from services.triage.volunteers import domain, rows
from services.triage.volunteers.models import Check, Session, Task, Volunteer
from services.triage.volunteers.shapes import NewCheck, NewSession, NewTask, VolunteerEntry


async def join(unit: UnitOfWork, entry: VolunteerEntry) -> Volunteer:
    """Somebody gives their time from today."""
    row = Volunteer(id=new_id(), version=0, joined_on=clock.today(), checks=[])
    unit.session.add(row)
    return await _fill(unit, row, entry)


async def change(unit: UnitOfWork, volunteer_id: UUID, expected: int, entry: VolunteerEntry) -> Volunteer:
    """The entry in place of the one that was read."""
    row = await rows.volunteer(unit, volunteer_id, for_change=True)
    check_version(row.version, expected)
    return await _fill(unit, row, entry)


async def _fill(unit: UnitOfWork, row: Volunteer, entry: VolunteerEntry) -> Volunteer:
    if entry.worker is not None:
        with unit.session.no_autoflush:
            other = select(Volunteer.id).where(Volunteer.worker == entry.worker, Volunteer.id != row.id)
            if await unit.session.scalar(other) is not None:
                raise Conflict("Another volunteer signs in like that")
    for name in ("name", "worker", "organisation_id", "under_18", "guardian_agreed_on", "active"):
        setattr(row, name, getattr(entry, name))
    row.roles, row.skills = sorted(set(entry.roles)), sorted(set(entry.skills))
    row.languages = sorted(set(entry.languages))
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"volunteer/{row.id}")
    return row


async def add_check(unit: UnitOfWork, volunteer_id: UUID, new: NewCheck) -> Volunteer:
    """Something was seen; the newest of a kind is the one that holds longest, the earlier ones stay on record."""
    row = await rows.volunteer(unit, volunteer_id, for_change=True)
    expires_on = domain.expires(new.kind, new.seen_on, new.expires_on, clock.today())
    row.checks.append(
        Check(
            id=new_id(),
            volunteer_id=row.id,
            kind=new.kind,
            seen_on=new.seen_on,
            expires_on=expires_on,
            seen_by=unit.cause.actor,
        )
    )
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"volunteer/{row.id}")
    return row


async def plan(unit: UnitOfWork, new: NewSession) -> Session:
    """Plan a session; not without the checks that hold on that day, and not in two places at once."""
    try:
        await hubs.hub(unit, new.hub)
        who = await rows.volunteer(unit, new.volunteer_id)
    except NotFound as error:
        raise invalid("", f"{error.detail}.", "known") from error
    domain.check_session(new.starts_at, new.ends_at)
    if not who.active:
        raise Conflict("They do not volunteer at present", allowed=[])
    _check_may(who, new.role, new.starts_at.astimezone(LONDON).date())
    row = Session(
        id=new_id(),
        version=1,
        volunteer_id=new.volunteer_id,
        hub=new.hub,
        role=new.role,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        state=domain.SessionState.PLANNED,
        minutes=0,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    try:
        await unit.session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise Conflict("This volunteer is somewhere at that time already") from error
        raise
    unit.accessed(f"volunteer_session/{row.id}")
    return row


def _check_may(who: Volunteer, role: domain.Role, day: date) -> None:
    seen = [domain.Seen(domain.CheckKind(each.kind), each.seen_on, each.expires_on) for each in who.checks]
    domain.check_may(
        role,
        who.roles,
        seen,
        day,
        under_18=who.under_18,
        guardian_agreed=who.guardian_agreed_on is not None,
    )


async def give(unit: UnitOfWork, session_id: UUID, expected: int, minutes: int) -> Session:
    """How long it was; 0: it was not given."""
    row = await rows.session(unit, session_id)
    check_version(row.version, expected)
    row.state = domain.give(row.state, minutes, row.starts_at, row.ends_at, clock.business_now())
    row.minutes = minutes
    row.version, row.changed_at = row.version + 1, clock.business_now()
    told = VolunteerSessionState(
        volunteer_session_id=row.id,
        hub=row.hub,
        role=row.role,
        held_on=row.starts_at.astimezone(LONDON).date(),
        state=row.state,
        minutes=row.minutes,
        changed_at=row.changed_at,
    )
    unit.emit("triage.volunteer_session.recorded", told, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"volunteer_session/{row.id}")
    return row


async def hand(unit: UnitOfWork, new: NewTask) -> Task:
    """The desk hands a volunteer who is here a first name, a task and a table."""
    try:
        session = await rows.session(unit, new.session_id)
    except NotFound as error:
        raise invalid("/session_id", f"{error.detail}.", "known-session") from error
    now = clock.business_now()
    domain.check_first_name(new.first_name)
    domain.check_present(session.state, session.starts_at, session.ends_at, now)
    # Checks may have run out since the session was planned.
    _check_may(await rows.volunteer(unit, session.volunteer_id), domain.Role(session.role), now.date())
    row = Task(
        id=new_id(),
        version=1,
        session_id=session.id,
        first_name=new.first_name,
        task=new.task,
        table=new.table,
        person_id=new.person_id,
        state=domain.TaskState.HANDED,
        handed_by=unit.cause.actor,
        handed_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    _put_on_record(unit, row)
    return row


async def end_task(unit: UnitOfWork, task_id: UUID, does: domain.TaskState) -> Task:
    """Done or given back: the name goes."""
    row = await rows.own_task(unit, task_id)
    row.state = domain.end_task(row.state, does)
    row.first_name = None
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _put_on_record(unit, row)
    return row


def _put_on_record(unit: UnitOfWork, row: Task) -> None:
    unit.accessed(f"volunteer_task/{row.id}", [row.person_id] if row.person_id else [])
