"""Writes of everyday tasks."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.triage.tasks import EverydayTaskState
from kit.errors import NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.contacts.models import Contact
from services.triage.contacts.rows import load as load_contact
from services.triage.known.knowing import check_not_blind, tell_of_a_stranger
from services.triage.tasks import domain
from services.triage.tasks.domain import Kind, Task
from services.triage.tasks.models import EverydayTask
from services.triage.tasks.rows import visible_to

CHASE = "triage.everyday_task.chase"


@dataclass(frozen=True, slots=True)
class New:
    """What is to be done, by whom, and how."""

    kind: Kind
    together: bool
    owner: str | None
    reference: str | None
    chase_on: date | None
    need_id: UUID | None
    note: str | None


async def add(unit: UnitOfWork, contact_id: UUID, new: New) -> EverydayTask:
    """Add a task to a contact, done together or booked; also to a closed one, for what was left over."""
    contact = await load_contact(unit, contact_id)
    check_not_blind(unit, contact.blind_by)
    if new.need_id is not None and new.need_id not in {need.id for need in contact.needs}:
        raise invalid("/need_id", "This contact has no such need", "need-of-this-contact")
    owner = new.owner or domain.OWNERS.get(new.kind)
    if owner is None:
        raise invalid("/owner", "Say which team does it.", "owner")
    rules = domain.together(new.reference) if new.together else domain.book(new.reference, new.chase_on, clock.today())
    now = clock.business_now()
    row = EverydayTask(
        id=new_id(),
        version=0,
        contact_id=contact.id,
        need_id=new.need_id,
        person_id=contact.person_id,
        household_id=contact.household_id,
        kind=new.kind,
        owner=owner,
        note=new.note,
        blind_by=contact.blind_by,
        held_by=unit.cause.actor,
        opened_by=unit.cause.actor,
        opened_at=now,
    )
    unit.session.add(row)
    done, booked = "triage.everyday_task.done", "triage.everyday_task.booked"
    return await _become(unit, row, rules, done if new.together else booked)


async def chase(unit: UnitOfWork, task_id: UUID, expected: int, chase_on: date | None) -> EverydayTask:
    """The owning team was asked again; whoever asks chases from now on."""
    row = await _load(unit, task_id)
    check_version(row.version, expected)
    row.held_by = unit.cause.actor
    after = domain.chase(row.as_rules_see_it(), chase_on, clock.today())
    return await _become(unit, row, after, "triage.everyday_task.chased")


async def finish(unit: UnitOfWork, task_id: UUID, expected: int, done: bool, note: str | None) -> EverydayTask:
    """It was done, or it will not be, with why."""
    row = await _load(unit, task_id)
    check_version(row.version, expected)
    if not done and note is None:
        raise invalid("/note", "Say why it was not done.", "reason")
    row.note = note or row.note
    after = domain.finish(row.as_rules_see_it(), done)
    return await _become(unit, row, after, "triage.everyday_task.done" if done else "triage.everyday_task.not_done")


async def due(unit: UnitOfWork, task_id: UUID) -> None:
    """Its day came: it stands on the list of whoever chases."""
    query = select(EverydayTask).where(EverydayTask.id == task_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    before = row.as_rules_see_it()
    after = domain.due(before)
    if after != before:
        await _become(unit, row, after, "triage.everyday_task.due")


async def follow(unit: UnitOfWork, contact: Contact) -> None:
    """After each write of a contact: its tasks are the same person's."""
    waiting = ("booked", "to_chase")
    query = select(EverydayTask).where(EverydayTask.contact_id == contact.id, EverydayTask.state.in_(waiting))
    for row in (await unit.session.scalars(query.with_for_update())).all():
        if (row.person_id, row.household_id) != (contact.person_id, contact.household_id):
            row.person_id, row.household_id = contact.person_id, contact.household_id
            row.blind_by = contact.blind_by
            await _become(unit, row, row.as_rules_see_it(), "triage.everyday_task.changed")


async def _load(unit: UnitOfWork, task_id: UUID) -> EverydayTask:
    query = select(EverydayTask).where(EverydayTask.id == task_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update(of=EverydayTask))).one_or_none()
    if row is None:
        raise NotFound("We know of no such task")
    check_not_blind(unit, row.blind_by)
    return row


async def _become(unit: UnitOfWork, row: EverydayTask, after: Task, type_: str) -> EverydayTask:
    row.state, row.reference, row.chase_on, row.chased = after.state, after.reference, after.chase_on, after.chased
    row.version, row.changed_at = row.version + 1, clock.business_now()
    tell_of_a_stranger(unit, row.blind_by, row.contact_id, row.person_id, row.household_id)
    if after.state is domain.State.BOOKED and after.chase_on is not None:
        await timers.set_alarm(unit, CHASE, row.id, domain.chase_at(after.chase_on))
    elif after.state is not domain.State.TO_CHASE:
        await timers.cancel(unit, CHASE, row.id)
    state = EverydayTaskState.model_validate(
        {
            "everyday_task_id": row.id,
            "contact_id": row.contact_id,
            "need_id": row.need_id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "kind": row.kind,
            "owner": row.owner,
            "state": row.state,
            "chase_on": row.chase_on,
            "chased": row.chased,
            "held_by": row.held_by,
            "opened_at": row.opened_at,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"everyday_task/{row.id}", [row.person_id] if row.person_id else [])
    return row
