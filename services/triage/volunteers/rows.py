"""How volunteers, sessions and tasks are loaded; a task is reached by the volunteer it was handed to."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.triage.volunteers.models import Session, Task, Volunteer


async def volunteer(unit: UnitOfWork, volunteer_id: UUID, *, for_change: bool = False) -> Volunteer:
    """The volunteer with their checks, locked if they are to change."""
    query = select(Volunteer).where(Volunteer.id == volunteer_id).options(selectinload(Volunteer.checks))
    if for_change:
        query = query.with_for_update(of=Volunteer)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such volunteer")
    return row


async def session(unit: UnitOfWork, session_id: UUID) -> Session:
    """The session, locked."""
    row = (await unit.session.scalars(select(Session).where(Session.id == session_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFound("We know of no such session")
    return row


async def own_task(unit: UnitOfWork, task_id: UUID) -> Task:
    """The task, locked, if it was handed to whoever asks."""
    query = (
        select(Task)
        .join(Session, Session.id == Task.session_id)
        .join(Volunteer, Volunteer.id == Session.volunteer_id)
        .where(Task.id == task_id, Volunteer.worker == unit.cause.actor)
        .with_for_update(of=Task)
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such task")
    return row
