"""Writes of lone visits; what the alarms do while somebody is not out."""

from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.tables import known_worker
from kit.store.unit import UnitOfWork
from services.triage.appointments import rows as appointments
from services.triage.hubs import queries as rota
from services.triage.hubs import rows as hubs
from services.triage.hubs.domain import DutyRole
from services.triage.known.knowing import blind_by
from services.triage.lone_visits import domain
from services.triage.lone_visits.domain import State
from services.triage.lone_visits.models import LoneVisit
from services.triage.lone_visits.rows import load
from services.triage.lone_visits.shapes import CheckIn
from services.triage.meeting_plans import domain as planning
from services.triage.meeting_plans import queries as plans

RING = "triage.lone_visit.ring"
ESCALATE = "triage.lone_visit.escalate"


async def check_in(unit: UnitOfWork, said: CheckIn) -> LoneVisit:
    """Somebody goes in. Not before they have read how to meet that person, and not otherwise than planned."""
    now = clock.business_now()
    person_id = said.person_id
    try:
        await hubs.hub(unit, said.hub)
        if said.appointment_id is not None:
            person_id = person_id or await appointments.whose(unit, said.appointment_id)
    except NotFound as error:
        raise invalid("", f"{error.detail}.", "known") from error
    if person_id is not None:
        standing = await plans.standing(unit, person_id)
        planning.check_read(
            {plan.id: plan.version for plan in standing}, {each.plan_id: each.version for each in said.plans_read}
        )
        for plan in standing:
            planning.check_going(plan.steps, said.accompanied_by is not None)
    there = select(LoneVisit.id).where(LoneVisit.worker == unit.cause.actor, LoneVisit.state != State.OUT)
    if await unit.session.scalar(there) is not None:
        raise Conflict("You are in somewhere already: check out there first", allowed=["out"])
    row = LoneVisit(
        id=new_id(),
        version=1,
        worker=unit.cause.actor,
        hub=said.hub,
        appointment_id=said.appointment_id,
        person_id=person_id,
        blind_by=await blind_by(unit, person_id),
        where_to=said.where_to,
        accompanied_by=said.accompanied_by,
        state=State.IN,
        checked_in_at=now,
        due_out_at=domain.due_after(now, said.minutes),
        rung=[],
        changed_at=now,
    )
    unit.session.add(row)
    await _set_alarms(unit, row)
    _put_on_record(unit, row)
    return row


async def still_fine(unit: UnitOfWork, visit_id: UUID, minutes: int) -> LoneVisit:
    """They answer and need longer: what rang stops, and it will ring again."""
    row = await load(unit, visit_id, for_change=True)
    row.state = domain.still_fine(row.state)
    row.due_out_at = domain.due_after(clock.business_now(), minutes)
    row.taken_by = row.taken_at = row.rung_at = row.escalated_at = None
    await _set_alarms(unit, row)
    return _changed(unit, row)


async def out(unit: UnitOfWork, visit_id: UUID) -> LoneVisit:
    """They are out."""
    row = await load(unit, visit_id, for_change=True)
    row.state = domain.out(row.state)
    row.checked_out_at = clock.business_now()
    await _cancel(unit, row)
    return _changed(unit, row)


async def take(unit: UnitOfWork, visit_id: UUID) -> LoneVisit:
    """A named manager sees to it: it goes no higher."""
    row = await load(unit, visit_id, for_change=True)
    domain.take(row.state, row.taken_by)
    row.taken_by, row.taken_at = unit.cause.actor, clock.business_now()
    await timers.cancel(unit, ESCALATE, row.id)
    return _changed(unit, row)


async def found(unit: UnitOfWork, visit_id: UUID, how: domain.Found) -> LoneVisit:
    """They were found, and this is how."""
    row = await load(unit, visit_id, for_change=True)
    domain.check_found(row.state, row.taken_by)
    row.state, row.found, row.checked_out_at = State.OUT, how, clock.business_now()
    await _cancel(unit, row)
    return _changed(unit, row)


async def ring(unit: UnitOfWork, visit_id: UUID) -> None:
    """They are not out: the duty manager of the hub is rung, or every manager where none is on the rota."""
    row = await load(unit, visit_id, for_change=True)
    if row.state != State.IN:
        return
    on_duty = await rota.on_duty(unit, row.hub, frozenset({DutyRole.DUTY_MANAGER}), clock.business_now())
    row.rung = list(on_duty or await _managers(unit))
    row.state, row.rung_at = State.OVERDUE, clock.business_now()
    _changed(unit, row)


async def escalate(unit: UnitOfWork, visit_id: UUID) -> None:
    """Nobody took it: now it is every manager's, with the words to say to 999."""
    row = await load(unit, visit_id, for_change=True)
    if row.state != State.OVERDUE or row.taken_by is not None:
        return
    row.rung = sorted({*row.rung, *await _managers(unit)})
    row.state, row.escalated_at = State.ESCALATED, clock.business_now()
    _changed(unit, row)


async def _managers(unit: UnitOfWork) -> list[str]:
    query = select(known_worker.c.principal).where(
        known_worker.c.active, ~known_worker.c.suspended, known_worker.c.roles.contains(["manager"])
    )
    return list(await unit.session.scalars(query.order_by(known_worker.c.principal).limit(50)))


async def _set_alarms(unit: UnitOfWork, row: LoneVisit) -> None:
    rings_at = row.due_out_at + domain.GRACE
    await timers.set_alarm(unit, RING, row.id, rings_at)
    await timers.set_alarm(unit, ESCALATE, row.id, rings_at + domain.ESCALATE_AFTER)


async def _cancel(unit: UnitOfWork, row: LoneVisit) -> None:
    await timers.cancel(unit, RING, row.id)
    await timers.cancel(unit, ESCALATE, row.id)


def _changed(unit: UnitOfWork, row: LoneVisit) -> LoneVisit:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _put_on_record(unit, row)
    return row


def _put_on_record(unit: UnitOfWork, row: LoneVisit) -> None:
    unit.accessed(f"lone_visit/{row.id}", [row.person_id] if row.person_id else [])
